import { oneOf, field } from "../util/field.ts";
import { timed } from "../util/timing.ts";
import type { Split } from "./dataset.ts";
import type { DatasetKind } from "./datasets/kind.ts";
import { cifar10, type Cifar10Config } from "./datasets/cifar10.ts";
import { fashionMnist, type FashionMnistConfig } from "./datasets/fashion-mnist.ts";
import { mnist, type MnistConfig } from "./datasets/mnist.ts";
import { sphere, type SphereConfig } from "./datasets/sphere.ts";
import type { DataSource } from "./source.ts";

export type { DataSource, Folder, Home } from "./source.ts";

/** The configuration of every dataset, by name. */
export interface DataConfigs {
  readonly mnist: MnistConfig;
  readonly sphere: SphereConfig;
  readonly "fashion-mnist": FashionMnistConfig;
  readonly cifar10: Cifar10Config;
}
export type DatasetName = keyof DataConfigs;
export type DataConfig = DataConfigs[DatasetName];

/** Every dataset: a file in datasets/ and a line here. */
export const datasets: { readonly [N in DatasetName]: DatasetKind<DataConfigs[N]> } = {
  mnist,
  sphere,
  "fashion-mnist": fashionMnist,
  cifar10,
};

export const datasetNames = Object.keys(datasets) as [DatasetName, ...DatasetName[]];

/** Which dataset, as a setting. */
export const datasetField = field({ ...oneOf(...datasetNames), description: "what to train on", default: "mnist" });

/** The dataset that a configuration names. */
export function datasetOf<N extends DatasetName>(config: DataConfigs[N] & { readonly dataset: N }): DatasetKind<DataConfigs[N]> {
  return datasets[config.dataset];
}

/** Inputs d. */
export const dimensionOf = (data: DataConfig): number => datasetOf(data).dimension(data);

/** Whether every point has norm 1. */
export const hasUnitNorm = (data: DataConfig): boolean => datasetOf(data).hasUnitNorm(data);

export const countsOf = (data: DataConfig) => datasetOf(data).counts(data);

/** The data of a configuration. */
export const loadData = (data: DataConfig, source: DataSource): Promise<Split> => timed("preparing data", () => datasetOf(data).load(data, source));
