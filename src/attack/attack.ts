import type { Points } from "../data/points.ts";
import type { Classifier } from "../model/classifier.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import type { Norm } from "./ball.ts";
import type { AttackConfig } from "./config.ts";
import { type AttackInput, type PreparedAttack, prepareAttack } from "./prepare.ts";

/** What an attack found for each sample: arrays of length n, in the order of the samples. */
export interface AttackSamples {
  /** 1 if the returned point is misclassified, confirmed by a forward pass after clipping. */
  readonly success: Uint8Array;
  /** 1 if the sample itself was classified correctly. If not, there was nothing to attack: it is not robust, and its norms mean nothing. */
  readonly wasCorrect: Uint8Array;
  /** ‖δ‖₂ of the point returned, from the float32 points in float64. */
  readonly l2: Float64Array;
  /** ‖δ‖_∞, computed in the same way. */
  readonly linf: Float64Array;
  /** y f, or z_y − max_{j≠y} z_j, at the sample and at the point returned. */
  readonly marginBefore: Float64Array;
  readonly marginAfter: Float64Array;
  /** The loss at the sample and at the point returned: logistic for 2 classes, cross-entropy for 3 or more. */
  readonly lossBefore: Float64Array;
  readonly lossAfter: Float64Array;
  /** Passes through the model spent on the sample: those of the attack, the one at the sample, and the verification. */
  readonly forward: Uint32Array;
  readonly backward: Uint32Array;
}

export interface AttackSummary {
  /** Samples. */
  readonly n: number;
  /** Share of samples that are classified correctly. */
  readonly cleanAccuracy: number;
  /** Share of samples that are classified correctly, also at the points returned: an upper bound on the robust accuracy. */
  readonly robustAccuracy: number;
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

/** The arguments of one call of `attack`: an attack by name, its options, and a budget. */
export type AttackCall = AttackConfig & Pick<AttackInput, "eps" | "start" | "signal">;

/**
 * Attacks a model once. To attack again with other weights, samples or budgets, use `prepareAttack`, which makes the session only once.
 * @throws SF_OPTION, SF_NETWORK (usage) if options, samples and model do not fit together; SF_DIVERGED if a score is
 * not finite; SF_STOPPED.
 */
export async function attack(model: Classifier | TwoLayerNetwork, points: Points, { eps, start, signal, ...config }: AttackCall): Promise<AttackResult> {
  const prepared = await prepareAttack(model, config as AttackConfig);
  try {
    return await runAttack(prepared, { x: points.x, y: points.y, eps, ...(start ? { start } : {}), signal });
  } finally {
    await prepared.dispose();
  }
}

/** Runs a prepared attack and reports how the model does on the samples before and after it. */
export async function runAttack(prepared: PreparedAttack, input: AttackInput): Promise<AttackResult> {
  const found = await prepared.perturb(input);
  const before = await prepared.score(input);
  const { x, y, eps } = input;
  const n = y.length;
  const d = x.length / n;
  const { points } = found;
  const sizes = () => new Float64Array(n);
  const [l2, linf, marginAfter, lossAfter] = [sizes(), sizes(), found.margin.slice(), found.loss.slice()];
  for (let i = 0; i < n; i++) {
    if (!(marginAfter[i]! < before.margin[i]!)) {
      points.set(x.subarray(i * d, (i + 1) * d), i * d);
      marginAfter[i] = before.margin[i]!;
      lossAfter[i] = before.loss[i]!;
    }
    let squares = 0;
    for (let j = i * d; j < (i + 1) * d; j++) {
      const change = points[j]! - x[j]!;
      squares += change * change;
      linf[i] = Math.max(linf[i]!, Math.abs(change));
    }
    l2[i] = Math.sqrt(squares);
  }
  const success = Uint8Array.from(marginAfter, (margin) => +!(margin > 0));
  const wasCorrect = Uint8Array.from(before.margin, (margin) => +(margin > 0));
  const [forward, backward] = [found.forward + 1, found.backward];
  return {
    points,
    samples: {
      success,
      wasCorrect,
      l2,
      linf,
      marginBefore: before.margin,
      marginAfter,
      lossBefore: before.loss,
      lossAfter,
      forward: new Uint32Array(n).fill(forward),
      backward: new Uint32Array(n).fill(backward),
    },
    summary: {
      n,
      cleanAccuracy: sum(wasCorrect) / n,
      robustAccuracy: wasCorrect.reduce((robust, right, i) => robust + (right & ~success[i]!), 0) / n,
      norm: prepared.config.norm,
      eps: typeof eps === "number" ? eps : sum(eps) / n,
      forward: n * forward,
      backward: n * backward,
    },
  };
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
