import { quantileSorted } from "simple-statistics";
import { SignflipError } from "../util/errors.ts";
import { worseByChance } from "../util/statistics.ts";
import { type EvaluatedSample, type EvaluationResult, isRobust } from "./evaluation.ts";

/** What two evaluations have to have in common to be compared. */
export type Comparable = Pick<EvaluationResult, "norm"> & {
  readonly data: Pick<EvaluationResult["data"], "fingerprint">;
  readonly samples: readonly Pick<EvaluatedSample, "index" | "label" | "prediction" | "distance">[];
};

/** How a new model does beside an old one at one budget, on the same samples. */
export interface Compared {
  /** The budget; 0 compares clean accuracies. */
  readonly eps: number;
  readonly before: number;
  readonly after: number;
  /** Samples that were robust and are no longer, and the other way around. */
  readonly lost: number;
  readonly gained: number;
  /** The probability of so many losses among so many changes if neither model were better (exact McNemar test, one-sided). */
  readonly byChance: number;
  /** Whether accuracy fell by more than chance explains at the 5 % level. */
  readonly isRegression: boolean;
}

/** Below this probability a fall is taken for real. */
const level = 0.05;

/**
 * Compares evaluations of two models on the same samples in the same norm.
 * @param budgets where to compare robust accuracy, in addition to clean accuracy; the quartiles of the old model's distances if empty
 * @throws SF_OPTION (usage) where samples or norms differ
 */
export function compareEvaluations(before: Comparable, after: Comparable, budgets: readonly number[] = []): Compared[] {
  if (before.norm !== after.norm)
    throw new SignflipError("SF_OPTION", `the baseline was measured in ${before.norm}, and this is ${after.norm}`, { usage: true });
  const old = new Map(before.samples.map((sample) => [sample.index, sample]));
  const pairs = after.samples.map((now) => ({ was: old.get(now.index), now }));
  const isSame = before.data.fingerprint === after.data.fingerprint && before.samples.length === after.samples.length;
  if (!isSame || pairs.some(({ was, now }) => was?.label !== now.label))
    throw new SignflipError(
      "SF_OPTION",
      "the baseline was measured on other samples: evaluate both models on the same data, with the same number of samples and seed",
      {
        usage: true,
      },
    );
  const eps = budgets.length > 0 ? budgets : quartiles(before.samples);
  return [0, ...eps].map((budget) => {
    const count = (test: (then: boolean, now: boolean) => boolean) =>
      pairs.reduce((sum, { was, now }) => sum + +test(isRobust(was!.distance, budget), isRobust(now.distance, budget)), 0);
    const [lost, gained] = [count((then, now) => then && !now), count((then, now) => !then && now)];
    const byChance = worseByChance(lost, gained);
    return {
      eps: budget,
      before: count((then) => then) / pairs.length,
      after: count((_, now) => now) / pairs.length,
      lost,
      gained,
      byChance,
      isRegression: lost > gained && byChance < level,
    };
  });
}

function quartiles(samples: Comparable["samples"]): number[] {
  const sorted = samples.flatMap(({ distance }) => (distance === null || distance === 0 ? [] : [distance])).sort((a, b) => a - b);
  return sorted.length === 0 ? [] : [...new Set([0.25, 0.5, 0.75].map((share) => Number(quantileSorted(sorted, share).toPrecision(2))))];
}
