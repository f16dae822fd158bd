import { type FlatBox, at } from "../data/box.ts";
import { type Points, checkPoints, signsOf } from "../data/points.ts";
import { type ClassifierShape, dimensionOf } from "../model/classifier.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";

/** How far outside the box a value may lie: resized pixels miss it by rounding. */
const slack = 1e-6;

/** Tells a value that is not in the box, or not finite; called for millions of them. */
function outside(box: FlatBox | undefined, d: number): (value: number, i: number) => boolean {
  if (!box) return (value) => !Number.isFinite(value);
  const { low, high } = box;
  if (typeof low === "number" && typeof high === "number") return (value) => !(value >= low - slack && value <= high + slack);
  return (value, i) => !(value >= at(low, i % d) - slack && value <= at(high, i % d) + slack);
}

/** @throws SF_NETWORK, SF_OPTION (usage) where the samples are not what the model and the box need; the first wrong one is named. */
export function checkSamples(model: ClassifierShape, points: Points, box: FlatBox | undefined): void {
  checkPoints("attack", model, points);
  const { x } = points;
  const d = dimensionOf(model);
  const first = x.findIndex(outside(box, d));
  if (first < 0) return;
  const i = first % d;
  const expected = box ? `inputs inside the box [${at(box.low, i)}, ${at(box.high, i)}]` : "finite inputs";
  throw new SignflipError("SF_OPTION", `attack: expected ${expected}; sample ${Math.floor(first / d)} has ${x[first]} at input ${i}`, { usage: true });
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

export const matrix = (data: Float32Array, columns: number): Tensor<"float32"> => ({ element: "float32", shape: [data.length / columns, columns], data });

export const column = (values: ArrayLike<number>): Tensor => matrix(Float32Array.from(values), 1);

/** Labels as the graph has them, see `labelType`. */
export const labelTensor = (y: ArrayLike<number>, classes: number): Tensor =>
  classes === 2 ? column(signsOf(y)) : { element: "int64", shape: [y.length, 1], data: BigInt64Array.from(Array.from(y), BigInt) };

export const slice = (y: ArrayLike<number>, from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => y[from + i]!);

/** @throws SF_DIVERGED that names the first sample with a value that is not finite. */
export function checkFinite(values: Float32Array | Float64Array, what: string, perSample = 1, first = 0): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new SignflipError("SF_DIVERGED", `${what} is ${values[at]} for sample ${first + Math.floor(at / perSample)}`);
}
