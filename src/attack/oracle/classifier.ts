import { type GraphBuilder, buildGraph } from "../../graph/builder.ts";
import { gradient, vectorJacobian } from "../../graph/gradient.ts";
import { type Model, f32 } from "../../graph/ir.ts";
import { type Classifier, checkClassifier, dimensionOf, scoresOf } from "../../model/classifier.ts";
import { batches, fastestRows } from "../../runtime/batches.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { Session, dataOf } from "../../runtime/session.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { parameterInputs, parameterName } from "../graph.ts";
import { labelType, marginOf } from "../objective.ts";
import { labelTensor, matrix, slice } from "../samples.ts";
import { type Oracle, type Pulled, marginsOf, oracleThat } from "./oracle.ts";

export interface OracleOptions extends EngineOptions {
  /** Memory that one batch may take, in bytes. Default 256 MiB. */
  readonly memory?: number | undefined;
  /** Points in a batch. Default: as many as fit into `memory` and run fastest. */
  readonly rows?: number | undefined;
}

/**
 * A classifier as an oracle: a graph for each kind of question, each made into a session when it is first asked.
 * @throws SF_OPTION (usage) if its description contradicts itself; with the first question SF_ENGINE, or SF_GRADIENT if an operator has no gradient
 */
export function fromClassifier(model: Classifier, { memory = 2 ** 28, rows = rowsIn(memory, model), ...engine }: OracleOptions): Oracle {
  checkClassifier("attack", model);
  const { classes } = model;
  const d = dimensionOf(model);
  const weights: Record<string, Tensor> = Object.fromEntries(Object.entries(model.parameters).map(([key, value]) => [parameterName(key), value]));
  const sessions = {
    logits: lazily(() => Session.create(logitsGraph(model), engine)),
    margin: lazily(() => Session.create(marginGraph(model), engine)),
    pullback: lazily(() => Session.create(pullbackGraph(model), engine)),
  };
  const passes = { forward: 0, backward: 0 };

  /** Runs a graph on all points; `more` gives what is fed with rows `from` to `to`. */
  const run = async (graph: keyof typeof sessions, x: Float32Array, more: (from: number, to: number) => Record<string, Tensor>): Promise<Pulled> => {
    const n = x.length / d;
    const backward = graph !== "logits";
    const found = { logits: new Float32Array(n * classes), gradient: new Float32Array(backward ? n * d : 0) };
    if (n === 0) return found;
    const session = await sessions[graph].get();
    for (const batch of batches(n, Math.ceil(n / Math.ceil(n / rows)))) {
      const { from, to, count } = batch;
      const feeds = { x: batch.rows(x, d), ...more(from, to) };
      const out = await session.run({ ...(count === 1 ? twice(feeds) : feeds), ...weights });
      found.logits.set(columns(dataOf(out, "scores", "float32"), classes).subarray(0, count * classes), from * classes);
      if (backward) found.gradient.set(dataOf(out, "gradient", "float32").subarray(0, count * d), from * d);
    }
    passes.forward += n;
    passes.backward += backward ? n : 0;
    return found;
  };

  return oracleThat(
    {
      hasGradient: true,
      logits: async (x) => (await run("logits", x, () => ({}))).logits,
      async margin(x, labels) {
        const found = await run("margin", x, (from, to) => ({ y: labelTensor(slice(labels, from, to), classes) }));
        return { ...found, margin: marginsOf(found.logits, labels, classes) };
      },
      async pullback(x, dz) {
        const pulls = typeof dz === "function" ? await dz((await run("logits", x, () => ({}))).logits) : dz;
        return run("pullback", x, (from, to) => ({ dz: scorePulls(pulls.subarray(from * classes, to * classes), classes) }));
      },
      ...(model.predictOriginal ? { predictOriginal: model.predictOriginal.bind(model) } : {}),
      async dispose() {
        await Promise.all(Object.values(sessions).map((session) => session.dispose()));
      },
    },
    model,
    passes,
  );
}

const inputsOf = (g: GraphBuilder, model: Classifier) => {
  const x = g.input("x", f32(["n", dimensionOf(model)]));
  return { x, scores: scoresOf(model, g, x, parameterInputs(g, model)) };
};

const logitsGraph = (model: Classifier): Model => buildGraph("logits", (g) => ({ scores: inputsOf(g, model).scores }));

const marginGraph = (model: Classifier): Model =>
  buildGraph("margin", (g) => {
    const { x, scores } = inputsOf(g, model);
    const margin = marginOf(g, scores, g.input("y", labelType(model.classes)), model.classes);
    return { scores, gradient: gradient(g, g.reduceSum(margin, undefined, false), [x])[0] };
  });

const pullbackGraph = (model: Classifier): Model =>
  buildGraph("pullback", (g) => {
    const { x, scores } = inputsOf(g, model);
    const dz = g.input("dz", f32(["n", model.classes === 2 ? 1 : model.classes]));
    return { scores, gradient: vectorJacobian(g, [scores], [dz], [x])[0] };
  });

/** Logits `[n, classes]` from a graph's scores, which are `[n, 1]` for two classes. */
function columns(scores: Float32Array, classes: number): Float32Array {
  if (classes > 2) return scores;
  const pairs = new Float32Array(2 * scores.length);
  for (let i = 0; i < scores.length; i++) pairs[2 * i + 1] = scores[i]!;
  return pairs;
}

/** What multiplies a graph's scores, from what multiplies logits. */
const scorePulls = (dz: Float32Array, classes: number): Tensor<"float32"> =>
  classes > 2
    ? matrix(dz, classes)
    : matrix(
        Float32Array.from({ length: dz.length / 2 }, (_, i) => dz[2 * i + 1]!),
        1,
      );

/** A single row is computed by a kernel of its own, which rounds differently: it is given twice. */
function twice(feeds: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const doubled = ({ element, shape, data }: Tensor): Tensor => {
    const to = [2, ...shape.slice(1)];
    if (data instanceof BigInt64Array) return { element, shape: to, data: BigInt64Array.of(...data, ...data) };
    return { element, shape: to, data: Float32Array.from({ length: 2 * data.length }, (_, i) => Number(data[i % data.length])) };
  };
  return Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, doubled(feed)]));
}

/** Something that is made when it is first asked for. */
function lazily(make: () => Promise<Session>): { get(): Promise<Session>; dispose(): Promise<void> } {
  let made: Promise<Session> | undefined;
  return {
    get: () => (made ??= make()),
    async dispose() {
      const session = await made?.catch(() => undefined);
      made = undefined;
      await session?.dispose();
    },
  };
}

/** The model's activations and four arrays of the size of the input. */
const rowsIn = (memory: number, model: Classifier): number => fastestRows(model.numbersPerSample + 4 * dimensionOf(model), memory);
