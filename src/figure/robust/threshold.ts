import { summarize, type Interval, interval95 } from "../../util/statistics.ts";
import { count, list, number, plural } from "../../util/words.ts";
import { crossing, exponential, fitHalf, type Crossing, type HalfFit } from "./half-accuracy.ts";
import { curvesOf, gridOf, type Curve, type Half } from "./rows.ts";

/** What is read off the curves of one half of Figure 4. */
export interface Threshold {
  readonly curves: readonly (Curve & { readonly half: Crossing })[];
  readonly fit: HalfFit;
}

/** Where every curve passes one half, and c/√x through these places. */
export function thresholdOf(half: Half): Threshold {
  const grid = gridOf(half);
  const curves = curvesOf(half).map((curve) => ({ ...curve, half: crossing(curve.samples, 0.5, half.side.direction, grid.along(curve.x)) }));
  return { curves, fit: fitHalf(curves.flatMap(({ x, half: { at } }) => (at === undefined ? [] : [{ x, at }]))) };
}

/** "2 of 18 curves never pass one half: above one half throughout at d = 25 (seeds 0 and 1)", or "". */
export function censoredInWords({ side }: Half, { curves }: Threshold): string {
  const unfinished = curves.filter(({ half }) => half.at === undefined && half.why === "gap").length;
  const never = curves.filter(({ half }) => half.at === undefined && half.why !== "gap");
  const at = (why: "before" | "beyond") =>
    [...new Set(curves.map(({ x }) => x))].flatMap((x) => {
      const seeds = curves.filter((curve) => curve.x === x);
      const here = seeds.filter(({ half }) => half.at === undefined && half.why === why).map(({ seed }) => seed);
      const which = here.length === seeds.length ? "" : ` (${here.length === 1 ? "seed" : "seeds"} ${list(here.map(String))})`;
      return here.length === 0 ? [] : [`${side.across.symbol} = ${count(x)}${which}`];
    });
  const some = (names: readonly string[]) => (names.length <= 4 ? list(names) : list([...names.slice(0, 3), `${count(names.length - 3)} more`]));
  const where = (side.direction === "falling" ? (["beyond", "before"] as const) : (["before", "beyond"] as const)).flatMap((why, below) => {
    const names = at(why);
    return names.length === 0 ? [] : [`${below === 0 ? "above" : "below"} one half throughout at ${some(names)}`];
  });
  return [
    ...(never.length === 0
      ? []
      : [`${count(never.length)} of ${plural(curves.length, "curve")} never ${never.length === 1 ? "passes" : "pass"} one half: ${where.join(", ")}`]),
    ...(unfinished === 0 ? [] : [`${count(unfinished)} of ${plural(curves.length, "curve")} ${unfinished === 1 ? "has" : "have"} no runs yet around one half`]),
  ].join("; ");
}

/** One number per x, the mean over its seeds, and their mean with its interval over x. */
export interface OverX {
  readonly mean: number;
  readonly interval: Interval;
  readonly xs: number;
  readonly curves: number;
  /** The mean at the x that is farthest out (largest). */
  readonly largest: number;
}

function overX(values: readonly { readonly x: number; readonly value: number }[]): OverX {
  const xs = [...new Set(values.map(({ x }) => x))];
  const means = xs.map((x) => summarize(values.filter((one) => one.x === x).map(({ value }) => value)).mean);
  return { mean: summarize(means).mean, interval: interval95(means), xs: xs.length, curves: values.length, largest: Math.max(...means) };
}

/** Shares of the clean accuracy between which a drop is measured. */
const dropFrom = 0.9;
const dropTo = 0.1;

/**
 * How sharp the drop is: the factor in ε (or the radius) between 90 % and 10 % of the curve's clean accuracy, the
 * geometric mean over seeds and then over x. 1 is a step; only curves that pass both levels within the grid count.
 */
export function sharpness(half: Half): OverX {
  const grid = gridOf(half);
  const ratios = curvesOf(half).flatMap(({ x, samples, clean }) => {
    const [high, low] = [dropFrom, dropTo].map((share) => crossing(samples, share * clean, half.side.direction, grid.along(x)).at);
    return high === undefined || low === undefined ? [] : [{ x, value: Math.abs(Math.log(low / high)) }];
  });
  const { mean, interval, largest, ...counts } = overX(ratios);
  return { mean: Math.exp(mean), interval: exponential(interval), largest: Math.exp(largest), ...counts };
}

/** Half as much again: what "slightly" above or below the threshold means here. */
export const slightly = 1.5;

/** Which side of the threshold: where robust accuracy should be 0, or where networks should be robust. */
export type Where = "lost" | "kept";

export interface Beside {
  /** Robust accuracy at the first grid value that is at least `slightly` times away from the threshold. */
  readonly slightly: OverX;
  /** The same at the very next grid value, however near, and how many times away that is on average. */
  readonly next: OverX;
  readonly nextFactor: number;
}

/** Robust accuracy on one side of each curve's own threshold. Curves without a threshold, or without such a grid value, do not count. */
export function beside(half: Half, { curves }: Threshold, where: Where): Beside {
  const up = (half.side.direction === "falling") === (where === "lost");
  const at = (factor: number) =>
    curves.flatMap(({ x, samples, half: place }) => {
      if (place.at === undefined) return [];
      const threshold = place.at;
      const sample = up
        ? samples.find((one) => one.at >= factor * threshold * (1 - 1e-12))
        : samples.findLast((one) => one.at <= (threshold / factor) * (1 + 1e-12));
      return sample === undefined ? [] : [{ x, value: sample.accuracy, factor: Math.abs(Math.log(sample.at / threshold)) }];
    });
  const next = at(1);
  return { slightly: overX(at(slightly)), next: overX(next), nextFactor: Math.exp(summarize(next.map(({ factor }) => factor)).mean) };
}

/** "× 1.8" as people read a factor. */
export function factor(x: number): string {
  return `× ${number(x)}`;
}
