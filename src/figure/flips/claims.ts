import type { FlipsResult } from "../../experiment/flips/config.ts";
import { fitPowerLaw, interval95, summarize } from "../../util/statistics.ts";
import type { Claim } from "../figure.ts";
import { c0Symbol, capital, count, fixed, fraction, interval, list, percent, plural, range } from "../../util/words.ts";
import { meanOf, quantities, type QuantityName } from "./quantity.ts";
import { distinct, isNormalized } from "../draw/data.ts";
import { pointsOf, runsPerPoint, type Curve } from "./rows.ts";
import { judgeAll, judgeExponent, testErrorLimit } from "../draw/verdict.ts";

/* Statements that more than one figure checks. */

/** A trained network in words: `d = 25, m = 1,000, C₀ = 10, seed 2`. */
export const nameCell = ({ row }: FlipsResult): string => `d = ${count(row.d)}, m = ${count(row.m)}, ${c0Symbol} = ${count(row.c0)}, seed ${row.seed}`;

/** "The quantity behaves like d^p": a power law fitted to the means over seeds, so that lack of fit widens the interval. */
export function exponentClaim(figure: string, name: QuantityName, results: readonly FlipsResult[], of: Pick<Curve, "key" | "label">): Claim {
  const { symbol, subject, exponent, rate, goes } = quantities[name];
  const points = pointsOf(results, name);
  const fit = fitPowerLaw(
    points.map((point) => point.d),
    points.map((point) => point.mean),
  );
  const { verdict, why } = judgeExponent(fit, exponent);
  const runs = runsPerPoint([points]);
  const remark = rawPixelRemark(name, results);
  return {
    id: `${figure}/${name}/${of.key}`,
    statement: `${subject} ${goes} like ${rate} (${symbol} at ${of.label})`,
    paper: `d^${fraction(exponent)}`,
    measured: Number.isFinite(fit.exponent)
      ? `d^${fixed(fit.exponent)} ${interval(fit.interval, fixed)}; ${plural(points.length, "size")} × ${plural(Math.max(...runs), "run").replace(/^.* /, `${range(runs)} `)}`
      : `no power law; ${plural(points.length, "size")}`,
    verdict,
    detail: remark === undefined ? `${capital(why)}.` : `${capital(why)}. ${remark}`,
  };
}

/**
 * What to know where inputs are not normalised. The theorem's scale-free step is |η|/‖x‖ (doubling x doubles f of a
 * network without biases and leaves its gradient as it is); its mean is taken as (‖δ‖/‖x‖) / ‖∇f‖, a ratio of means.
 * And √d · 1/d = 1/√d is the rate of ‖δ‖: where ‖x‖ grows, ‖δ‖/‖x‖ cannot have the same.
 */
function rawPixelRemark(name: QuantityName, results: readonly FlipsResult[]): string | undefined {
  if (results[0] === undefined || isNormalized(results[0].config) || name === "gradientNorm") return undefined;
  const sizes = distinct(results, (row) => row.d);
  const along = (value: (result: FlipsResult) => number) =>
    fitPowerLaw(
      sizes,
      sizes.map((d) => summarize(results.filter(({ row }) => row.d === d).map(value)).mean),
    );
  const norm = along(({ row }) => meanOf(row, "perturbation") / meanOf(row, "perturbationRelative"));
  const [symbol, other] =
    name === "step"
      ? ["|η|/‖x‖", along(({ row }) => meanOf(row, "perturbationRelative") / meanOf(row, "gradientNorm"))]
      : ["‖δ‖ by itself", along(({ row }) => meanOf(row, "perturbation"))];
  if (!Number.isFinite(other.exponent) || !Number.isFinite(norm.exponent)) return undefined;
  return `The theorem is about ‖x‖ = 1; these are raw pixels, ‖x‖ grows like d^${fixed(norm.exponent)}, and ${symbol} like d^${fixed(other.exponent)} ${interval(other.interval, fixed)}.`;
}

/** "Each of the trained models achieves a test error of less than 1 %." */
export function testErrorClaim(figure: string, results: readonly FlipsResult[]): Claim {
  const bad = highTestError(results);
  const errors = results.map(({ row }) => 1 - row.testAccuracy);
  const { verdict, why } = judgeAll(results.length - bad.length, results.length);
  return {
    id: `${figure}/test-error`,
    statement: "Every trained network has a test error of less than 1 %",
    paper: "< 1 %",
    measured:
      results.length === 0
        ? "no runs"
        : `${count(results.length - bad.length)} of ${plural(results.length, "network")}; mean ${percent(summarize(errors).mean, 2)}${intervalOf(errors)}, largest ${percent(Math.max(...errors), 2)}`,
    verdict,
    detail: bad.length === 0 ? `${capital(why)}.` : `Not below 1 %: ${firstFew(nameHighTestErrors(bad)).join("; ")}.`,
  };
}

/** The networks the statement above fails for. */
function highTestError(results: readonly FlipsResult[]): FlipsResult[] {
  return results.filter(({ row }) => !(1 - row.testAccuracy < testErrorLimit - 1e-12));
}

/** Networks by name, the seeds of one setting together: `d = 25, m = 1,000, C₀ = 10, seeds 0 and 2 (up to 1.30 %)`. Where only some inputs are normalised, it says which. */
function nameHighTestErrors(bad: readonly FlipsResult[]): string[] {
  const mixed = new Set(bad.map(({ row }) => row.normalize)).size > 1;
  const settings = new Map<string, FlipsResult[]>();
  for (const result of bad) {
    const setting = `${nameCell(result).replace(/, seed \d+$/, "")}${mixed && result.row.normalize ? ", ‖x‖ = 1" : ""}`;
    settings.set(setting, [...(settings.get(setting) ?? []), result]);
  }
  return [...settings].map(([setting, cells]) => {
    const worst = percent(Math.max(...cells.map(({ row }) => 1 - row.testAccuracy)), 2);
    const seeds = list(cells.map(({ row }) => String(row.seed)));
    return cells.length === 1 ? `${setting}, seed ${seeds} (${worst})` : `${setting}, seeds ${seeds} (up to ${worst})`;
  });
}

function firstFew(items: readonly string[], most = 6): readonly string[] {
  return items.length <= most ? items : [...items.slice(0, most), `and ${count(items.length - most)} more settings`];
}

/** "The models that our training algorithm returns are guaranteed to satisfy the lazy regime assumption." */
export function insideBallClaim(figure: string, results: readonly FlipsResult[]): Claim {
  // float32 weights: a deviation of exactly C_0/√m may come out a few units in the last place above it.
  const share = ({ row }: FlipsResult) => (row.deviation * Math.sqrt(row.m)) / row.c0;
  const outside = results.filter((result) => !(share(result) <= 1 + 1e-6));
  const { verdict, why } = judgeAll(results.length - outside.length, results.length);
  const byEpoch = outside.filter(({ config }) => config.training.exit === "epoch").length;
  const shares = results.map(share);
  return {
    id: `${figure}/inside-ball`,
    statement: `Every trained network is in the lazy ball: ‖W − W₀‖₂,∞ ≤ ${c0Symbol}/√m`,
    paper: `≤ ${c0Symbol}/√m`,
    measured:
      results.length === 0
        ? "no runs"
        : `${count(results.length - outside.length)} of ${plural(results.length, "network")}; mean deviation ${fixed(summarize(shares).mean)}${intervalOf(shares, fixed)} of the radius, largest ${fixed(Math.max(...shares), 3)}`,
    verdict,
    detail:
      byEpoch > 0
        ? `${capital(why)}. ${byEpoch === outside.length ? "All" : count(byEpoch)} of these were trained with exit “epoch”: the weights are checked once per epoch, as in the authors’ code, so training ends with the first epoch that is outside.`
        : `${capital(why)}.`,
  };
}

function intervalOf(values: readonly number[], format: (x: number) => string = (x) => percent(x, 2)): string {
  const around = interval95(values);
  return Number.isFinite(around.low) ? ` ${interval(around, format)}` : "";
}
