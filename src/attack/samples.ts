import type { Tensor } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import type { Box } from "./ball.ts";
import type { TargetShape } from "../model/classifier.ts";

/** Points with their labels. */
export interface Samples {
  /** `[n, d]`, row-major. */
  readonly x: Float32Array;
  /** `[n]`: −1 or +1 for 2 classes, else 0 … classes − 1. */
  readonly y: ArrayLike<number>;
}

/** How far outside the box a value may lie: resized pixels miss it by rounding. */
const slack = 1e-6;

/** @throws SF_NETWORK, SF_OPTION (usage) where the samples are not what the model and the box need; the first wrong one is named. */
export function checkSamples({ name, d, classes }: TargetShape, { x, y }: Samples, box: Box | undefined): void {
  const n = y.length;
  if (n === 0) throw new SignflipError("SF_OPTION", "attack: expected at least one sample; got none", { usage: true });
  if (x.length !== n * d) {
    const got = x.length % n === 0 ? `${n} samples of ${x.length / n}` : `${x.length} numbers for ${n} samples`;
    throw new SignflipError("SF_NETWORK", `attack: ${name} has ${d} inputs; got ${got}`, { usage: true });
  }
  for (let i = 0; i < n; i++) {
    const label = y[i]!;
    if (classes === 2 ? label === 1 || label === -1 : Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new SignflipError(
      "SF_OPTION",
      `attack: labels must be ${classes === 2 ? "-1 or +1" : `whole numbers from 0 to ${classes - 1}`}; sample ${i} has ${label}`,
      { usage: true },
    );
  }
  const [low, high] = box ? [box.low - slack, box.high + slack] : [-Number.MAX_VALUE, Number.MAX_VALUE];
  const at = x.findIndex((value) => !(value >= low && value <= high));
  if (at < 0) return;
  const where = `sample ${Math.floor(at / d)} has ${x[at]} at input ${at % d}`;
  throw new SignflipError("SF_OPTION", `attack: ${box ? `expected inputs inside the box [${box.low}, ${box.high}]` : "expected finite inputs"}; ${where}`, {
    usage: true,
  });
}

/** Squares of larger perturbations overflow float32. */
const mostEps = 1e18;

/** The budget of every sample. @throws SF_OPTION (usage) */
export function budgetsOf(eps: number | ArrayLike<number>, n: number): Float64Array {
  const budgets = typeof eps === "number" ? new Float64Array(n).fill(eps) : Float64Array.from(eps);
  if (budgets.length !== n)
    throw new SignflipError("SF_OPTION", `attack: expected one eps, or one for each of the ${n} samples; got ${budgets.length}`, { usage: true });
  const wrong = budgets.find((value) => !(value >= 0 && value <= mostEps));
  if (wrong !== undefined) throw new SignflipError("SF_OPTION", `attack: eps must be a number from 0 to ${mostEps}; got ${wrong}`, { usage: true });
  return budgets;
}

export const matrix = (data: Float32Array, columns: number): Tensor => ({ element: "float32", shape: [data.length / columns, columns], data });

export const column = (values: ArrayLike<number>): Tensor => matrix(Float32Array.from(values), 1);

/** Labels as the graph has them, see `labelType`. */
export const labelTensor = (y: ArrayLike<number>, classes: number): Tensor =>
  classes === 2 ? column(y) : { element: "int64", shape: [y.length, 1], data: BigInt64Array.from(Array.from(y), BigInt) };

export const slice = (y: ArrayLike<number>, from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => y[from + i]!);

/** @throws SF_DIVERGED that names the first sample with a value that is not finite. */
export function checkFinite(values: Float32Array | Float64Array, what: string, perSample = 1, first = 0): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new SignflipError("SF_DIVERGED", `${what} is ${values[at]} for sample ${first + Math.floor(at / perSample)}`);
}
