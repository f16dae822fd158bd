import { type FlatBox, at } from "../data/box.ts";
import { type Fitting, type Points, checkPoints, signsOf } from "../data/points.ts";
import { dimensionOf } from "../model/classifier.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import type { Norm } from "./ball.ts";
import type { Plan } from "./graph.ts";

/** How far outside the box a value may lie: resized pixels miss it by rounding. */
const slack = 1e-6;

/** Tells a value that is not in the box, or not finite; called for millions of them. */
function outside(box: FlatBox | undefined, d: number): (value: number, i: number) => boolean {
  if (!box) return (value) => !Number.isFinite(value);
  const { low, high } = box;
  if (typeof low === "number" && typeof high === "number") return (value) => !(value >= low - slack && value <= high + slack);
  return (value, i) => !(value >= at(low, i % d) - slack && value <= at(high, i % d) + slack);
}

/**
 * @param operation what errors call the work that needs them
 * @throws SF_NETWORK, SF_OPTION (usage) where the samples are not what the model and the box need; the first wrong one is named
 */
export function checkSamples(model: Fitting, points: Points, box: FlatBox | undefined, operation = "attack"): void {
  checkPoints(operation, model, points);
  const { x } = points;
  const d = dimensionOf(model);
  const first = x.findIndex(outside(box, d));
  if (first < 0) return;
  const i = first % d;
  const expected = box ? `inputs inside the box [${at(box.low, i)}, ${at(box.high, i)}]` : "finite inputs";
  const got = Number(x[first]!.toPrecision(7));
  throw new SignflipError("SF_OPTION", `${operation}: expected ${expected}; sample ${Math.floor(first / d)} has ${got} at input ${i}`, { usage: true });
}

/** Squares of larger perturbations overflow float32. */
const mostEps = 1e18;
/** A budget of the box's diameter reaches every point of it. One of so many is most likely counted in other units than the inputs. */
const mostDiameters = 4;

/**
 * The budget of every sample.
 * @throws SF_OPTION (usage), also where it is far more than the box has room for.
 */
export function budgetsOf(eps: number | ArrayLike<number>, n: number, { norm, box, d }: Pick<Plan, "norm" | "box" | "d">): Float64Array {
  const fail = (why: string) => new SignflipError("SF_OPTION", `attack: ${why}`, { usage: true });
  const isList = typeof eps === "object" && eps !== null && typeof eps.length === "number";
  if (typeof eps !== "number" && !isList) throw fail(`eps must be a number, or one for each sample; got ${shown(eps)}`);
  if (isList && eps.length !== n) throw fail(`expected one eps, or one for each of the ${n} samples; got ${eps.length}`);
  const most = box ? diameterOf(box, norm, d) : Infinity;
  const budgets = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const value: unknown = isList ? eps[i] : eps;
    if (!(typeof value === "number" && value >= 0 && value <= mostEps)) throw fail(`eps must be a number from 0 to ${mostEps}; got ${shown(value)}`);
    if (value > mostDiameters * most)
      throw fail(
        `eps ${value} is far beyond the range of the inputs: no two points of the box are further apart than ${Number(most.toPrecision(6))} in ${norm}; give it in the units of the inputs`,
      );
    budgets[i] = value;
  }
  return budgets;
}

const shown = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : String(value));

/** The largest distance between two points of a box. */
function diameterOf({ low, high }: FlatBox, norm: Norm, d: number): number {
  const sides = Array.from({ length: d }, (_, i) => at(high, i) - at(low, i));
  if (norm === "l0") return d;
  if (norm === "l1") return sides.reduce((sum, side) => sum + side, 0);
  return norm === "l2" ? Math.sqrt(sides.reduce((sum, side) => sum + side * side, 0)) : sides.reduce((most, side) => Math.max(most, side), 0);
}

/** The class that each of `n` samples is to be taken for; `what` begins the message. @throws SF_OPTION (usage) */
export function targetsOf(target: number | ArrayLike<number> | undefined, { name, classes }: Fitting, n: number, what = "attack"): ArrayLike<number> {
  const fail = (why: string) => new SignflipError("SF_OPTION", `${what}: ${why}`, { usage: true });
  const targets = typeof target === "number" ? Array.from({ length: n }, () => target) : target;
  if (targets === undefined || targets === null || targets.length !== n)
    throw fail(`a targeted attack needs a target, one class for all or one for each of the ${n} samples; got ${shown(targets?.length ?? targets)}`);
  const wrong = Array.from(targets).findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < classes));
  if (wrong >= 0) throw fail(`target must be a class of ${name}, from 0 to ${classes - 1}; got ${shown(targets[wrong])} for sample ${wrong}`);
  return targets;
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
