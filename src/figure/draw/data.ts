import type { CellConfig, CellResult, DataConfig } from "../../experiment/cell.ts";
import { count } from "../../util/words.ts";

/* What rows of every kind have in common: their data, and values of a column. */

/** How many results there are, one given twice counted once. */
export function countOf(results: readonly CellResult[]): number {
  return new Set(results.map(({ key }) => key)).size;
}

/** Results of the same setting together, each result once however often it is given. */
export function groupsOf<T extends CellResult>(results: readonly T[], settingOf: (result: T) => string): T[][] {
  const groups = new Map<string, Map<string, T>>();
  for (const result of results) {
    const setting = settingOf(result);
    const group = groups.get(setting) ?? new Map<string, T>();
    groups.set(setting, group.set(result.key, result));
  }
  return [...groups.values()].map((group) => [...group.values()]);
}

/** What tells data apart but for their dimension. */
export function nameOfData(data: DataConfig): unknown[] {
  return data.dataset === "sphere" ? [data.dataset, data.points] : [data.dataset, data.digits, data.normalize];
}

/** "MNIST 0 and 1" or "1,000 random points of the unit sphere". */
export function describePoints({ data }: Pick<CellConfig, "data">): string {
  return data.dataset === "sphere"
    ? `${count(data.points)} random points of the unit sphere`
    : `${data.dataset.toUpperCase()} ${data.digits[0]} and ${data.digits[1]}`;
}

/** "MNIST 0 and 1, raw pixels, with biases". */
export function describeData({ data, network }: Pick<CellConfig, "data" | "network">): string {
  return [
    describePoints({ data }),
    ...(data.dataset === "sphere" ? [] : [isNormalized({ data }) ? "‖x‖ = 1" : "raw pixels"]),
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
