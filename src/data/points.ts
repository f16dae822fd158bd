import { sizeOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { kindOf } from "../util/kind.ts";

/** Points with their classes; networks are trained, attacked and measured on them. */
export interface Points {
  /** Inputs one after the other, row-major: `[n, …]`. */
  readonly x: Float32Array;
  /** The class of every point, a whole number from 0 to classes − 1: `[n]`. */
  readonly y: ArrayLike<number>;
}

/** The sign that one of two classes has in the paper's formulas: +1 for class 1, −1 for class 0. */
export const signOf = (label: number): 1 | -1 => (label === 1 ? 1 : -1);

/** The signs of classes, `[n]`. */
export const signsOf = (y: ArrayLike<number>): Float32Array => Float32Array.from(y, signOf);

/** The points of some places, copied. */
export function pointsAt({ x, y }: Points, places: readonly number[], d: number): Points {
  const some = new Float32Array(places.length * d);
  places.forEach((i, k) => some.set(x.subarray(i * d, (i + 1) * d), k * d));
  return { x: some, y: places.map((i) => y[i]!) };
}

/** What points must fit: a model, or the description of a dataset. */
export interface Fitting {
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly classes: number;
}

/** @throws SF_FEED where the points are of other types, SF_NETWORK, SF_OPTION (usage) where they are not what a model takes; the first wrong label is named. `what` begins the message. */
export function checkPoints(what: string, { name, inputShape, classes }: Fitting, points: Points): void {
  checkTypes(what, points);
  const { x, y } = points;
  const n = y.length;
  const d = sizeOf(inputShape);
  if (n === 0) throw new SignflipError("SF_OPTION", `${what}: expected at least one sample; got none`, { usage: true });
  if (x.length !== n * d) {
    const got = x.length % n === 0 ? `${n} samples of ${x.length / n}` : `${x.length} numbers for ${n} samples`;
    throw new SignflipError("SF_NETWORK", `${what}: ${name} has ${d} inputs; got ${got}`, { usage: true });
  }
  checkLabels(what, y, classes);
}

/** A caller in plain JavaScript can give anything: what comes in is looked at, whatever its type says. */
function checkTypes(what: string, points: unknown): void {
  const fail = (why: string): never => {
    throw new SignflipError("SF_FEED", `${what}: ${why}`, { usage: true });
  };
  if (typeof points !== "object" || points === null) return fail(`expected samples, { x, y }, got ${kindOf(points)}`);
  const { x, y } = points as { x?: unknown; y?: unknown };
  if (kindOf(x) !== "a Float32Array") fail(`the samples' x must be a Float32Array, got ${kindOf(x)}`);
  if (!Array.isArray(y) && !(ArrayBuffer.isView(y) && "length" in y)) fail(`the samples' y must be an array with a class for each, got ${kindOf(y)}`);
}

/** @throws SF_OPTION (usage) that names the first label that is no class */
export function checkLabels(what: string, y: ArrayLike<number>, classes: number): void {
  for (let i = 0; i < y.length; i++) {
    const label = y[i]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    const hint = label === -1 && classes === 2 ? "; write class 0 for −1 and class 1 for +1" : "";
    throw new SignflipError("SF_OPTION", `${what}: labels must be class indices from 0 to ${classes - 1}; sample ${i} has ${label}${hint}`, { usage: true });
  }
}
