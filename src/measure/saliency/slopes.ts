import { type Classifier, dimensionOf } from "../../model/classifier.ts";
import { rowsPerRun } from "../../runtime/batches.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { Session, dataOf } from "../../runtime/session.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { kindOf } from "../../util/kind.ts";
import { gradientGraph, logitsGraph } from "./gradient-graph.ts";
import type { Quantity } from "./quantity.ts";

/** A quantity of points and its gradient. */
export interface Slopes {
  /** `[n]` */
  readonly value: Float32Array;
  /** `[n, …inputShape]` */
  readonly gradient: Float32Array;
}

/** A model with the sessions that questions about it need, each made when it is first asked for. */
export interface Slopable {
  readonly model: Classifier;
  /** Numbers of one input. */
  readonly d: number;
  /** `[n, classes]`, or `[n, 1]` for a model of one logit. */
  logits(x: Float32Array): Promise<Float32Array>;
  /** @param classes the class of every point */
  slopes(x: Float32Array, classes: ArrayLike<number>, of: Quantity): Promise<Slopes>;
  dispose(): Promise<void>;
}

/** More rows than this are no faster. */
const mostRows = 256;

export function slopable(model: Classifier, options: EngineOptions = {}): Slopable {
  const d = dimensionOf(model);
  const width = model.output === "logit" ? 1 : model.classes;
  const sessions = new Map<Quantity | "scores", Promise<Session>>();
  const session = (key: Quantity | "scores") => {
    const made = sessions.get(key) ?? Session.create(key === "scores" ? logitsGraph(model) : gradientGraph(model, { of: key }), options);
    sessions.set(key, made);
    return made;
  };

  /** Runs a graph over all points and hands on the outputs of each batch. */
  const run = async (
    key: Quantity | "scores",
    x: Float32Array,
    classes: ArrayLike<number> | undefined,
    take: (outputs: Readonly<Record<string, Tensor>>, from: number) => void,
  ): Promise<void> => {
    const n = x.length / d;
    const step = Math.min(model.mostRows ?? mostRows, mostRows, rowsPerRun(model.numbersPerSample + 4 * d, n));
    for (let from = 0; from < n; from += step) {
      const to = Math.min(n, from + step);
      const rows: Tensor = { element: "float32", shape: [to - from, ...model.inputShape], data: x.subarray(from * d, to * d) };
      const labels = classes && BigInt64Array.from({ length: to - from }, (_, i) => BigInt(classes[from + i]!));
      take(await (await session(key)).run({ x: rows, ...(labels ? { class: { element: "int64", shape: [to - from], data: labels } } : {}) }), from);
    }
  };

  return {
    model,
    d,
    async logits(x) {
      const all = new Float32Array(checkedRows(model, x, d) * width);
      await run("scores", x, undefined, (outputs, from) => all.set(dataOf(outputs, "logits", "float32"), from * width));
      return all;
    },
    async slopes(x, classes, of) {
      const n = checkedRows(model, x, d);
      const [value, gradient] = [new Float32Array(n), new Float32Array(n * d)];
      await run(of, x, classes, (outputs, from) => {
        value.set(dataOf(outputs, "value", "float32"), from);
        gradient.set(dataOf(outputs, "gradient", "float32"), from * d);
      });
      return { value, gradient };
    },
    async dispose() {
      const made = [...sessions.values()];
      sessions.clear();
      for (const one of made) await (await one.catch(() => undefined))?.dispose();
    },
  };
}

/** The number of samples. A caller in plain JavaScript can give anything. */
function checkedRows({ name, inputShape }: Classifier, x: Float32Array, d: number): number {
  if (kindOf(x) !== "a Float32Array") throw new SignflipError("SF_FEED", `${name}: expected inputs as a Float32Array; got ${kindOf(x)}`, { usage: true });
  if (x.length === 0 || x.length % d !== 0)
    throw new SignflipError("SF_FEED", `${name}: expected inputs of shape [${inputShape.join(", ")}], ${d} numbers each; got ${x.length} numbers`, {
      usage: true,
    });
  const wrong = x.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new SignflipError("SF_FEED", `${name}: expected finite inputs; sample ${Math.floor(wrong / d)} has ${x[wrong]!}`, { usage: true });
  return x.length / d;
}
