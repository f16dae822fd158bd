import { datasets, type DataSource } from "../data/index.ts";
import type { Split } from "../data/dataset.ts";
import { timed } from "../util/timing.ts";
import type { DataConfig } from "./cell.ts";

/** The points of the sphere are the same for every network, whatever its seed: they are drawn from this one. */
export const sphereSeed = 0;

/** The data of a cell. */
export function loadSplit(data: DataConfig, source: DataSource): Promise<Split> {
  return timed("preparing data", () => load(data, source));
}

function load(data: DataConfig, source: DataSource): Promise<Split> {
  if (data.dataset === "sphere") return datasets.sphere.load({ d: data.d, n: data.points, testN: data.points, seed: sphereSeed }, source);
  const { digits, size, normalize } = data;
  return datasets.mnist.load({ digits, size, normalize }, source);
}
