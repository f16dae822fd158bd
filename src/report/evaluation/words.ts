import { median } from "simple-statistics";
import { type EvaluatedSample, type EvaluationResult, cleanAccuracyOf, foundDistances, robustAccuracyAt } from "../../measure/evaluation.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { count, number, percent, plural, short } from "../../util/words.ts";

/** A class as a reader knows it: its name, or its number. */
export function className({ model: { classNames } }: Pick<EvaluationResult, "model">, index: number | null): string {
  return index === null ? "–" : (classNames?.[index] ?? `class ${index}`);
}

/** A round budget at which about half of what was right is no longer: what a page speaks of where nobody asked for a budget. */
export function tellingBudget(samples: readonly EvaluatedSample[]): number | undefined {
  const found = foundDistances(samples);
  return found.length === 0 ? undefined : Number(median(found).toPrecision(1));
}

/** The budgets a page speaks of: the first of those asked for, or the telling one. */
export function shownBudgets(samples: readonly EvaluatedSample[], budgets: readonly number[]): readonly number[] {
  return budgets.length > 0 ? budgets.slice(0, 3) : [tellingBudget(samples)].filter((eps) => eps !== undefined);
}

/** The result in one or two sentences. */
export function findingOf(result: EvaluationResult, budgets: readonly number[]): string {
  const { samples, data } = result;
  const found = foundDistances(samples);
  const clean = cleanAccuracyOf(samples);
  const right = samples.filter(({ label, prediction }) => label === prediction).length;
  const start = `The model is right on ${percent(clean)} of ${plural(samples.length, "sample")} of ${data.name}.`;
  if (right === 0) return `${start} There is nothing to attack.`;
  if (found.length === 0) return `${start} No attack changed the prediction of any of them.`;
  const eps = budgets[0] ?? tellingBudget(samples)!;
  const { accuracy } = robustAccuracyAt(samples, eps);
  const never = right - found.length;
  const rest = never === 0 ? "" : ` No attack changed ${count(never)} of the samples that are right.`;
  return `${start} If every input may change by as little as ε = ${short(eps)}, at most ${percent(accuracy)} remain right; half of the right predictions change at ${number(median(found))} or less.${rest}`;
}

/** What a budget of a norm means, for a reader who has never heard of norms. */
export function normInWords({ norm, model: { inputShape, channelAxis }, low, high }: EvaluationResult, eps: number): string {
  const d = sizeOf(inputShape);
  const range = low === undefined || high === undefined ? "" : ` Values range from ${short(low)} to ${short(high)}.`;
  const each = number(eps / Math.sqrt(d), 2);
  const isPicture = channelAxis !== undefined && low === 0 && high === 1;
  const levels = isPicture && norm === "linf" ? ` ε = ${short(eps)} is ${number(255 * eps, 2)} of the 255 steps in which pictures are stored.` : "";
  const words = {
    l0: `ε counts how many of the ${count(d)} values of an input may change, each by any amount.`,
    l1: `ε is the sum of the changes of all ${count(d)} values of an input.`,
    l2: `ε is the Euclidean length of the change over all ${count(d)} values of an input: ${short(eps)} is one value changed by ${short(eps)}, or every value by ${each}.`,
    linf: `ε is the most by which any one of the ${count(d)} values of an input may change.`,
  };
  return `${words[norm as keyof typeof words]}${range}${levels}`;
}
