import { labelOf, lossAt, marginAt } from "./objective.ts";

/** How a model does on samples, computed in float64 from its scores. */
export interface Score {
  /**
   * y f, or z_y − max_{j≠y} z_j, `[n]`; a sample is right where it is above 0. For a targeted attack it is the lead of the other classes
   * over the target t, max_{j≠t} z_j − z_t: a sample is taken for the target where it is below 0.
   */
  readonly margin: Float64Array;
  /** Logistic loss or cross-entropy, of the sample's own class, `[n]`. */
  readonly loss: Float64Array;
  /** The class the model gives, `[n]`. */
  readonly prediction: Int32Array;
}

export const emptyScore = (n: number): Score => ({ margin: new Float64Array(n).fill(Infinity), loss: new Float64Array(n), prediction: new Int32Array(n) });

/** Whether a margin is one that an attack wants. A targeted one has to come out ahead: in a tie the prediction could be another class. */
export const isBroken = (margin: number, targeted: boolean): boolean => (targeted ? margin < 0 : !(margin > 0));

/**
 * @param scores `[n, 1]` for 2 classes, else `[n, classes]`
 * @param target the class that each is to be taken for, in a targeted attack
 */
export function scoreOf(scores: Float32Array, y: ArrayLike<number>, classes: number, target?: ArrayLike<number>): Score {
  const width = classes === 2 ? 1 : classes;
  const result = emptyScore(y.length);
  for (let i = 0; i < y.length; i++) {
    result.margin[i] = target ? -marginAt(scores, i * width, target[i]!, classes) : marginAt(scores, i * width, y[i]!, classes);
    result.loss[i] = lossAt(scores, i * width, y[i]!, classes);
    result.prediction[i] = labelOf(scores, i * width, classes);
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
