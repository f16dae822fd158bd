import { sizeOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";

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

/** What points must fit: a model, or the description of a dataset. */
export interface Fitting {
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly classes: number;
}

/** @throws SF_NETWORK, SF_OPTION (usage) where the points are not what a model takes; the first wrong label is named. `what` begins the message. */
export function checkPoints(what: string, { name, inputShape, classes }: Fitting, { x, y }: Points): void {
  const n = y.length;
  const d = sizeOf(inputShape);
  if (n === 0) throw new SignflipError("SF_OPTION", `${what}: expected at least one sample; got none`, { usage: true });
  if (x.length !== n * d) {
    const got = x.length % n === 0 ? `${n} samples of ${x.length / n}` : `${x.length} numbers for ${n} samples`;
    throw new SignflipError("SF_NETWORK", `${what}: ${name} has ${d} inputs; got ${got}`, { usage: true });
  }
  checkLabels(what, y, classes);
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
