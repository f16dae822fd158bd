import type { Norm } from "./ball.ts";
import type { Resolved } from "./config.ts";
import type { Perturbed } from "./findings.ts";
import type { AttackInput, PreparedAttack } from "./prepare.ts";
import { type Score, isBroken } from "./score.ts";

/** What an attack found for each sample: arrays of length n, in the order of the samples. */
export interface AttackSamples {
  /**
   * 1 if the returned point is misclassified (in a targeted attack: taken for the target), confirmed by a forward pass after clipping, and
   * by the model's own file where the model can ask that.
   */
  readonly success: Uint8Array;
  /** 1 if the sample itself was classified correctly. If not, there was nothing to attack: it is not robust, and its norms mean nothing. */
  readonly wasCorrect: Uint8Array;
  /** ‖δ‖₂ of the point returned, from the float32 points in float64. */
  readonly l2: Float64Array;
  /** ‖δ‖_∞ and ‖δ‖₁, computed in the same way, and how many numbers δ changes. */
  readonly linf: Float64Array;
  readonly l1: Float64Array;
  readonly l0: Uint32Array;
  /** y f, or z_y − max_{j≠y} z_j, at the sample and at the point returned; in a targeted attack the lead over the target, max_{j≠t} z_j − z_t. */
  readonly marginBefore: Float64Array;
  readonly marginAfter: Float64Array;
  /** The class the model gives at the sample and at the point returned. */
  readonly predictionBefore: Int32Array;
  readonly predictionAfter: Int32Array;
  /** The loss at the sample and at the point returned: logistic for 2 classes, cross-entropy for 3 or more. */
  readonly lossBefore: Float64Array;
  readonly lossAfter: Float64Array;
  /** 1 if the attack looked for a gradient and found only 0 or numbers that are not finite: that it did not succeed then says nothing. */
  readonly zeroGradient: Uint8Array;
  /** 1 if the model's own file does not confirm what the graph made of it says about the point: not counted as a success. */
  readonly unconfirmed: Uint8Array;
  /** Passes through the model spent on the sample: those of the attack, the one at the sample, and the verification. */
  readonly forward: Uint32Array;
  readonly backward: Uint32Array;
}

export interface AttackSummary {
  /** Samples. */
  readonly n: number;
  /** Share of samples that are classified correctly. */
  readonly cleanAccuracy: number;
  /**
   * Share of samples that are classified correctly and at whose points the attack does not succeed: an upper bound on the robust accuracy
   * (in a targeted attack, on the accuracy that no step to the target takes away).
   */
  readonly robustAccuracy: number;
  /** Samples without a gradient, and without confirmation by the model's own file. */
  readonly zeroGradient: number;
  readonly unconfirmed: number;
  readonly norm: Norm;
  /** The budget; its mean if samples had different budgets. */
  readonly eps: number;
  /** Passes through the model, all samples together. */
  readonly forward: number;
  readonly backward: number;
}

export interface AttackResult {
  /** The worst points found, `[n, d]`; the sample itself, bit for bit, if nothing worse was found or the budget is 0. */
  readonly points: Float32Array;
  readonly samples: AttackSamples;
  readonly summary: AttackSummary;
}

/** How the model does on the samples before an attack and at the points found. What `unconfirmed` marks is no success. */
export function resultOf(
  { targeted, norm }: Pick<Resolved, "targeted" | "norm">,
  { x, y, eps }: AttackInput,
  before: Score,
  found: Perturbed,
  unconfirmed: Uint8Array,
): AttackResult {
  const n = y.length;
  const wasCorrect = Uint8Array.from(before.margin, (margin, i) => +(targeted ? before.prediction[i] === y[i] : margin > 0));
  const success = Uint8Array.from(found.margin, (margin, i) => +(isBroken(margin, targeted) && !unconfirmed[i]));
  const forward = found.forward.map((passes) => passes + 1);
  return {
    points: found.points,
    samples: {
      success,
      wasCorrect,
      ...lengthsOf(x, found.points, n),
      marginBefore: before.margin,
      marginAfter: found.margin,
      predictionBefore: before.prediction,
      predictionAfter: found.prediction,
      lossBefore: before.loss,
      lossAfter: found.loss,
      zeroGradient: found.zeroGradient,
      unconfirmed,
      forward,
      backward: found.backward,
    },
    summary: {
      n,
      cleanAccuracy: sum(wasCorrect) / n,
      robustAccuracy: wasCorrect.reduce((robust, right, i) => robust + (right & ~success[i]!), 0) / n,
      norm,
      eps: typeof eps === "number" ? eps : sum(eps) / n,
      zeroGradient: sum(found.zeroGradient),
      unconfirmed: sum(unconfirmed),
      forward: sum(forward),
      backward: sum(found.backward),
    },
  };
}

/** 1 where points seem to be broken and the model's own file, run on one sample at a time, says otherwise. @param broken those to ask about */
export async function refuted(
  { predictOriginal, config }: PreparedAttack,
  { y, target }: AttackInput,
  points: Float32Array,
  broken: Uint8Array,
): Promise<Uint8Array> {
  const refuted = new Uint8Array(y.length);
  const d = points.length / y.length;
  if (!predictOriginal) return refuted;
  for (let i = 0; i < y.length; i++) {
    if (!broken[i]) continue;
    const [prediction] = await predictOriginal(points.subarray(i * d, (i + 1) * d));
    const confirmed = config.targeted ? prediction?.class === (typeof target === "number" ? target : target![i]) : prediction?.class !== y[i];
    refuted[i] = +!confirmed;
  }
  return refuted;
}

/** The lengths of what was added to every sample, in float64. */
function lengthsOf(x: Float32Array, points: Float32Array, n: number): Pick<AttackSamples, "l2" | "linf" | "l1" | "l0"> {
  const lengths = { l2: new Float64Array(n), linf: new Float64Array(n), l1: new Float64Array(n), l0: new Uint32Array(n) };
  const d = x.length / n;
  for (let i = 0; i < n; i++) {
    let [squares, most, total, changed] = [0, 0, 0, 0];
    for (let j = i * d; j < (i + 1) * d; j++) {
      const change = points[j]! - x[j]!;
      squares += change * change;
      most = Math.max(most, Math.abs(change));
      total += Math.abs(change);
      changed += +(change !== 0);
    }
    [lengths.l2[i], lengths.linf[i], lengths.l1[i], lengths.l0[i]] = [Math.sqrt(squares), most, total, changed];
  }
  return lengths;
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
