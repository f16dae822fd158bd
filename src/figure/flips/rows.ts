import { isFlips, type FlipsResult } from "../../experiment/flips/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { interval95, summarize, type Interval } from "../../util/statistics.ts";
import { c0Symbol, count } from "../../util/words.ts";
import { describePoints, describeScale, distinct } from "../draw/data.ts";
import { bySetting, compareSettings, differing, dimensionPaths, curveKey, curveLabel, type SettingPath } from "../draw/settings.ts";
import { meanOf, type QuantityName } from "./quantity.ts";

/** Runs that differ in nothing but the input dimension and the seed. */
export interface Curve {
  /** What tells it from the others: "m = 1,000 · lr = 0.5". */
  readonly label: string;
  /** The same in a claim's id. */
  readonly key: string;
  readonly results: readonly FlipsResult[];
}

/** More curves than these cannot be told apart; a picture says how many it leaves out. */
export const mostCurves = 24;

/**
 * A curve for every setting there is, named by `by` and by all else in which they differ: whatever a study sweeps shows. In the order of
 * these values.
 */
export function curvesOf(results: readonly Cell[], by: SettingPath): { readonly curves: readonly Curve[]; readonly all: number } {
  const groups = bySetting(results.filter(isFlips), dimensionPaths);
  const swept = differing(
    groups.map((group) => group[0]!.config),
    [...dimensionPaths, by],
  );
  const paths = [by, ...swept];
  const curves = groups
    .toSorted((one, other) => compareSettings(one[0]!.config, other[0]!.config, paths))
    .map((group) => ({ label: curveLabel(group[0]!.config, paths), key: curveKey(group[0]!.config, paths), results: group }));
  return { curves: curves.slice(0, mostCurves), all: curves.length };
}

/** "MNIST 0 and 1, raw pixels, with biases, C₀ = 10": what some runs share. */
export function describeShared(results: readonly FlipsResult[]): string {
  const first = results[0];
  if (first === undefined) return "no runs yet";
  const swept = differing(results.map(({ config }) => config));
  const shared = (...paths: readonly SettingPath[]) => !paths.some((path) => swept.includes(path));
  const only = (column: (row: FlipsResult["row"]) => number, name: string) => {
    const values = distinct(results, column);
    return values.length === 1 ? [`${name} = ${count(values[0]!)}`] : [];
  };
  return [
    ...(shared("data.dataset", "data.digits", "data.points") ? [describePoints(first.config)] : []),
    ...(shared("data.dataset", "data.normalize") ? [describeScale(first.config)] : []),
    ...(shared("network.bias") ? [first.config.network.bias ? "with biases" : "no biases"] : []),
    ...only((row) => row.d, "d"),
    ...only((row) => row.m, "m"),
    ...only((row) => row.c0, c0Symbol),
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** One quantity at one d, over seeds. */
export interface Point {
  readonly d: number;
  /** One mean over test samples per run. */
  readonly values: readonly number[];
  readonly mean: number;
  /** Student-t over runs; NaN with a single one. */
  readonly interval: Interval;
}

/** Means over seeds at each d, in increasing d. Runs without a positive finite mean are not counted. */
export function pointsOf(results: readonly FlipsResult[], quantity: QuantityName): Point[] {
  return distinct(results, (row) => row.d).flatMap((d) => {
    const values = results
      .filter(({ row }) => row.d === d)
      .map(({ row }) => meanOf(row, quantity))
      .filter((mean) => mean > 0 && Number.isFinite(mean));
    return values.length === 0 ? [] : [{ d, values, mean: summarize(values).mean, interval: interval95(values) }];
  });
}

/** How many runs each point has. */
export function runsPerPoint(groups: readonly (readonly Point[])[]): number[] {
  return groups.flat().map((point) => point.values.length);
}
