import type { Dataset, Split } from "../data/dataset.ts";
import { measureFlips } from "../measure/flips.ts";
import type { FlipSamples, FlipSummary } from "../measure/flip-row.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { twoLayer } from "../model/two-layer/two-layer.ts";
import type { EpochRecord, ExitReason } from "../training/record.ts";
import { trainTrajectory } from "../training/sgd.ts";
import { internal } from "../util/errors.ts";
import {
  hasUnitNorm,
  isConeConfig,
  isFlipsConfig,
  isRobustConfig,
  isTheoryConfig,
  type CellConfig,
  type CellRecord,
  type CellResult,
  type FlipsConfig,
  type FlipsResult,
  type FlipsRow,
} from "./cell.ts";
import { cellKey } from "../study/key.ts";
import { trajectoryOf } from "../study/plan.ts";
import { runConeCell } from "./cone/run.ts";
import { runRobustCell } from "./robust/run.ts";
import { runTheoryCell } from "./theory/run.ts";

export interface RunOptions {
  readonly threads?: number;
  readonly onEpoch?: (record: CellRecord) => void;
  /** Stops between two epochs. */
  readonly signal?: AbortSignal;
}

/** Computes one cell: draw the network, train it within its lazy ball, measure. */
export async function runCell(config: CellConfig, split: Split, options: RunOptions = {}): Promise<FinishedCell> {
  for await (const cell of runTrajectory([config], split, options)) return cell;
  throw internal("a trajectory of one cell gave none");
}

/** A cell that was just computed. */
export interface FinishedCell {
  readonly result: CellResult;
  readonly network: TwoLayerNetwork;
}

/**
 * Computes cells that differ in nothing but C_0, from one training: on its way out it passes the edge of every
 * smaller ball, and there it is what a run for that ball alone would have ended with.
 */
export async function* runTrajectory(configs: readonly CellConfig[], split: Split, options: RunOptions = {}): AsyncGenerator<FinishedCell> {
  const [first] = configs;
  if (first === undefined) return;
  if (new Set(configs.map(trajectoryOf)).size > 1) throw internal("cells of one trajectory differ in more than C_0");
  const key = cellKey(first, datasetOf(split));
  if (isRobustConfig(first)) {
    const { network, ...finished } = await runRobustCell(first, split, options);
    yield { result: { key, config: first, ...finished }, network };
  } else if (isTheoryConfig(first)) {
    const { network, ...finished } = await runTheoryCell(first, split, options);
    yield { result: { key, config: first, ...finished }, network };
  } else if (isConeConfig(first)) {
    const { network, ...finished } = await runConeCell(first, split, options);
    yield { result: { key, config: first, ...finished }, network };
  } else yield* runFlips(first, configs.filter(isFlipsConfig), split, options);
}

async function* runFlips(first: FlipsConfig, configs: readonly FlipsConfig[], split: Split, options: RunOptions): AsyncGenerator<FinishedCell> {
  const { onEpoch: _, signal: __, ...engine } = options;
  const { lr, batch, exit, epochs } = first.training;
  const fresh = twoLayer({ d: split.train.d, m: first.network.m, bias: first.network.bias, seed: first.seed });
  const trainings = trainTrajectory(fresh, split.train, {
    c0: configs.map(({ training }) => training.c0),
    lr,
    batch,
    exit,
    epochs,
    test: split.test,
    seed: first.seed,
    ...options,
  });
  for await (const { c0, network, history, exitReason } of trainings) {
    const config = configs.find(({ training }) => training.c0 === c0)!;
    const began = performance.now();
    const { samples, ...summary } = await measureFlips(network, split.test, { misclassified: config.measure.flips.misclassified, ...engine });
    // What a run for this ball alone would have taken.
    const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0) + (performance.now() - began) / 1000;
    const result: FlipsResult = {
      key: cellKey(config, datasetOf(split)),
      config,
      row: rowOf(config, split.test, { history, exitReason, summary, seconds }),
      history,
      ...(config.measure.flips.samples ? { samples: plainSamples(samples) } : {}),
    };
    yield { result, network };
  }
}

/** What a saved network says of its training. Not how long it took: the same training gives the same file. */
export function trainingNote({ data, training }: CellConfig, history: readonly CellRecord[]) {
  return { data, ...training, history: history.map(({ seconds: _, ...record }) => record) };
}

/** The fingerprint of both halves of the data: what a cell's key knows of them. */
export function datasetOf(split: Split): string {
  return `${split.train.fingerprint}+${split.test.fingerprint}`;
}

function rowOf(
  config: FlipsConfig,
  { n, d }: Dataset,
  { history, exitReason, summary, seconds }: { history: readonly EpochRecord[]; exitReason: ExitReason; summary: FlipSummary; seconds: number },
): FlipsRow {
  const last = history.at(-1);
  return {
    seed: config.seed,
    d,
    ...(config.data.dataset === "mnist" ? { size: config.data.size } : {}),
    m: config.network.m,
    c0: config.training.c0,
    bias: config.network.bias,
    normalize: hasUnitNorm(config.data),
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
function plainSamples(samples: FlipSamples): NonNullable<FlipsResult["samples"]> {
  const orNull = (values: Float64Array) => Array.from(values, (value) => (Number.isNaN(value) ? null : value));
  return {
    gradientNorm: Array.from(samples.gradientNorm),
    step: orNull(samples.step),
    perturbation: orNull(samples.perturbation),
    perturbationRelative: orNull(samples.perturbationRelative),
    status: Array.from(samples.status),
  };
}
