import { type Box, flatBox } from "../../data/box.ts";
import { SignflipError } from "../../util/errors.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { type Oracle, marginsOf, oracleThat } from "./oracle.ts";

type Numbers = ArrayLike<number> | Promise<ArrayLike<number>>;

/** A model outside of ONNX, as a pair of functions on rows of raw inputs. */
export interface FunctionPair {
  /** What errors call the model. */
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly channelAxis?: number | undefined;
  readonly classes: number;
  /** The values an input may take. */
  readonly domain?: Box | undefined;
  /**
   * @param x `[n, …inputShape]`, only to be read
   * @returns a logit for each class, `[n, classes]`, before any softmax; or, for two classes, one logit, `[n]`: above 0 for class 1
   */
  logits(x: Float32Array, n: number): Numbers;
  /**
   * The gradient of Σ_k dlogits_k logits_k with respect to x. Without this function, only attacks that need no gradient can be used.
   * @param dlogits as many as there are logits
   * @returns `[n, …inputShape]`
   */
  gradient?(x: Float32Array, dlogits: Float32Array, n: number): Numbers;
}

/** A classifier of a graph may have a function of this name as well, for its users. */
export const isFunctionPair = (model: object): model is FunctionPair => "logits" in model && typeof model.logits === "function" && !("scores" in model);

/** @throws SF_OPTION (usage) if the description contradicts itself; SF_NETWORK where a function returns another number of values than it should */
export function fromFunctions(model: FunctionPair): Oracle {
  const { name, inputShape, classes } = model;
  check(model);
  const d = sizeOf(inputShape);
  const passes = { forward: 0, backward: 0 };

  /** What the function gives, and whether that is one logit for each point. */
  const raw = async (x: Float32Array): Promise<{ readonly values: Float32Array; readonly single: boolean }> => {
    const n = x.length / d;
    const values = await model.logits(x, n);
    const single = classes === 2 && values.length === n;
    if (!single) checkCount(name, "logits", values, n, classes);
    passes.forward += n;
    return { values: Float32Array.from(values), single };
  };

  const logitsOf = ({ values, single }: Awaited<ReturnType<typeof raw>>): Float32Array => {
    if (classes > 2) return values;
    const n = single ? values.length : values.length / 2;
    return Float32Array.from({ length: 2 * n }, (_, k) => (k % 2 === 0 ? 0 : single ? values[k >> 1]! : values[k]! - values[k - 1]!));
  };

  const pull = async (x: Float32Array, dz: Float32Array, single: boolean): Promise<Float32Array> => {
    const n = x.length / d;
    if (!model.gradient) throw new SignflipError("SF_NETWORK", `attack: ${name} has no function gradient; use an attack that needs none`, { usage: true });
    // Of two classes the first logit is 0 whatever x is, and the second the difference of the function's two.
    const own = classes > 2 ? dz : Float32Array.from({ length: single ? n : 2 * n }, (_, k) => (single ? dz[2 * k + 1]! : k % 2 ? dz[k]! : -dz[k + 1]!));
    const gradient = await model.gradient(x, own, n);
    checkCount(name, "gradient", gradient, n, d);
    passes.backward += n;
    return Float32Array.from(gradient);
  };

  return oracleThat(
    {
      hasGradient: model.gradient !== undefined,
      logits: async (x) => logitsOf(await raw(x)),
      async margin(x, labels) {
        const given = await raw(x);
        const logits = logitsOf(given);
        return { logits, margin: marginsOf(logits, labels, classes), gradient: await pull(x, marginPull(logits, labels, classes), given.single) };
      },
      async pullback(x, dz) {
        const given = await raw(x);
        const logits = logitsOf(given);
        return { logits, gradient: await pull(x, typeof dz === "function" ? await dz(logits) : dz, given.single) };
      },
      dispose: async () => {},
    },
    model,
    passes,
  );
}

/** ∂(z_y − max_{j≠y} z_j)/∂z, `[n, classes]`. */
function marginPull(logits: Float32Array, labels: ArrayLike<number>, classes: number): Float32Array {
  const dz = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) {
    const own = labels[i]!;
    let other = own === 0 ? 1 : 0;
    for (let k = 0; k < classes; k++) if (k !== own && logits[i * classes + k]! > logits[i * classes + other]!) other = k;
    dz[i * classes + own] = 1;
    dz[i * classes + other] = -1;
  }
  return dz;
}

function check({ name, inputShape, classes, domain, channelAxis }: FunctionPair): void {
  const fail = (why: string) => new SignflipError("SF_OPTION", `attack: ${name} ${why}`, { usage: true });
  if (typeof name !== "string" || name === "")
    throw new SignflipError("SF_OPTION", `attack: a model of functions must have a name; got ${String(name)}`, { usage: true });
  if (!Array.isArray(inputShape) || !inputShape.every((dim) => Number.isSafeInteger(dim) && dim >= 1))
    throw fail(`must have whole numbers from 1 as its inputShape; got ${String(inputShape)}`);
  if (!(Number.isSafeInteger(classes) && classes >= 2)) throw fail(`must have 2 classes or more; got ${String(classes)}`);
  if (domain) flatBox(domain, { inputShape, channelAxis }, `attack: the domain of ${name}`);
}

function checkCount(name: string, what: string, values: ArrayLike<number> | undefined, n: number, each: number): void {
  if (values?.length === n * each) return;
  throw new SignflipError("SF_NETWORK", `attack: ${name} must return ${n} × ${each} numbers from its function ${what}; got ${values?.length ?? "nothing"}`, {
    usage: true,
  });
}
