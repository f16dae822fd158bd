import { median } from "simple-statistics";
import type { Compared } from "../../measure/comparison.ts";
import { type EvaluationResult, cleanAccuracyOf, foundDistances, robustAccuracyAt } from "../../measure/evaluation.ts";
import { shareInterval95 } from "../../util/statistics.ts";
import { count, interval, number, percent, short } from "../../util/words.ts";
import { duration, table, wrapped } from "../text.ts";

/** What was found, for a terminal. */
export function summaryText(result: EvaluationResult, budgets: readonly number[]): string {
  const { samples, attacks, norm, seconds } = result;
  const n = samples.length;
  const found = foundDistances(samples);
  const clean = cleanAccuracyOf(samples);
  const share = (value: number) => percent(value);
  const shown = budgets.length > 0 ? budgets : [...new Set([0.25, 0.5, 0.75].map((q) => quantile(found, q)).filter((eps) => eps !== undefined))];
  const never = samples.filter(({ distance }) => distance === null).length;
  const rows = [
    ["0", percent(clean), interval(shareInterval95(Math.round(clean * n), n), share)],
    ...shown.map((eps) => {
      const { accuracy, low, high } = robustAccuracyAt(samples, eps);
      return [short(eps), `≤ ${percent(accuracy)}`, interval({ low, high }, share)];
    }),
  ];
  const passes = attacks.map(({ name, tried, changed, closest, forward, backward, seconds: took }) => [
    name,
    `${count(changed)} of ${count(tried)}`,
    count(closest),
    tried === 0 ? "–" : count(Math.round((forward + backward) / tried)),
    duration(took),
  ]);
  return [
    table([`ε (${norm})`, "accuracy", "95 % interval"], rows),
    "",
    ...(attacks.length === 0 ? [] : [table(["attack", "changed", "closest", "passes", "time"], passes), ""]),
    found.length === 0
      ? "No attack changed a right prediction."
      : `median distance ${number(median(found))} over ${count(found.length)} right predictions changed`,
    ...(never === 0 ? [] : [`${count(never)} never changed by any attack`]),
    ...troubles(result),
    wrapped(
      `These distances are upper bounds: there may be a smaller change that no attack found. ${count(n)} samples, ${duration(seconds)} of computing.`,
      "",
    ),
  ].join("\n");
}

function troubles({ samples }: EvaluationResult): string[] {
  const blind = samples.filter(({ zeroGradient }) => zeroGradient).length;
  const unconfirmed = samples.reduce((sum, sample) => sum + sample.unconfirmed, 0);
  return [
    ...(blind === 0 ? [] : [`${count(blind)} samples had a gradient that is 0 or not finite`]),
    ...(unconfirmed === 0 ? [] : [`${count(unconfirmed)} adversarial inputs were not confirmed by the model's own file and do not count`]),
  ];
}

/** A budget that reads well, near a quantile of the distances. */
function quantile(found: readonly number[], q: number): number | undefined {
  const sorted = found.toSorted((a, b) => a - b);
  const value = sorted[Math.floor(q * (sorted.length - 1))];
  return value === undefined ? undefined : Number(value.toPrecision(2));
}

/** A comparison in a line each. */
export const comparedLine = ({ eps, before, after, lost, gained, byChance, isRegression }: Compared): string =>
  `${eps === 0 ? "clean accuracy" : `robust accuracy at ε = ${short(eps)}`}: ${percent(before)} → ${percent(after)} (${count(lost)} lost, ${count(gained)} gained, p = ${number(byChance, 2)})${isRegression ? ": a regression" : ""}`;
