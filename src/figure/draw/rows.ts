import { isFlips, type FlipsConfig, type FlipsResult } from "../../experiment/flips/config.ts";
import type { CellConfig, Cell } from "../../experiment/experiment.ts";
import type { DataConfig } from "../../data/index.ts";
import { interval95, summarize, type Interval } from "../../util/statistics.ts";
import { c0Symbol, count } from "../../util/words.ts";
import { meanOf, type QuantityName } from "../flips/quantity.ts";

/** What may differ between the rows of one figure; the seed always may. */
export type Varying = "size" | "m" | "c0";

export interface Slice {
  readonly results: readonly FlipsResult[];
  /** Rows that belong to another setting and are not part of this picture. */
  readonly leftOut: number;
}

/**
 * The rows of one setting (networks trained by SGD and flipped): those that differ in nothing but the seed and what `varying` names. Given rows of several
 * settings, the one with the most rows is taken (the first such), and a caption can say how many were left out.
 */
export function slice(results: readonly Cell[], varying: readonly Varying[]): Slice {
  const groups = groupsOf(results.filter(isFlips), ({ config }) => JSON.stringify(settingOf(config, varying)));
  const best = groups.reduce((most, group) => (group.length > most.length ? group : most), []);
  return { results: best, leftOut: countOf(results) - best.length };
}

/** Results of the same setting together, each result once however often it is given. */
export function groupsOf<T extends Cell>(results: readonly T[], settingOf: (result: T) => string): T[][] {
  const groups = new Map<string, Map<string, T>>();
  for (const result of results) {
    const setting = settingOf(result);
    const group = groups.get(setting) ?? new Map<string, T>();
    groups.set(setting, group.set(result.key, result));
  }
  return [...groups.values()].map((group) => [...group.values()]);
}

/** How many results there are, one given twice counted once. */
export function countOf(results: readonly Cell[]): number {
  return new Set(results.map(({ key }) => key)).size;
}

function settingOf({ data, network, training, measure }: FlipsConfig, varying: readonly Varying[]): unknown[] {
  const kept = (name: Varying, value: number) => (varying.includes(name) ? null : value);
  return [
    ...nameOfData(data),
    kept("size", data.dataset === "sphere" ? data.d : data.size),
    network.kind,
    network.bias,
    kept("m", network.m),
    training.method,
    kept("c0", training.c0),
    training.lr,
    training.batch,
    training.exit,
    training.epochs,
    measure.flips.misclassified,
  ];
}

/** "MNIST 0 and 1, raw pixels, with biases, C₀ = 10": what the rows share. */
export function describeSetting(results: readonly FlipsResult[]): string {
  const first = results[0];
  if (first === undefined) return "no runs yet";
  const ms = distinct(results, (row) => row.m);
  const c0s = distinct(results, (row) => row.c0);
  const ds = distinct(results, (row) => row.d);
  return [
    describeData(first.config),
    ...(ds.length === 1 ? [`d = ${count(ds[0]!)}`] : []),
    ...(ms.length === 1 ? [`m = ${count(ms[0]!)}`] : []),
    ...(c0s.length === 1 ? [`${c0Symbol} = ${count(c0s[0]!)}`] : []),
  ].join(", ");
}

/** What tells data apart but for their dimension. */
export function nameOfData(data: DataConfig): unknown[] {
  return data.dataset === "sphere" ? [data.dataset, data.points] : [data.dataset, data.digits, data.normalize];
}

/** "MNIST 0 and 1, raw pixels, with biases". */
export function describeData({ data, network }: Pick<CellConfig, "data" | "network">): string {
  return [
    ...(data.dataset === "sphere"
      ? [`${count(data.points)} random points of the unit sphere`]
      : [`${data.dataset.toUpperCase()} ${data.digits[0]} and ${data.digits[1]}`, isNormalized({ data }) ? "‖x‖ = 1" : "raw pixels"]),
    network.bias ? "with biases" : "no biases",
  ].join(", ");
}

/** Whether all inputs have norm 1. */
export function isNormalized({ data }: Pick<CellConfig, "data">): boolean {
  return data.dataset === "sphere" || data.normalize;
}

/** The values a column takes, in increasing order. */
export function distinct<R>(results: readonly { readonly row: R }[], column: (row: R) => number): number[] {
  return [...new Set(results.map((result) => column(result.row)))].sort((a, b) => a - b);
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

/** Runs per point, as [fewest, most]. */
export function runsPerPoint(groups: readonly (readonly Point[])[]): number[] {
  return groups.flat().map((point) => point.values.length);
}
