import { dimensionOf } from "../../data/index.ts";
import { isTheory, type TheoryConfig, type TheoryResult } from "../../experiment/theory/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import type { StatementResult } from "../../theory/check.ts";
import type { StatementId } from "../../theory/statements/statement.ts";
import { canonicalJson } from "../../util/hash.ts";
import { interval95, summarize, type Interval } from "../../util/statistics.ts";
import { c0Symbol, count, short } from "../../util/words.ts";
import { describeData, groupsOf, nameOfData } from "../draw/data.ts";

/* Cells of the theory as the figures look at them. */

/** Each cell once. */
export function theoryOf(results: readonly Cell[]): TheoryResult[] {
  return [...new Map(results.filter(isTheory).map((result) => [result.key, result])).values()];
}

/** What may vary along a line of settings. */
export type Axis = "d" | "m";

export interface Line {
  readonly axis: Axis;
  readonly results: readonly TheoryResult[];
}

/** All of a cell's configuration but its seed and, where one is named, an axis. */
export function settingKey({ data, network, seed: _seed, ...rest }: TheoryConfig, without?: Axis): string {
  return canonicalJson([nameOfData(data), without === "d" ? null : dimensionOf(data), network.bias, without === "m" ? null : network.m, rest]);
}

/**
 * The cells that differ in nothing but the seed and one axis: of all such lines the one with the most values on the axis, where four
 * are as good as more; of several such the one with the widest range; then the one where the other axis is largest, since the theory
 * is about large d and m; then the one with most runs.
 */
export function lineAlong(results: readonly TheoryResult[], axis: Axis): Line {
  const lines = groupsOf(results, ({ config }) => settingKey(config, axis));
  const rank = (line: readonly TheoryResult[]) => {
    const values = valuesOf(line, axis);
    return [Math.min(4, values.length), values.at(-1)! / values[0]!, line[0]!.row[axis === "d" ? "m" : "d"], line.length] as const;
  };
  const better = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value - b[i]!).find((difference) => difference !== 0) ?? 0;
  const best = lines.reduce<readonly TheoryResult[]>((most, line) => (most.length === 0 || better(rank(line), rank(most)) > 0 ? line : most), []);
  return { axis, results: best };
}

export function valuesOf(results: readonly TheoryResult[], axis: Axis): number[] {
  return [...new Set(results.map(({ row }) => row[axis]))].sort((a, b) => a - b);
}

/** What a line holds fixed: "d = 784, C₀ = 10, γ = 0.05". */
export function describeLine({ axis, results }: Line): string {
  const first = results[0];
  if (first === undefined) return "no runs yet";
  const { row } = first;
  return [axis === "d" ? `m = ${count(row.m)}` : `d = ${count(row.d)}`, `${c0Symbol} = ${short(row.c0)}`, `γ = ${short(row.gamma)}`].join(", ");
}

export function describeDatasets(results: readonly TheoryResult[]): string[] {
  return [...new Set(results.map(({ config }) => describeData(config)))];
}

/** A number over seeds. */
export interface Mean {
  readonly mean: number;
  /** Student-t over seeds; NaN with a single one. */
  readonly interval: Interval;
  readonly values: readonly number[];
}

/** Of the numbers that are there; undefined where none is. */
export function meanOver(values: readonly (number | null | undefined)[]): Mean | undefined {
  const there = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  return there.length === 0 ? undefined : { mean: summarize(there).mean, interval: interval95(there), values: there };
}

/** A statement in one cell; undefined where the cell does not have it. */
export function statementIn({ row }: TheoryResult, id: StatementId): StatementResult | undefined {
  return row.statements.find((statement) => statement.id === id);
}

/** The runs (seeds) of one setting that have a statement. */
export interface StatementRuns {
  readonly result: TheoryResult;
  readonly runs: readonly StatementResult[];
}

/** A statement at every setting there is. */
export function statementRuns(results: readonly TheoryResult[], id: StatementId): StatementRuns[] {
  return groupsOf(results, ({ config }) => settingKey(config))
    .map((group) => ({ result: group[0]!, runs: group.flatMap((result) => statementIn(result, id) ?? []) }))
    .filter(({ runs }) => runs.length > 0)
    .sort(({ result: { row: a } }, { result: { row: b } }) => a.d - b.d || a.m - b.m || a.c0 - b.c0 || a.gamma - b.gamma);
}
