import { availableParallelism } from "node:os";
import type { Split } from "../data/dataset.ts";
import { dataSource } from "../platform/node/idx-folder.ts";
import { checkSavable } from "../model/two-layer/onnx.ts";
import { twoLayer } from "../model/two-layer/two-layer.ts";
import { dimensionOf, type CellConfig, type DataConfig, type FlipsConfig } from "../experiment/cell.ts";
import { loadSplit } from "../experiment/data.ts";
import type { EpochRecord } from "../training/record.ts";
import { trainLazily, type Training } from "../training/sgd.ts";
import { SignflipError } from "../util/errors.ts";
import type { ValuesOf } from "./option/option.ts";
import type { experimentOptions } from "./option/options.ts";
import { checkOutputFile } from "./output.ts";

export type ExperimentValues = ValuesOf<typeof experimentOptions>;

/** The cells an experiment's options describe: one per seed. */
export function cellsOf(values: ExperimentValues, misclassified: "zero" | "exclude"): FlipsConfig[] {
  const { dataset, digits, size, normalize, width: m, bias, c0, lr, batch, exit, epochs } = values;
  return seedsOf(values).map((seed) => ({
    data: { dataset, digits, size, normalize },
    network: { kind: "two-layer", m, bias },
    training: { method: "sgd", c0, lr, batch, exit, epochs },
    measure: { flips: { misclassified, samples: false } },
    seed,
  }));
}

/** The seeds of an experiment's runs. */
export function seedsOf({ seed, seeds }: Pick<ExperimentValues, "seed" | "seeds">): number[] {
  if (seed + seeds - 1 > 4_294_967_295)
    throw new SignflipError("SF_OPTION", `--seed and --seeds must stay below 4,294,967,296; got seeds up to ${seed + seeds - 1}`, { usage: true });
  return Array.from({ length: seeds }, (_, run) => seed + run);
}

export function loadData(data: DataConfig, folder: string | undefined): Promise<Split> {
  return loadSplit(data, dataSource(folder));
}

/** A trained network for a cell of the command line. */
export function trainCell(
  { data, network, training, seed }: FlipsConfig,
  split: Split,
  options: { threads: number; onEpoch: (record: EpochRecord) => void },
): Promise<Training> {
  const { c0, lr, batch, exit, epochs } = training;
  const fresh = twoLayer({ d: dimensionOf(data), m: network.m, bias: network.bias, seed });
  return trainLazily(fresh, split.train, { c0, lr, batch, exit, epochs, test: split.test, seed, ...options });
}

/** Threads of the engine unless told otherwise: alone on the machine, all of its cores. */
export const threadsOr = (threads: number | undefined) => threads ?? availableParallelism();

/**
 * Where the network of each seed goes: `network.onnx` for one run, `network-seed-3.onnx` for one of several. Found out before
 * the long work begins: that the files can be written, and that the networks fit into one.
 */
export async function networkFiles(out: string | undefined, cells: readonly CellConfig[]): Promise<(seed: number) => string | undefined> {
  if (out === undefined) return () => undefined;
  const fileOf = (seed: number) => (cells.length === 1 ? out : `${out.replace(/\.onnx$/, "")}-seed-${seed}.onnx`);
  for (const { data, network, seed } of cells) {
    checkSavable({ d: dimensionOf(data), m: network.m });
    await checkOutputFile(fileOf(seed));
  }
  return fileOf;
}
