import { shareInterval95, type Interval, type PowerLaw } from "../../util/statistics.ts";
import { fixed, fraction, interval, number, percent } from "../../util/words.ts";
import type { Verdict } from "../figure.ts";

/*
 * All rules by which a measurement agrees with the paper, in one place. They were fixed before looking at results.
 * An interval is a 95 % Student-t interval unless its figure says otherwise (bootstrap, Clopper-Pearson).
 */

export interface Ruling {
  readonly verdict: Verdict;
  readonly why: string;
}

/** A fitted exponent this near the paper's agrees even where a narrow interval excludes it. */
const exponentTolerance = 0.1;
/** An interval that reaches further than this to a side of the fit decides nothing. */
const exponentHalfWidth = 0.5;
/** A spread (sd / mean) below this counts as concentrated: the mean is then two sd from zero. */
const concentratedSpread = 0.5;
/** |skewness| up to this counts as roughly symmetric (Bulmer 1979, and the usual convention). */
const symmetricSkewness = 0.5;
/** "Test error of less than 1 %." */
export const testErrorLimit = 0.01;
/** Robust accuracy is said to drop sharply: from 90 % to 10 % of its clean level within this factor. */
const sharpFactor = 3;
/** Robust accuracy up to this counts as "drops to 0" … */
const lostAccuracy = 0.05;
/** … and from this on as "robust". */
const keptAccuracy = 0.95;

/**
 * A quantity said to behave like d^p:
 * - undecided: no interval (fewer than three sizes), or it is wider than ±0.5;
 * - agrees: the interval contains p, or the fitted exponent is within 0.1 of p;
 * - differs: otherwise.
 */
export function judgeExponent(fit: PowerLaw, expected: number, over = "sizes"): Ruling {
  const { exponent, interval: range } = fit;
  const unknown = unknownExponent(fit, over);
  if (unknown !== undefined) return unknown;
  if (contains(range, expected)) return { verdict: "agrees", why: `the interval contains ${fraction(expected)}` };
  const distance = Math.abs(exponent - expected);
  if (distance <= exponentTolerance) {
    return { verdict: "agrees", why: `the fit is within ${exponentTolerance} of ${fraction(expected)}, though its interval does not contain it` };
  }
  return { verdict: "differs", why: `the fit is ${fixed(distance)} from ${fraction(expected)} and the interval excludes it` };
}

/**
 * A quantity said to grow at most (or at least) like d^p: as above, and it agrees as well wherever the fit is on the
 * allowed side of p.
 */
export function judgeExponentBound(fit: PowerLaw, expected: number, side: "at most" | "at least", over = "sizes"): Ruling {
  const unknown = unknownExponent(fit, over);
  if (unknown !== undefined) return unknown;
  const beyond = side === "at most" ? fit.exponent - expected : expected - fit.exponent;
  if (beyond <= 0) return { verdict: "agrees", why: `the fit is ${side} ${fraction(expected)}` };
  return judgeExponent(fit, expected, over);
}

function unknownExponent({ exponent, interval: range, n }: PowerLaw, over: string): Ruling | undefined {
  if (!finite(range)) return { verdict: "undecided", why: `a fit with an interval needs three ${over}; there ${n === 1 ? "is" : "are"} ${n}` };
  if (Math.max(range.high - exponent, exponent - range.low) <= exponentHalfWidth) return undefined;
  return { verdict: "undecided", why: `the interval is wider than ±${exponentHalfWidth}` };
}

/** An exponent said to be above 0 ("rises"): agrees or differs where its interval lies above or below 0, else undecided. */
export function judgeRisingExponent({ interval: range }: Pick<PowerLaw, "interval">, over = "values"): Ruling {
  if (!finite(range)) return { verdict: "undecided", why: `an interval needs several runs or three ${over}` };
  if (range.low > 0) return { verdict: "agrees", why: "the interval of the exponent lies above 0" };
  if (range.high < 0) return { verdict: "differs", why: "the interval of the exponent lies below 0" };
  return { verdict: "undecided", why: "the interval of the exponent contains 0" };
}

/**
 * A bound of the theory, looked at at several settings. Where it says nothing (is vacuous, or its conditions are not met) it
 * cannot fail:
 * - undecided: no setting, or it says nothing at all of them;
 * - agrees: measurement, exact extreme and independent draws keep to it wherever it says something, or fail at no larger share of
 *   these settings than it may fail with probability (by the exact interval of that share): a bound that may fail for one network
 *   in twenty will;
 * - differs: otherwise.
 */
export function judgeBound({ settings, failing, vacuous, allowed }: BoundTally): Ruling {
  if (settings === 0) return { verdict: "undecided", why: "no runs yet" };
  const speaks = settings - vacuous;
  if (speaks === 0) return { verdict: "undecided", why: "the bound says nothing at any of these settings" };
  if (failing === 0)
    return { verdict: "agrees", why: vacuous === 0 ? "it holds at every setting" : `it holds at all ${speaks} settings where it is not vacuous` };
  const fails = `it fails at ${failing} of the ${speaks} settings where it is not vacuous`;
  return shareInterval95(failing, speaks).low <= allowed
    ? { verdict: "agrees", why: `${fails}, no more often than its probability of ${percent(allowed, 0)} allows` }
    : { verdict: "differs", why: fails };
}

export interface BoundTally {
  readonly settings: number;
  /** Settings at which it says something and is not kept to. */
  readonly failing: number;
  readonly vacuous: number;
  /** The probability with which it may fail, on average over the settings. */
  readonly allowed: number;
}

/** All claims of a figure together, for a badge: some agree, some differ, both, or nothing is decided. */
export interface Overall extends Readonly<Record<Verdict, number>> {
  readonly verdict: Verdict | "mixed";
}

export function overallOf(claims: readonly { readonly verdict: Verdict }[]): Overall {
  const of = (verdict: Verdict) => claims.filter((claim) => claim.verdict === verdict).length;
  const [agrees, differs, undecided] = [of("agrees"), of("differs"), of("undecided")];
  // One decided statement among many that are not says little about the figure.
  const isOpen = undecided > agrees + differs || agrees + differs === 0;
  return { agrees, differs, undecided, verdict: agrees > 0 && differs > 0 ? "mixed" : isOpen ? "undecided" : agrees > 0 ? "agrees" : "differs" };
}

/** A ratio said to exceed 1: agrees or differs where its interval lies above or below 1, else undecided. */
export function judgeRise(range: Interval): Ruling {
  if (!finite(range)) return { verdict: "undecided", why: "an interval needs two sizes" };
  if (range.low > 1) return { verdict: "agrees", why: "the interval of the ratio lies above 1" };
  if (range.high < 1) return { verdict: "differs", why: "the interval of the ratio lies below 1" };
  return { verdict: "undecided", why: "the interval of the ratio contains 1" };
}

/** sd / mean said to be small: its interval over runs lies below 0.5, above it, or across it. */
export function judgeConcentration(range: Interval): Ruling {
  if (!finite(range)) return { verdict: "undecided", why: "an interval over runs needs two runs" };
  if (range.high < concentratedSpread) return { verdict: "agrees", why: `the ratio sd/mean is below ${concentratedSpread}: ${interval(range)}` };
  if (range.low > concentratedSpread) return { verdict: "differs", why: `the ratio sd/mean is above ${concentratedSpread}: ${interval(range)}` };
  return { verdict: "undecided", why: `the interval of sd/mean contains ${concentratedSpread}: ${interval(range)}` };
}

/** A distribution said to be Gaussian in shape: the interval of its skewness over runs lies within ±0.5, outside, or across. */
export function judgeSymmetry(range: Interval): Ruling {
  if (!finite(range)) return { verdict: "undecided", why: "an interval over runs needs two runs" };
  const limit = symmetricSkewness;
  if (range.low >= -limit && range.high <= limit) return { verdict: "agrees", why: `the skewness is within ±${limit}` };
  if (range.low > limit || range.high < -limit) return { verdict: "differs", why: `the skewness is beyond ±${limit}` };
  return { verdict: "undecided", why: `the interval of the skewness reaches across ${range.high > limit ? limit : number(-limit, 1)}` };
}

/** A drop said to be sharp: the interval of the factor it takes lies below 3, above it, or across it. */
export function judgeSharp(range: Interval): Ruling {
  return judgeBelow(range, sharpFactor, "the factor", "an interval needs two sizes or widths with the whole drop in the grid", String);
}

/** Robust accuracy said to be 0: its interval lies up to 5 %, above, or across. */
export function judgeLost(range: Interval): Ruling {
  return judgeBelow(range, lostAccuracy, "robust accuracy", noGridValue, (x) => percent(x, 0));
}

/** Networks said to be robust: the interval of robust accuracy lies from 95 % on, below, or across. */
export function judgeKept({ low, high }: Interval): Ruling {
  return judgeBelow({ low: 1 - high, high: 1 - low }, 1 - keptAccuracy, "the loss of robust accuracy", noGridValue, (x) => percent(x, 0));
}

/**
 * Test error said not to suffer from projection: agrees where the interval of its mean lies below the 1 % of training
 * without it. Above, nothing is decided: short training and a large ε raise the error as well, and no run without
 * projection tells them apart.
 */
export function judgeTestError(range: Interval): Ruling {
  const ruling = judgeBelow(range, testErrorLimit, "the mean test error", "an interval needs two networks", (x) => percent(x, 0));
  return ruling.verdict === "differs"
    ? { verdict: "undecided", why: `${ruling.why}, but there is no run without projection to tell whether that is the cause` }
    : ruling;
}

const noGridValue = "an interval needs two sizes or widths with such a grid value";

function judgeBelow(range: Interval, limit: number, what: string, unknown: string, format: (x: number) => string): Ruling {
  if (!finite(range)) return { verdict: "undecided", why: unknown };
  if (range.high <= limit) return { verdict: "agrees", why: `the interval of ${what} lies below ${format(limit)}` };
  if (range.low > limit) return { verdict: "differs", why: `the interval of ${what} lies above ${format(limit)}` };
  return { verdict: "undecided", why: `the interval of ${what} contains ${format(limit)}` };
}

/** A statement said to hold for every network: one exception makes it differ. */
export function judgeAll(holds: number, of: number): Ruling {
  if (of === 0) return { verdict: "undecided", why: "no runs yet" };
  return holds === of ? { verdict: "agrees", why: "it holds for every network" } : { verdict: "differs", why: `it fails for ${of - holds} of ${of}` };
}

function finite({ low, high }: Interval): boolean {
  return Number.isFinite(low) && Number.isFinite(high);
}

function contains({ low, high }: Interval, x: number): boolean {
  return low <= x && x <= high;
}
