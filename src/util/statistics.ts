import jStat from "jstat";
import { linearRegression, linearRegressionLine, mean, sampleStandardDeviation, sum } from "simple-statistics";
import { internal } from "./errors.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const unknown: Interval = { low: NaN, high: NaN };

/**
 * Mean, sample standard deviation (divisor n − 1) and count. Nothing is skipped: a NaN among the values makes
 * both NaN. No values: mean NaN; fewer than two: sd NaN, since one value says nothing about the spread.
 */
export function summarize(values: ArrayLike<number>): { readonly mean: number; readonly sd: number; readonly n: number } {
  const array = Array.from(values);
  const n = array.length;
  return { mean: n > 0 ? mean(array) : NaN, sd: n > 1 ? sampleStandardDeviation(array) : NaN, n };
}

/** The two-sided 95 % Student-t interval of the mean of independent values; NaN, NaN for fewer than two. */
export function interval95(values: ArrayLike<number>): Interval {
  const { mean: centre, sd, n } = summarize(values);
  return n < 2 ? unknown : around(centre, sd / Math.sqrt(n), n - 1);
}

/** The exact 95 % interval of a share, from k successes in n independent tries (Clopper and Pearson 1934). */
export function shareInterval95(k: number, n: number): Interval {
  if (n < 1) return unknown;
  return { low: k === 0 ? 0 : jStat.beta.inv(0.025, k, n - k + 1), high: k === n ? 1 : jStat.beta.inv(0.975, k + 1, n - k) };
}

/**
 * The probability that of `lost + gained` pairs which differ, `lost` or more go the one way if both ways are equally likely: the exact one-sided
 * test of McNemar (1947) that something got worse.
 */
export function worseByChance(lost: number, gained: number): number {
  return lost === 0 ? 1 : jStat.binomial.cdf(gained, lost + gained, 0.5);
}

export interface PowerLaw {
  /** p in y ≈ constant · x^p. */
  readonly exponent: number;
  /** 95 % Student-t interval of the exponent, n − 2 degrees of freedom; NaN, NaN for fewer than three points. */
  readonly interval: Interval;
  readonly constant: number;
  readonly n: number;
}

/**
 * The power law y ≈ constant · x^exponent through n points: ordinary least squares of ln y on ln x. No point is
 * skipped: one that is not positive and finite has no logarithm and makes all results NaN, and so do fewer
 * than two different x.
 */
export function fitPowerLaw(xs: ArrayLike<number>, ys: ArrayLike<number>): PowerLaw {
  const n = xs.length;
  if (ys.length !== n) throw internal(`fitPowerLaw: ${n} x and ${ys.length} y`);
  const points = Array.from(xs, (x, i) => [Math.log(x), Math.log(ys[i]!)]);
  const nothing: PowerLaw = { exponent: NaN, interval: unknown, constant: NaN, n };
  if (!points.flat().every(Number.isFinite)) return nothing;
  if (new Set(points.map(([x]) => x)).size < 2) return nothing;

  const line = linearRegression(points);
  const at = linearRegressionLine(line);
  const centre = mean(points.map(([x]) => x!));
  const spread = sum(points.map(([x]) => (x! - centre) ** 2));
  const residual = sum(points.map(([x, y]) => (y! - at(x!)) ** 2));
  const error = Math.sqrt(residual / (n - 2) / spread);
  return { exponent: line.m, interval: n < 3 ? unknown : around(line.m, error, n - 2), constant: Math.exp(line.b), n };
}

/** centre ± t · error, with t the 97.5 % quantile of Student's distribution (jstat: right to 7 digits). */
function around(centre: number, error: number, degreesOfFreedom: number): Interval {
  const half = jStat.studentt.inv(0.975, degreesOfFreedom) * error;
  return { low: centre - half, high: centre + half };
}
