import type { GraphBuilder } from "../graph/builder.ts";
import { signOf } from "../data/points.ts";
import { type Value, int } from "../graph/ir.ts";
import { argmax } from "../tensor/argmax.ts";
import { tensorOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";

/**
 * The losses that an attack can maximize. `logistic` is for 2 classes, the others for 3 or more; `dlr` is the difference of logits
 * ratio (Croce & Hein 2020, eq. 6) and `dlr-targeted` its form for a chosen wrong class (eq. 7; 4 classes at least).
 */
export const losses = {
  logistic: { from: 2, to: 2 },
  ce: { from: 3, to: Infinity },
  dlr: { from: 3, to: Infinity },
  "dlr-targeted": { from: 4, to: Infinity },
} as const;
export type Loss = keyof typeof losses;

export const defaultLoss = (classes: number): Loss => (classes === 2 ? "logistic" : "ce");

/** @throws SF_OPTION where the loss is not defined for so many classes; `fixed` is what has no other loss */
export function checkLoss(loss: Loss, classes: number, fixed?: string): void {
  const range = Object.hasOwn(losses, loss) ? losses[loss] : undefined;
  if (!range) throw new SignflipError("SF_OPTION", `attack: loss must be one of ${Object.keys(losses).join(", ")}; got ${String(loss)}`, { usage: true });
  if (classes >= range.from && classes <= range.to) return;
  const needs = range.to === 2 ? "a model of 2 classes (one score)" : `a model of ${range.from} or more classes (logits)`;
  const instead = fixed === undefined ? defaultLoss(classes) : "apgd-ce";
  throw new SignflipError("SF_OPTION", `${fixed ?? "attack"}: the loss ${loss} needs ${needs}; this one has ${classes}: use ${instead}`, { usage: true });
}

/** The type of labels in a graph: their signs −1 and +1 for 2 classes, else the number of the class. `[n, 1]` */
export const labelType = (classes: number) => ({ element: classes === 2 ? ("float32" as const) : ("int64" as const), shape: ["n", 1] });

/** The label the model itself gives, in the form of labels; a score of 0 counts as +1. */
export function ownLabel(g: GraphBuilder, scores: Value, classes: number): Value {
  return classes === 2 ? g.where(g.less(scores, 0), -1, g.scalar(1, scores.type.element)) : g.argMax(scores, 1);
}

/** How far a sample is on the side of its label, `[n, 1]`: y f, or z_y − max_{j≠y} z_j. Wrong where it is ≤ 0. */
export function marginOf(g: GraphBuilder, scores: Value, label: Value, classes: number): Value {
  if (classes === 2) return g.mul(label, scores);
  const own = isLabel(g, label, classes);
  return g.sub(pick(g, scores, own), g.reduceMax(g.where(own, -Infinity, scores), [1]));
}

/**
 * The loss to ascend, `[n, 1]`, up to an increasing function. The logistic loss is log(1 + e^u) with u = −y f, and cross-entropy
 * is log(1 + e^u) with u = log Σ_{j≠y} e^{z_j} − z_y: their steps of steepest ascent and the order of
 * their values are those of u, which unlike the loss itself never saturates in float32. So u is what is returned for them.
 * @param aim the class that `dlr-targeted` steers to, `[n, 1]` int64
 */
export function objectiveOf(g: GraphBuilder, loss: Loss, scores: Value, label: Value, classes: number, aim?: Value): Value {
  if (loss === "logistic") return g.neg(marginOf(g, scores, label, classes));
  const own = isLabel(g, label, classes);
  if (loss === "ce") {
    const [others] = g.op("ReduceLogSumExp", [g.where(own, -Infinity, scores), g.ints([1])], { keepdims: int(1) });
    return g.sub(others, pick(g, scores, own));
  }
  const [top] = g.op("TopK", [scores, g.ints([loss === "dlr" ? 3 : 4])], { axis: int(1) }, 2);
  const nth = (rank: number) => g.slice(top!, [rank - 1], [rank], [1]);
  if (loss === "dlr") return ratio(g, g.neg(marginOf(g, scores, label, classes)), g.sub(nth(1), nth(3)));
  const toAim = g.sub(pick(g, scores, isLabel(g, aim!, classes)), pick(g, scores, own));
  return ratio(g, toAim, g.sub(nth(1), g.mul(g.add(nth(3), nth(4)), 0.5)));
}

/** 1e-12 keeps the denominator from being 0, as in the code of the DLR loss's authors. */
const ratio = (g: GraphBuilder, difference: Value, spread: Value) => g.div(difference, g.add(spread, 1e-12));

/** Which score belongs to the label: bool `[n, classes]`. */
const isLabel = (g: GraphBuilder, label: Value, classes: number) =>
  g.equal(
    g.constant(
      tensorOf(
        "int64",
        [1, classes],
        Array.from({ length: classes }, (_, k) => k),
      ),
    ),
    label,
  );

const pick = (g: GraphBuilder, scores: Value, mask: Value) => g.reduceSum(g.where(mask, scores, 0), [1]);

/** The margin of one sample in float64, from its scores at `at` and the number of its class. */
export function marginAt(scores: Float32Array, at: number, label: number, classes: number): number {
  if (classes === 2) return signOf(label) * scores[at]!;
  let other = -Infinity;
  for (let k = 0; k < classes; k++) if (k !== label && !(scores[at + k]! <= other)) other = scores[at + k]!;
  return scores[at + label]! - other;
}

/** The class that scores stand for, from those at `at`: the first of the largest; of one score, class 1 from 0 on. */
export function labelOf(scores: Float32Array, at: number, classes: number): number {
  return classes === 2 ? +(scores[at]! >= 0) : argmax(scores, at, classes);
}

/** The logistic loss or the cross-entropy of one sample in float64, from its scores at `at`. */
export function lossAt(scores: Float32Array, at: number, label: number, classes: number): number {
  if (classes === 2) return softplus(-signOf(label) * scores[at]!);
  const own = scores[at + label]!;
  let largest = -Infinity;
  for (let k = 0; k < classes; k++) if (k !== label) largest = Math.max(largest, scores[at + k]!);
  let sum = 0;
  for (let k = 0; k < classes; k++) if (k !== label) sum += Math.exp(scores[at + k]! - largest);
  return softplus(largest + Math.log(sum) - own);
}

/** log(1 + e^u) */
const softplus = (u: number) => Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)));
