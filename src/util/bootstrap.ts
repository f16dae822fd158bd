import jStat from "jstat";
import { quantileSorted } from "simple-statistics";
import { random } from "./random.ts";
import { summarize, type Interval, type PowerLaw } from "./statistics.ts";

/** One place of a line: independent positive values (a run each) of one quantity at one x. */
export interface Replicates {
  readonly x: number;
  readonly values: readonly number[];
}

export interface BootstrapExponent extends PowerLaw {
  /** What was drawn again and again: runs within each place, or deviations of places from the fit; none without an interval. */
  readonly resampled: "runs" | "residuals" | "none";
  /** Lines with two or more places, which the fit is of. Of these, places (`n`) and runs. */
  readonly lines: number;
  readonly runs: number;
}

export interface BootstrapOptions {
  readonly resamples?: number;
  readonly seed?: number;
}

const normalQuantile = 1.959963985;

/**
 * The exponent p that several lines y ≈ c_l · x^p share, each with a constant of its own, and its 95 % bootstrap interval.
 *
 * The fit: least squares of the means of ln y over runs, on ln x, with one intercept per line; every place counts once.
 *
 * The interval is the percentile interval of the exponent over resamples (Efron and Tibshirani 1993, Sect. 9.4 and 13.3):
 * - where every place has two or more runs, runs are drawn with replacement within each place. It then says where the
 *   exponent of these places would be with other seeds, and nothing of how straight the line is;
 * - where one has a single run, deviations of places from the fit are drawn with replacement, pooled over all lines.
 *
 * Both are too narrow for few values, for two known reasons (Hesterberg 2015, Sect. 5): a resample's variance has the
 * divisor n, and a percentile knows nothing of Student's t. So deviations are stretched by √(n/(n − 1)) (for residuals, by
 * √(places/degrees of freedom)) and the interval by t/z. Without a degree of freedom there is none.
 *
 * No value is skipped: one that is not positive and finite makes all results NaN. Two x on some line are needed.
 */
export function bootstrapExponent(lines: readonly (readonly Replicates[])[], { resamples = 2000, seed = 0 }: BootstrapOptions = {}): BootstrapExponent {
  const used = lines.map((line) => line.filter(({ values }) => values.length > 0)).filter((line) => new Set(line.map(({ x }) => x)).size > 1);
  const places = used.flatMap((line, l) => line.map(({ x, values }) => ({ line: l, x: Math.log(x), logs: values.map(Math.log) })));
  const counts = { n: places.length, lines: used.length, runs: places.reduce((sum, { logs }) => sum + logs.length, 0) };
  const nothing: BootstrapExponent = { exponent: NaN, constant: NaN, interval: { low: NaN, high: NaN }, resampled: "none", ...counts };
  if (places.length === 0 || !places.every(({ x, logs }) => Number.isFinite(x) && logs.every(Number.isFinite))) return nothing;

  const heights = places.map(({ logs }) => summarize(logs).mean);
  const meanOver = (line: number, values: readonly number[]) => summarize(values.filter((_, i) => places[i]!.line === line)).mean;
  const centres = used.map(
    (_, l) =>
      [
        meanOver(
          l,
          places.map(({ x }) => x),
        ),
        meanOver(l, heights),
      ] as const,
  );
  const across = places.map(({ x, line }) => x - centres[line]![0]);
  const spread = across.reduce((sum, a) => sum + a * a, 0);
  // The slope is a sum of heights with these weights, which add up to 0 on every line.
  const weights = across.map((a) => a / spread);
  const exponent = weights.reduce((sum, w, i) => sum + w * heights[i]!, 0);
  const constant = Math.exp(summarize(centres.map(([x, y]) => y - exponent * x)).mean);

  const byRuns = places.every(({ logs }) => logs.length > 1);
  const freedom = byRuns ? counts.runs - counts.n : counts.n - counts.lines - 1;
  if (freedom < 1) return { ...nothing, exponent, constant };
  const stream = random(seed, "bootstrap", "exponent");
  const pick = (values: readonly number[]) => values[stream.integer(values.length)]!;
  const residuals = places.map(({ line }, i) => (heights[i]! - centres[line]![1] - exponent * across[i]!) * Math.sqrt(counts.n / freedom));
  const deviations = places.map(({ logs }, i) => logs.map((log) => (log - heights[i]!) * Math.sqrt(logs.length / (logs.length - 1))));
  const drawn = (i: number): number => {
    if (!byRuns) return pick(residuals);
    const own = deviations[i]!;
    let sum = 0;
    for (let k = 0; k < own.length; k++) sum += pick(own);
    return sum / own.length;
  };
  const moves = Array.from({ length: resamples }, () => weights.reduce((sum, w, i) => sum + w * drawn(i), 0)).sort((a, b) => a - b);
  const parts = places.map(({ logs }, i) => ({ variance: (weights[i]! * (summarize(logs).sd || 0)) ** 2 / logs.length, freedom: logs.length - 1 }));
  const total = parts.reduce((sum, { variance }) => sum + variance, 0);
  // Welch (1947) and Satterthwaite: places far out weigh more, and their few runs are what is known of the noise there.
  const effective = byRuns && total > 0 ? total ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0) : freedom;
  const stretch = jStat.studentt.inv(0.975, effective) / normalQuantile;
  const at = (share: number) => exponent + stretch * quantileSorted(moves, share);
  const interval: Interval = { low: at(0.025), high: at(0.975) };
  return { exponent, constant, interval, resampled: byRuns ? "runs" : "residuals", ...counts };
}
