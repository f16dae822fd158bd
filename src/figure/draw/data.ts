import { datasetOf, hasUnitNorm, type DataConfig } from "../../data/index.ts";
import type { Cell } from "../../experiment/experiment.ts";
import type { NetworkCellConfig } from "../../experiment/network-cells.ts";

/* What rows of every kind have in common: their data, and values of a column. */

/** How many results there are, one given twice counted once. */
export function countOf(results: readonly Cell[]): number {
  return new Set(results.map(({ key }) => key)).size;
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

/** What tells data apart but for their dimension. */
export const nameOfData = (data: DataConfig): unknown => datasetOf(data).withDimension(data, 4) ?? data;

/** "MNIST 0 and 1" or "1,000 random points of the unit sphere". */
export const describePoints = ({ data }: Pick<NetworkCellConfig, "data">): string => datasetOf(data).label(data);

/** "MNIST", "sphere": the first word of what a dataset is called, for labels with little room. */
export const shortName = ({ data }: Pick<NetworkCellConfig, "data">): string => datasetOf(data).words(data)[0]!.split(" ")[0]!;

/** "raw pixels", "‖x‖ = 1"; "" where a dataset has one scale only. */
export const describeScale = ({ data }: Pick<NetworkCellConfig, "data">): string => datasetOf(data).scale(data);

/** "MNIST 0 and 1, raw pixels, with biases". */
export function describeData({ data, network }: Pick<NetworkCellConfig, "data" | "network">): string {
  const scale = describeScale({ data });
  return [describePoints({ data }), ...(scale === "" ? [] : [scale]), network.bias ? "with biases" : "no biases"].join(", ");
}

/** Whether all inputs have norm 1. */
export const isNormalized = ({ data }: Pick<NetworkCellConfig, "data">): boolean => hasUnitNorm(data);

/** The values a column takes, in increasing order. */
export function distinct<R>(results: readonly { readonly row: R }[], column: (row: R) => number): number[] {
  return [...new Set(results.map((result) => column(result.row)))].sort((a, b) => a - b);
}
