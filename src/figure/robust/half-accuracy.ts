import { fitPowerLaw, interval95, summarize, type Interval, type PowerLaw } from "../../util/statistics.ts";

/* Where robust accuracy passes a level, and the power law such places obey: the c in c/√d. */

/** How accuracy goes along the grid: it falls with the budget ε and rises with the ball's radius. */
export type Direction = "falling" | "rising";

/** Accuracy measured at one grid value (an ε, a radius), of one run or a mean over several. */
export interface Sample {
  readonly at: number;
  readonly accuracy: number;
}

/**
 * A place on the grid, or why there is none: accuracy passes the level `before` the first grid value or `beyond` the
 * last, or in a `gap`: between the two values around it the grid has others that were not measured yet.
 */
export type Crossing = { readonly at: number } | { readonly at?: undefined; readonly why: "before" | "beyond" | "gap" };

/** Least-squares fit by a sequence that nowhere goes against `direction` (pool adjacent violators, equal weights). */
export function monotone(values: readonly number[], direction: Direction): number[] {
  const sign = direction === "rising" ? 1 : -1;
  const blocks: { sum: number; n: number }[] = [];
  for (const value of values) {
    let block = { sum: value, n: 1 };
    for (let last = blocks.at(-1); last !== undefined && sign * (last.sum / last.n - block.sum / block.n) > 0; last = blocks.at(-1)) {
      block = { sum: last.sum + block.sum, n: last.n + block.n };
      blocks.pop();
    }
    blocks.push(block);
  }
  return blocks.flatMap(({ sum, n }) => Array.from({ length: n }, () => sum / n));
}

/**
 * Where a curve passes `level`. It is made monotone first; between two neighbours of the grid it is a straight line over
 * log(at), as the figures draw it; where it rests on the level the middle counts. Positions must be positive.
 */
export function crossing(samples: readonly Sample[], level: number, direction: Direction, grid: readonly number[] = samples.map(({ at }) => at)): Crossing {
  const sorted = samples.toSorted((a, b) => a.at - b.at);
  const values = sorted.map(({ at }) => at);
  const sign = direction === "falling" ? 1 : -1;
  // From here on the curve falls through zero.
  const heights = monotone(
    sorted.map(({ accuracy }) => accuracy),
    direction,
  ).map((height) => sign * (height - level));
  const missing = (from: number, to: number) => grid.some((value) => value > from && value < to);

  const above = heights.findLastIndex((height) => height > 0);
  const below = heights.findIndex((height) => height < 0);
  const touches = heights.includes(0);
  if (values.length === 0) return { why: "gap" };
  if (below < 0 && !touches) return { why: missing(values.at(-1)!, Infinity) ? "gap" : "beyond" };
  if (above < 0 && !touches) return { why: missing(0, values[0]!) ? "gap" : "before" };
  if (!touches) {
    const [from, to] = [values[above]!, values[below]!];
    if (missing(from, to)) return { why: "gap" };
    const share = heights[above]! / (heights[above]! - heights[below]!);
    return { at: from * (to / from) ** share };
  }
  const first = heights.indexOf(0);
  const last = heights.lastIndexOf(0);
  return { at: Math.sqrt(values[first]! * values[last]!) };
}

/** One place found at one d (or m) in one run. */
export interface Place {
  readonly x: number;
  readonly at: number;
}

export interface HalfFit {
  /** Per x in increasing order the geometric mean over runs. */
  readonly means: readonly (Place & { readonly runs: number })[];
  /** c in c · x^exponent with the exponent held fixed: least squares of the logarithms of `means`. */
  readonly c: number;
  /** 95 % Student-t interval of c. It is over x, not over runs, so that a wrong exponent widens it; NaN, NaN for fewer than two x. */
  readonly interval: Interval;
  /** The power law with its exponent free. */
  readonly free: PowerLaw;
}

/** c · x^exponent through places of half accuracy, and the same with a free exponent. Every x counts once, however many runs it has. */
export function fitHalf(places: readonly Place[], exponent = -1 / 2): HalfFit {
  const xs = [...new Set(places.map(({ x }) => x))].sort((a, b) => a - b);
  const means = xs.map((x) => {
    const logs = places.filter((place) => place.x === x).map(({ at }) => Math.log(at));
    return { x, at: Math.exp(summarize(logs).mean), runs: logs.length };
  });
  const logs = means.map(({ x, at }) => Math.log(at) - exponent * Math.log(x));
  return {
    means,
    c: Math.exp(summarize(logs).mean),
    interval: exponential(interval95(logs)),
    free: fitPowerLaw(
      xs,
      means.map(({ at }) => at),
    ),
  };
}

/** An interval on the log scale, back on the scale of the quantity. */
export function exponential({ low, high }: Interval): Interval {
  return { low: Math.exp(low), high: Math.exp(high) };
}
