import type { Split } from "../data/dataset.ts";
import { measureFlips } from "../measure/flips.ts";
import type { FlipSamples, FlipSummary } from "../measure/flip-row.ts";
import type { TwoLayerNetwork } from "../network/network.ts";
import { twoLayer } from "../network/two-layer.ts";
import type { EpochRecord, ExitReason } from "../training/record.ts";
import { trainLazily } from "../training/sgd.ts";
import type { CellConfig, CellResult, CellRow } from "./cell.ts";
import { cellKey } from "./key.ts";

export interface RunOptions {
  readonly threads?: number;
  readonly onEpoch?: (record: EpochRecord) => void;
  /** Stops between two epochs. */
  readonly signal?: AbortSignal;
}

/** Computes one cell: draw the network, train it within its lazy ball, measure every flip. */
export async function runCell(config: CellConfig, split: Split, options: RunOptions = {}): Promise<{ result: CellResult; network: TwoLayerNetwork }> {
  const began = performance.now();
  const { network, history, exitReason } = await trainCell(config, split, options);
  const { samples, summary } = await measureFlips(network, split.test, { misclassified: config.measure.flips.misclassified, ...threadsOf(options) });
  const row = rowOf(config, split.test.d, { history, exitReason, summary, n: split.test.n, seconds: (performance.now() - began) / 1000 });
  const result: CellResult = {
    key: cellKey(config, datasetOf(split)),
    config,
    row,
    history,
    ...(config.measure.flips.samples ? { samples: plainSamples(samples) } : {}),
  };
  return { result, network };
}

/** The first half of a cell: a trained network. */
export async function trainCell(
  config: CellConfig,
  split: Split,
  options: RunOptions = {},
): Promise<{ network: TwoLayerNetwork; history: readonly EpochRecord[]; exitReason: ExitReason }> {
  const { c0, lr, batch, exit, epochs } = config.training;
  const fresh = twoLayer({ d: split.train.d, m: config.network.m, bias: config.network.bias, seed: config.seed });
  return trainLazily(fresh, split.train, {
    c0, lr, batch, exit, epochs,
    test: split.test,
    seed: config.seed,
    ...threadsOf(options),
    ...(options.onEpoch ? { onEpoch: options.onEpoch } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** What a saved network says of its training. */
export function trainingNote({ data, training }: CellConfig, history: readonly EpochRecord[]) {
  return { data, ...training, history };
}

/** The fingerprint of both halves of the data: what a cell's key knows of them. */
export function datasetOf(split: Split): string {
  return `${split.train.fingerprint}+${split.test.fingerprint}`;
}

function rowOf(
  config: CellConfig,
  d: number,
  measured: { history: readonly EpochRecord[]; exitReason: ExitReason; summary: FlipSummary; n: number; seconds: number },
): CellRow {
  const { history, exitReason, summary, n, seconds } = measured;
  const last = history.at(-1);
  return {
    seed: config.seed,
    d,
    size: config.data.size,
    m: config.network.m,
    c0: config.training.c0,
    bias: config.network.bias,
    normalize: config.data.normalize,
    epochs: history.length,
    steps: last?.steps ?? 0,
    exitReason,
    deviation: last?.deviation ?? 0,
    trainAccuracy: last?.trainAccuracy ?? Number.NaN,
    testAccuracy: (n - summary.misclassified) / n,
    seconds,
    ...summary,
  };
}

/** The samples as a file keeps them; NaN, which JSON lacks, becomes null. */
function plainSamples(samples: FlipSamples): NonNullable<CellResult["samples"]> {
  const orNull = (values: Float64Array) => Array.from(values, (value) => (Number.isNaN(value) ? null : value));
  return {
    gradientNorm: Array.from(samples.gradientNorm),
    step: orNull(samples.step),
    perturbation: orNull(samples.perturbation),
    perturbationRelative: orNull(samples.perturbationRelative),
    status: Array.from(samples.status),
  };
}

const threadsOf = (options: RunOptions) => (options.threads === undefined ? {} : { threads: options.threads });
