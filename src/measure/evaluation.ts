import type { Norm } from "../attack/ball.ts";
import { type Interval, shareInterval95 } from "../util/statistics.ts";

/** What is known of one sample after all attacks. */
export interface EvaluatedSample {
  /** Its place in the dataset, from 0. */
  readonly index: number;
  /** What its source calls it: a file's name, for example. */
  readonly id?: string | undefined;
  readonly label: number;
  readonly prediction: number;
  /**
   * The smallest distance, in the norm of the evaluation and in the raw units of the input, at which an attack changed the prediction: an upper bound on
   * the true one. 0 if the sample itself is misclassified, null if no attack succeeded.
   */
  readonly distance: number | null;
  /** The attack that found it; null where `distance` is null or the sample is misclassified. */
  readonly attack: string | null;
  readonly adversarialPrediction: number | null;
  /** Passes through the model, all attacks together. */
  readonly forward: number;
  readonly backward: number;
  /** Whether a gradient was 0 or not finite at the sample, so that attacks that follow gradients could not begin. */
  readonly zeroGradient: boolean;
  /** Adversarial inputs that the original file, run one sample at a time, did not confirm. They are not counted as found. */
  readonly unconfirmed: number;
}

/** One step of the robust accuracy over ε: it holds from `eps` up to the next one. */
export interface RobustAccuracy extends Interval {
  readonly eps: number;
  /** Share of samples that are classified correctly and that no attack changed within ε. */
  readonly accuracy: number;
  /** Exact 95 % interval (Clopper and Pearson). */
  readonly low: number;
  readonly high: number;
}

type Distances = readonly Pick<EvaluatedSample, "distance">[];

/** Share of samples classified correctly. */
export function cleanAccuracyOf(samples: readonly Pick<EvaluatedSample, "label" | "prediction">[]): number {
  return samples.reduce((right, { label, prediction }) => right + +(label === prediction), 0) / samples.length;
}

/**
 * The robust accuracy at a budget. It follows from the distances, since a sample is robust at ε exactly if it is right and nothing within ε was found. An upper
 * bound on the truth, as all attacks give.
 */
export function robustAccuracyAt(samples: Distances, eps: number): RobustAccuracy {
  const robust = samples.reduce((sum, { distance }) => sum + +isRobust(distance, eps), 0);
  return { eps, accuracy: robust / samples.length, ...shareInterval95(robust, samples.length) };
}

/** The distances that attacks found from samples that were right. */
export const foundDistances = (samples: readonly Pick<EvaluatedSample, "distance" | "attack">[]): number[] =>
  samples.flatMap(({ distance, attack }) => (distance === null || attack === null ? [] : [distance]));

/** Whether a sample of this distance keeps its right prediction under every perturbation found within ε. */
export const isRobust = (distance: number | null, eps: number): boolean => distance === null || (distance > eps && distance > 0);

/** The whole curve: a step at 0 and at every distance that was found, ending at 0 unless some sample was never changed. */
export function robustAccuracyCurve(samples: Distances): RobustAccuracy[] {
  const found = new Set(samples.flatMap(({ distance }) => (distance === null || distance === 0 ? [] : [distance])));
  return [0, ...[...found].sort((a, b) => a - b)].map((eps) => robustAccuracyAt(samples, eps));
}

/** The curve with no more than `most` steps, evenly over the samples; first and last are kept. */
export function thinned<T>(curve: readonly T[], most: number): T[] {
  if (curve.length <= most) return [...curve];
  return Array.from({ length: most }, (_, i) => curve[Math.round((i * (curve.length - 1)) / (most - 1))]!);
}

/** Work of one attack, over all samples it was given. */
export interface AttackTally {
  readonly name: string;
  /** Samples it was run on. */
  readonly tried: number;
  /** Samples whose prediction it changed. */
  readonly changed: number;
  /** Samples for which it found the smallest distance of all attacks. */
  readonly closest: number;
  readonly forward: number;
  readonly backward: number;
  readonly seconds: number;
}

/** A sample with its numbers, for pictures. */
export interface AdversarialExample {
  readonly index: number;
  /** `[d]`, in raw units. */
  readonly clean: Float32Array;
  readonly adversarial: Float32Array;
}

/** What the evaluated model and data are, as reports and files name them. */
export interface EvaluationFacts {
  readonly model: {
    readonly name: string;
    /** SHA-256 of its file; absent for a model that is not a file. */
    readonly sha256?: string | undefined;
    readonly inputShape: readonly number[];
    readonly channelAxis?: number | undefined;
    readonly classes: number;
    readonly classNames?: readonly string[] | undefined;
  };
  readonly data: {
    readonly name: string;
    readonly fingerprint: string;
    /** Samples of the dataset, of which `samples` were evaluated. */
    readonly n: number;
    readonly featureNames?: readonly string[] | undefined;
  };
  readonly norm: Norm;
  /** The smallest and largest value an input may take, in words: "0 to 1"; undefined if any. */
  readonly bounds?: string | undefined;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  readonly seed: number;
  /** The class that targeted attacks aimed for. */
  readonly target?: number | undefined;
  /** What was assumed about model and data, a sentence each. */
  readonly assumptions: readonly string[];
}

/** A model measured on samples. */
export interface EvaluationResult extends EvaluationFacts {
  readonly samples: readonly EvaluatedSample[];
  readonly attacks: readonly AttackTally[];
  /** The samples of smallest distance, closest first. */
  readonly examples: readonly AdversarialExample[];
  readonly seconds: number;
}
