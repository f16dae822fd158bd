import { countsOf, dimensionOf, hasUnitNorm } from "../data/index.ts";
import type { Split } from "../data/dataset.ts";
import { lazyRadius } from "../model/two-layer/lazy-ball.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { saveNetwork } from "../model/two-layer/onnx.ts";
import { twoLayer } from "../model/two-layer/two-layer.ts";
import type { EpochRecord } from "../training/record.ts";
import { trainTrajectory, type Training } from "../training/sgd.ts";
import { percent, significant } from "../util/words.ts";
import { at, type PathColumn } from "./columns.ts";
import type { CellRecord, RunContext } from "./experiment.ts";
import { fields } from "./fields.ts";
import type { NetworkCellConfig } from "./network-cells.ts";
import { grid } from "./settings.ts";

/* What all experiments with networks trained by SGD share. */

/** SGD inside the lazy ball. */
export interface SgdConfig {
  readonly method: "sgd";
  readonly c0: number;
  readonly lr: number;
  readonly batch: number;
  readonly exit: "step" | "epoch";
  readonly epochs: number;
}

/** A cell whose network is trained by SGD. */
export interface SgdCellConfig extends NetworkCellConfig {
  readonly training: SgdConfig;
}

export const sgdSection = {
  method: grid(fields.method),
  c0: grid(fields.c0),
  lr: grid(fields.lr),
  batch: grid(fields.batch),
  epochs: grid(fields.epochs),
  exit: grid(fields.exit),
};

/** Trains the network of a cell through the balls of some C_0, from small to large. */
export function trainCell(
  { network: { m, bias }, training: { lr, batch, exit, epochs }, seed }: SgdCellConfig,
  { train, test }: Split,
  c0: readonly number[],
  { onEpoch, signal, threads, provider }: RunContext,
): AsyncGenerator<Training & { readonly c0: number }> {
  const fresh = twoLayer({ d: train.d, m, bias, seed });
  return trainTrajectory(fresh, train, {
    c0,
    lr,
    batch,
    exit,
    epochs,
    test,
    seed,
    ...(onEpoch ? { onEpoch } : {}),
    ...(signal ? { signal } : {}),
    ...engineOf({ threads, provider }),
  });
}

/** The engine's options alone, without those that are not given. */
export const engineOf = ({
  threads,
  provider,
}: Pick<RunContext, "threads" | "provider"> | { threads: number | undefined; provider: RunContext["provider"] | undefined }) => ({
  ...(threads === undefined ? {} : { threads }),
  ...(provider === undefined ? {} : { provider }),
});

/** The network as an .onnx file that says how it was trained, but not how long that took: the same training gives the same file. */
export const saverOf =
  (network: TwoLayerNetwork, { data, training }: { data: object; training: object }, history: readonly (CellRecord & { readonly seconds: number })[]) =>
  () =>
    saveNetwork(network, { data, ...training, history: history.map(({ seconds: _, ...record }) => record) });

/** Training points of MNIST's zeros and ones: what costs are counted in. */
export const usualPoints = 12_665;

/** An epoch costs about n·d·m operations and 0.12 ms per step; larger balls and larger images take more epochs to leave. */
export function sgdCost({ data, network, training }: SgdCellConfig): number {
  const d = dimensionOf(data);
  const { train } = countsOf(data);
  const share = train / usualPoints;
  const steps = train / training.batch;
  const perEpoch = 600 * steps + (d + 60) * network.m * (1 + 64 / training.batch) * share;
  const epochsToLeave = ((hasUnitNorm(data) ? 6 : 5 * Math.max(1, Math.sqrt(d) / 10) ** 1.5) * (training.c0 / 10) ** 3 * (0.1 / training.lr)) / share;
  return perEpoch * (1 + Math.min(training.epochs, epochsToLeave));
}

/** An epoch of SGD in one line; without the accuracy in training where room is short. */
export function sgdEpochLine(record: EpochRecord, { training, network }: SgdCellConfig, { short }: { readonly short: boolean }): string {
  const { epoch, loss, trainAccuracy, testAccuracy, deviation } = record;
  const train = short ? "" : `  train ${percent(trainAccuracy)}`;
  const test = testAccuracy === undefined ? "" : `  test ${percent(testAccuracy)}`;
  return `epoch ${epoch}  loss ${significant(loss)}${train}${test}  deviation ${significant(deviation)} of ${significant(lazyRadius(training.c0, network.m))}`;
}

/** The columns of training by SGD. */
export const sgdColumns: readonly PathColumn[] = [
  at("config.training.c0", "real", "", "C_0: the lazy ball has radius C_0/√m"),
  at("config.training.lr", "real", "", "learning rate"),
  at("config.training.batch", "whole", "points", "points per gradient step"),
  at("config.training.epochs", "whole", "epochs", "the largest number of epochs allowed", "maxEpochs"),
  at("config.seed", "whole", "", "the run's seed"),
  at("row.epochs", "whole", "epochs", "epochs trained; the last one may be incomplete"),
];

/** How it ended, of experiments that may train beyond one ball. */
export const endingColumns: readonly PathColumn[] = [
  at("row.exitReason", "text", "", "left-ball: the next step would have left the (largest) ball; epochs: all epochs were done"),
  at("row.deviation", "real", "", "‖W − W₀‖_{2,∞} at the end"),
  at("row.testAccuracy", "real", "share", "test points classified correctly"),
];
