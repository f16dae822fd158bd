import type { FlatBox } from "../data/box.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Norm } from "./ball.ts";
import { clipTo } from "./clip.ts";
import { rowsOf } from "./path.ts";
import { matrix } from "./samples.ts";
import { type Score, emptyScore, isBroken, scoreOf } from "./score.ts";

/** The points an attack found, and how the model does on them. A sample that was left out has the margin Infinity. */
export interface Perturbed extends Score {
  /** `[n, d]`, each inside its budget and the box. */
  readonly points: Float32Array;
  /** 1 where the gradient was 0 or not finite wherever the attack looked, so that it had no direction to go, `[n]`. */
  readonly zeroGradient: Uint8Array;
  /** Passes through the model, including the verification, `[n]`. */
  readonly forward: Uint32Array;
  readonly backward: Uint32Array;
}

/** Samples of one batch; rows count from 0 within it. */
export interface BatchOfSamples {
  /** The number of the first. */
  readonly from: number;
  readonly x: Tensor<"float32">;
  readonly y: readonly number[];
  readonly eps: Float64Array;
  /** The classes to steer to, in a targeted attack. */
  readonly targets: readonly number[] | undefined;
}

export interface Verification {
  readonly norm: Norm;
  readonly box: FlatBox | undefined;
  readonly classes: number;
  /** Scores of points, checked to be finite. */
  scores(points: Tensor<"float32">, batch: BatchOfSamples): Promise<Float32Array>;
}

/** Nothing found yet: the samples themselves. */
export const nothingFound = (x: Float32Array, n: number): Perturbed => ({
  points: x.slice(),
  ...emptyScore(n),
  zeroGradient: new Uint8Array(n),
  forward: new Uint32Array(n),
  backward: new Uint32Array(n),
});

/**
 * Clips perturbations of some rows of a batch, `[rows, d]`, verifies them by a forward pass, and keeps those that are worse for the model than what was found
 * before.
 * @returns 1 for each that is misclassified, or taken for its target
 */
export async function settle(
  found: Perturbed,
  batch: BatchOfSamples,
  rows: readonly number[],
  delta: Float32Array,
  { norm, box, classes, scores }: Verification,
): Promise<Uint8Array> {
  const { from, x, y, eps, targets } = batch;
  const d = x.shape[1]!;
  const own = rows.length === y.length ? x : (rowsOf({ x }, rows)["x"] as Tensor<"float32">);
  const pick = (values: ArrayLike<number>) => rows.map((row) => values[row]!);
  const points = matrix(new Float32Array(own.data.length), d);
  clipTo(norm, own.data, delta, pick(eps), box, points.data);
  const verified = scoreOf(await scores(points, batch), pick(y), classes, targets && pick(targets));
  rows.forEach((row, k) => {
    const i = from + row;
    found.forward[i]!++;
    if (verified.margin[k]! >= found.margin[i]!) return;
    found.margin[i] = verified.margin[k]!;
    found.loss[i] = verified.loss[k]!;
    found.prediction[i] = verified.prediction[k]!;
    found.points.set(points.data.subarray(k * d, (k + 1) * d), i * d);
  });
  return Uint8Array.from(rows, (_, k) => +isBroken(verified.margin[k]!, targets !== undefined));
}
