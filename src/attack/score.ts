import { lossAt, marginAt } from "./objective.ts";

/** How a model does on samples, computed in float64 from its scores. */
export interface Score {
  /** y f, or z_y − max_{j≠y} z_j, `[n]`; a sample is right where it is above 0. */
  readonly margin: Float64Array;
  /** Logistic loss or cross-entropy, `[n]`. */
  readonly loss: Float64Array;
}

export const emptyScore = (n: number): Score => ({ margin: new Float64Array(n), loss: new Float64Array(n) });

/** @param scores `[n, 1]` for 2 classes, else `[n, classes]` */
export function scoreOf(scores: Float32Array, y: ArrayLike<number>, classes: number): Score {
  const width = classes === 2 ? 1 : classes;
  const result = emptyScore(y.length);
  for (let i = 0; i < y.length; i++) {
    result.margin[i] = marginAt(scores, i * width, y[i]!, classes);
    result.loss[i] = lossAt(scores, i * width, y[i]!, classes);
  }
  return result;
}

/** The `rank`-th most likely wrong class of every sample (0: the most likely one; past the last it begins again), `[n]`. */
export function wrongClasses(scores: Float32Array, y: ArrayLike<number>, classes: number, rank: number): number[] {
  return Array.from({ length: y.length }, (_, i) => {
    const own = scores.subarray(i * classes, (i + 1) * classes);
    const wrong = Array.from(own.keys()).filter((k) => k !== y[i]);
    return wrong.sort((a, b) => own[b]! - own[a]! || a - b)[rank % (classes - 1)]!;
  });
}
