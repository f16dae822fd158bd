import { isRobust } from "../../experiment/robust/config.ts";
import { isTheory } from "../../experiment/theory/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import type { FlipsResult } from "../../experiment/flips/config.ts";
import { fitPowerLaw, interval95, summarize, type Interval } from "../../util/statistics.ts";
import type { Claim, FigureName } from "../figure.ts";
import { c0Symbol, capital, count, fixed, fraction, interval, list, number, percent, plural, range, short } from "../../util/words.ts";
import { meanOf, quantities, type QuantityName } from "./quantity.ts";
import { distinct, isNormalized, pointsOf, runsPerPoint } from "../draw/rows.ts";
import { judgeAll, judgeExponent, judgeRise, testErrorLimit } from "../draw/verdict.ts";

/* Statements that more than one figure checks. */

/** A trained network in words: `d = 25, m = 1,000, C₀ = 10, seed 2`. */
export function nameCell(result: Cell): string {
  if (isRobust(result)) {
    const { row } = result;
    return `d = ${count(row.d)}, m = ${count(row.m)}, ε = ${short(row.eps)}, V = ${short(row.radius)}, seed ${row.seed}`;
  }
  const { row } = result;
  // A network of a figure needs no word for its data; one of the theory may be on any.
  const of = isTheory(result) ? `γ = ${short(result.row.gamma)}, ${result.config.data.dataset === "sphere" ? "sphere, " : "MNIST, "}` : "";
  return `d = ${count(row.d)}, m = ${count(row.m)}, ${c0Symbol} = ${count(row.c0)}, ${of}seed ${row.seed}`;
}

/** "The quantity behaves like d^p": a power law fitted to the means over seeds, so that lack of fit widens the interval. */
export function exponentClaim(
  figure: FigureName,
  name: QuantityName,
  results: readonly FlipsResult[],
  of: { readonly key: string; readonly label: string },
): Claim {
  const { symbol, name: words, exponent, rate } = quantities[name];
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
    statement: `The ${words} ${symbol} behaves like ${rate} at ${of.label}`,
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
  return `The theorem is about ‖x‖ = 1; these are raw pixels, ‖x‖ goes like d^${fixed(norm.exponent)}, and ${symbol} like d^${fixed(other.exponent)} ${interval(other.interval, fixed)}.`;
}

/** "Each of the trained models achieves a test error of less than 1 %." */
export function testErrorClaim(figure: FigureName, results: readonly FlipsResult[]): Claim {
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
export function highTestError(results: readonly FlipsResult[]): FlipsResult[] {
  return results.filter(({ row }) => !(1 - row.testAccuracy < testErrorLimit - 1e-12));
}

/** Networks by name, the seeds of one setting together: `d = 25, m = 1,000, C₀ = 10, seeds 0 and 2 (up to 1.30 %)`. Where only some inputs are normalised, it says which. */
export function nameHighTestErrors(bad: readonly FlipsResult[]): string[] {
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
export function insideBallClaim(figure: FigureName, results: readonly FlipsResult[]): Claim {
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
        ? `${capital(why)}. ${byEpoch === outside.length ? "All" : count(byEpoch)} of these were trained with exit “epoch”: the weights are looked at once an epoch, as in the authors’ code, so training ends with the first epoch that is outside.`
        : `${capital(why)}.`,
  };
}

/** "As C_0 increases, the quantity increases": the ratio of largest to smallest C_0 at each d, averaged on the log scale. */
export function riseClaim(
  figure: FigureName,
  name: QuantityName,
  series: readonly { readonly value: number; readonly results: readonly FlipsResult[] }[],
): Claim {
  const { symbol, name: words } = quantities[name];
  const curves = series.map((one) => new Map(pointsOf(one.results, name).map((point) => [point.d, point.mean])));
  const first = curves[0] ?? new Map<number, number>();
  const last = curves.at(-1) ?? new Map<number, number>();
  const logs = series.length < 2 ? [] : [...first].flatMap(([d, low]) => (last.has(d) ? [Math.log(last.get(d)! / low)] : []));
  const centre = Math.exp(summarize(logs).mean);
  const around = interval95(logs);
  const ratio: Interval = { low: Math.exp(around.low), high: Math.exp(around.high) };
  // Every step from one C_0 to the next, at every size.
  const steps = curves.slice(1).flatMap((curve, k) => [...curves[k]!].flatMap(([d, before]) => (curve.has(d) ? [curve.get(d)! - before] : [])));
  const rising = steps.filter((step) => step > 0).length;
  // Where training reaches its epoch limit inside both balls, both C_0 give the same network: a tie, which a sign test leaves out.
  const ties = steps.filter((step) => step === 0).length;
  const { verdict, why } = judgeRise(ratio);
  const runs = series.flatMap((one) => runsPerPoint([pointsOf(one.results, name)]));
  const [from, to] = [series[0]?.value, series.at(-1)?.value];
  return {
    id: `${figure}/rise/${name}`,
    statement: `A larger ${c0Symbol} raises the ${words} ${symbol}`,
    paper: "rises",
    measured:
      logs.length === 0
        ? `nothing to compare; ${series.length === 1 ? `one ${c0Symbol}` : `no size has two values of ${c0Symbol}`}`
        : `× ${number(centre)} ${interval(ratio)} from ${c0Symbol} = ${count(from!)} to ${count(to!)}; ${plural(logs.length, "size")} × ${range(runs)} ${runs.every((n) => n === 1) ? "run" : "runs"}`,
    verdict,
    ...(logs.length === 0
      ? {}
      : {
          detail: `${capital(why)}. ${stepsInWords(rising, ties, steps.length)}`,
        }),
  };
}

function stepsInWords(rising: number, ties: number, all: number): string {
  const unchanged = ties === 0 ? "" : `; in ${ties === all ? "all" : count(ties)} of them nothing changes, because training stays inside the smaller ball`;
  return `It rises in ${count(rising)} of ${count(all)} steps from one ${c0Symbol} to the next at the same size${unchanged}${signTest(rising, all - ties)}.`;
}

/** One-sided sign test against "as often up as down"; steps at neighbouring sizes are not quite independent. */
function signTest(rising: number, of: number): string {
  if (of === 0) return "";
  let tail = 0;
  let choose = 1;
  for (let k = of; k >= rising; k--) {
    tail += choose * 0.5 ** of;
    choose = (choose * k) / (of - k + 1);
  }
  return tail < 0.001 ? " (sign test p < 0.001)" : ` (sign test p = ${fixed(Math.min(tail, 1), 3)})`;
}

function intervalOf(values: readonly number[], format: (x: number) => string = (x) => percent(x, 2)): string {
  const around = interval95(values);
  return Number.isFinite(around.low) ? ` ${interval(around, format)}` : "";
}
