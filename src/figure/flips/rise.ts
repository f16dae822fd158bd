import type { FlipsResult } from "../../experiment/flips/config.ts";
import { interval95, summarize, type Interval } from "../../util/statistics.ts";
import { c0Symbol, capital, count, fixed, interval, number, plural, range } from "../../util/words.ts";
import { distinct } from "../draw/data.ts";
import { bySetting, curveKey, curveLabel, differing, dimensionPaths } from "../draw/settings.ts";
import { judgeRise } from "../draw/verdict.ts";
import type { Claim } from "../figure.ts";
import { quantities, type QuantityName } from "./quantity.ts";
import { pointsOf, runsPerPoint, type Curve } from "./rows.ts";

/* "As C_0 increases, both the size of the gradient and the minimum step size increase." */

/** How a quantity goes from the smallest C_0 to the largest, everything else the same. */
interface Rise {
  readonly c0s: readonly number[];
  /** Sizes that both ends were measured at. */
  readonly sizes: number;
  /** The ratio of the ends, the geometric mean over sizes, with its interval over sizes. */
  readonly factor: number;
  readonly interval: Interval;
  readonly steps: readonly number[];
  readonly runs: readonly number[];
}

function riseOf(name: QuantityName, results: readonly FlipsResult[]): Rise {
  const c0s = distinct(results, (row) => row.c0);
  const points = c0s.map((c0) =>
    pointsOf(
      results.filter(({ row }) => row.c0 === c0),
      name,
    ),
  );
  const curves = points.map((curve) => new Map(curve.map((point) => [point.d, point.mean])));
  const [first, last] = [curves[0] ?? new Map<number, number>(), curves.at(-1) ?? new Map<number, number>()];
  const logs = c0s.length < 2 ? [] : [...first].flatMap(([d, low]) => (last.has(d) ? [Math.log(last.get(d)! / low)] : []));
  const around = interval95(logs);
  return {
    c0s,
    sizes: logs.length,
    factor: Math.exp(summarize(logs).mean),
    interval: { low: Math.exp(around.low), high: Math.exp(around.high) },
    // Every step from one C_0 to the next, at every size.
    steps: curves.slice(1).flatMap((curve, k) => [...curves[k]!].flatMap(([d, before]) => (curve.has(d) ? [curve.get(d)! - before] : []))),
    runs: runsPerPoint(points),
  };
}

const c0Path = "training.c0";

/** One claim for each setting that is measured at several C_0. */
export function riseClaims(figure: string, name: QuantityName, curves: readonly Curve[]): Claim[] {
  const groups = bySetting(
    curves.flatMap(({ results }) => results),
    [...dimensionPaths, c0Path],
  );
  if (groups.length === 0) return [riseClaim(figure, name, [])];
  const swept = differing(
    groups.map((group) => group[0]!.config),
    [...dimensionPaths, c0Path],
  );
  return groups.map((group) => riseClaim(figure, name, group, { key: curveKey(group[0]!.config, swept), label: curveLabel(group[0]!.config, swept) }));
}

function riseClaim(figure: string, name: QuantityName, results: readonly FlipsResult[], of: Pick<Curve, "key" | "label"> = { key: "", label: "" }): Claim {
  const { symbol, subject } = quantities[name];
  const { c0s, sizes, factor, interval: ratio, steps, runs } = riseOf(name, results);
  const rising = steps.filter((step) => step > 0).length;
  // Where training reaches its epoch limit inside both balls, both C_0 give the same network: a tie, which a sign test leaves out.
  const ties = steps.filter((step) => step === 0).length;
  const { verdict, why } = judgeRise(ratio);
  return {
    id: `${figure}/rise/${name}${of.key === "" ? "" : `/${of.key}`}`,
    statement: `${subject} grows with the lazy ball: a larger ${c0Symbol} raises ${symbol}${of.label === "" ? "" : ` (at ${of.label})`}`,
    paper: "rises",
    measured:
      sizes === 0
        ? `nothing to compare; ${c0s.length === 1 ? `one ${c0Symbol}` : `no size has two values of ${c0Symbol}`}, ${plural(results.length, "run")}`
        : `× ${number(factor)} ${interval(ratio)} from ${c0Symbol} = ${count(c0s[0]!)} to ${count(c0s.at(-1)!)}; ${plural(sizes, "size")} × ${range(runs)} ${runs.every((n) => n === 1) ? "run" : "runs"}`,
    verdict,
    ...(sizes === 0 ? {} : { detail: `${capital(why)}. ${stepsInWords(rising, ties, steps.length)}` }),
  };
}

/** "A larger lazy ball needs a larger perturbation: from C₀ = 10 to 30 it grows by a factor of 1.14; the paper says it rises". */
export function riseHeadline(name: QuantityName, curves: readonly Curve[]): string {
  const { subject } = quantities[name];
  const rises = bySetting(
    curves.flatMap(({ results }) => results),
    [...dimensionPaths, c0Path],
  )
    .map((group) => riseOf(name, group))
    .filter(({ sizes }) => sizes > 0);
  const [rise] = rises.toSorted((one, other) => other.sizes - one.sizes);
  if (rise === undefined) return `${subject} cannot be compared yet: that takes runs at two values of ${c0Symbol}.`;
  const ends = `from ${c0Symbol} = ${count(rise.c0s[0]!)} to ${count(rise.c0s.at(-1)!)}`;
  const around = Number.isFinite(rise.interval.low) ? ` ${interval(rise.interval)}` : "";
  return `${subject} ${rise.factor > 1 ? "grows" : "does not grow"} with the lazy ball: × ${number(rise.factor)}${around} ${ends}; the paper says that it rises.`;
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
