import { dimensionOf, datasetOf, type DataConfig } from "../data/index.ts";
import { at, maybeAt, type PathColumn } from "./columns.ts";
import type { CellConfig, CellRow } from "./experiment.ts";
import { fields } from "./fields.ts";
import { grid } from "./settings.ts";

/* What all experiments with two-layer networks share. */

export interface NetworkCellConfig extends CellConfig {
  readonly data: DataConfig;
  readonly network: { readonly kind: "two-layer"; readonly m: number; readonly bias: boolean };
}

export interface NetworkCellRow extends CellRow {
  readonly d: number;
  /** Of images. */
  readonly size?: number;
  readonly m: number;
  readonly bias: boolean;
  readonly normalize: boolean;
  /** Epochs trained, the last one perhaps in part. */
  readonly epochs: number;
  /** ‖W − W₀‖_{2,∞} at the end. */
  readonly deviation: number;
  readonly testAccuracy: number;
}

export const networkSection = { kind: grid(fields.kind), m: grid(fields.m), bias: grid(fields.bias) };
/** The theory is about networks without biases. */
export const biaslessSection = { kind: grid(fields.kind), m: grid(fields.m), bias: grid(fields.noBias) };

/** What a row repeats of its configuration. */
export function rowStart({ data, network: { m, bias }, seed }: NetworkCellConfig) {
  return {
    seed,
    d: dimensionOf(data),
    ...("size" in data ? { size: data.size } : {}),
    m,
    bias,
    normalize: datasetOf(data).hasUnitNorm(data),
  };
}

/** The data, the width and what is special to the experiment, in words. */
export function wordsOf({ data, network: { m, bias } }: NetworkCellConfig, ...special: readonly string[]): string[] {
  return [...datasetOf(data).words(data), `m ${m.toLocaleString("en-US")}`, ...(bias ? [] : ["no biases"]), ...special];
}

/** Bytes that a dozen arrays the size of W, the data and the engine itself take. */
export function networkMemory({ data, network }: NetworkCellConfig): number {
  const d = dimensionOf(data);
  const { train, test } = datasetOf(data).counts(data);
  return 4 * (12 * network.m * d + 2 * (train + test) * d) + 300e6;
}

/** The columns of the data and of the network. */
export const networkColumns: readonly PathColumn[] = [
  at("config.data.dataset", "text", "", "the dataset"),
  maybeAt("config.data.digits.0", "whole", "", "the digit labeled −1 (images only)", "digitNegative"),
  maybeAt("config.data.digits.1", "whole", "", "the digit labeled +1 (images only)", "digitPositive"),
  maybeAt("config.data.size", "whole", "pixels", "images are size × size"),
  maybeAt("config.data.points", "whole", "points", "number of points on the sphere to train on; the test has as many", "spherePoints"),
  at("row.d", "whole", "", "input dimension d; for images, size²"),
  at("row.normalize", "flag", "", "whether every point has ‖x‖ = 1"),
  at("config.network.kind", "text", "", "the kind of network", "network"),
  at("config.network.m", "whole", "", "hidden width m"),
  at("config.network.bias", "flag", "", "whether the network has biases"),
];

/** The last columns of every table of cells. */
export const lastColumns: readonly PathColumn[] = [
  at("row.seconds", "real", "s", "wall-clock time of the cell"),
  at("key", "text", "", "the cell's cache key (SHA-256)"),
];
