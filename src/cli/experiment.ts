import { datasets, dimensionOf, type DataConfig } from "../data/index.ts";
import { flips } from "../experiment/flips/index.ts";
import type { FlipsConfig } from "../experiment/flips/config.ts";
import { wordsOf, type NetworkCellConfig } from "../experiment/network-cells.ts";
import { availableParallelism } from "node:os";
import { checkSavable } from "../model/two-layer/onnx.ts";
import { dataConfigs } from "../study/data-section.ts";
import { SignflipError } from "../util/errors.ts";
import { complaint, type Field } from "../util/field.ts";
import { plural } from "../util/words.ts";
import { longName, type ValuesOf } from "./option/option.ts";
import { experimentOptions } from "./option/options.ts";
import { checkOutputFile } from "./output.ts";

export type ExperimentValues = ValuesOf<typeof experimentOptions>;
export type DataValues = Pick<ExperimentValues, "dataset" | "digits" | "classes" | "size" | "normalize" | "d" | "points">;

/** Options that are settings of some dataset. */
const dataOptions = ["digits", "classes", "size", "normalize", "d", "points"] as const;

/**
 * The data that the options of a command describe. What is not `known`, from the command line or elsewhere, is the dataset's own default.
 * @throws SF_OPTION (usage) for a setting of another dataset than the one chosen
 */
export function dataOf(values: DataValues, given: ReadonlySet<string>, known: ReadonlySet<string> = given): DataConfig {
  const { dataset } = values;
  const own = dataOptions.filter((name) => name in datasets[dataset].settings);
  const foreign = dataOptions.find((name) => given.has(name) && !own.includes(name));
  if (foreign !== undefined) {
    const flags = own.map((name) => longName(experimentOptions[name])).join(", ");
    throw new SignflipError("SF_OPTION", `${longName(experimentOptions[foreign])} is not a setting of ${dataset} (it has ${flags})`, { usage: true });
  }
  const settings: Readonly<Record<string, Field<unknown>>> = { ...datasets[dataset].settings };
  const settingOf = (name: (typeof dataOptions)[number]) => {
    const field = settings[name]!;
    if (!known.has(name)) return field.default;
    if (field.schema.safeParse(values[name]).success) return values[name];
    throw new SignflipError(field.code, complaint(longName(experimentOptions[name]), field, values[name]), { usage: true });
  };
  const [config] = dataConfigs(dataset, Object.fromEntries(own.map((name) => [name, [settingOf(name)]])));
  return config!;
}

/** The cells that the options of an experiment describe: one per seed. */
export function cellsOf(values: ExperimentValues, misclassified: FlipsConfig["measure"]["flips"]["misclassified"], given: ReadonlySet<string>): FlipsConfig[] {
  const { width: m, bias, c0, lr, batch, exit, epochs } = values;
  const training = { method: ["sgd" as const], c0: [c0], lr: [lr], batch: [batch], epochs: [epochs], exit: [exit] };
  const network = { kind: ["two-layer" as const], m: [m], bias: [bias] };
  return [...flips.expand({ data: [dataOf(values, given)], network, training, measure: { misclassified, samples: false }, seeds: seedsOf(values) })];
}

/** What a long silence begins with: "training size 28 · m 1,000,000 · seed 0". The first epoch of a wide network takes minutes. */
export const announcement = (work: string, config: NetworkCellConfig): string => `${work} ${[...wordsOf(config), `seed ${config.seed}`].join(" · ")}`;

/** The seeds of an experiment's runs. */
export function seedsOf({ seed, seeds }: Pick<ExperimentValues, "seed" | "seeds">): number[] {
  if (seed + seeds - 1 > 4_294_967_295)
    throw new SignflipError("SF_OPTION", `--seed and --seeds must stay below 4,294,967,296; got seeds up to ${seed + seeds - 1}`, { usage: true });
  return Array.from({ length: seeds }, (_, run) => seed + run);
}

/**
 * Where the network of each seed goes: `network.onnx` for one run, `network-seed-3.onnx` for one of several. Found out before
 * the long work begins: that the files can be written, and that the networks fit into one.
 */
export async function networkFiles(out: string | undefined, cells: readonly NetworkCellConfig[]): Promise<(seed: number) => string | undefined> {
  if (out === undefined) return () => undefined;
  const fileOf = (seed: number) => (cells.length === 1 ? out : `${out.replace(/\.onnx$/, "")}-seed-${seed}.onnx`);
  for (const { data, network, seed } of cells) {
    checkSavable({ d: dimensionOf(data), m: network.m });
    await checkOutputFile(fileOf(seed));
  }
  return fileOf;
}

/** Says so where a minibatch would take more than there is: every step then takes all of it. */
export function noteLargeBatch(batch: number, { n }: { readonly n: number }, note: (text: string) => void): void {
  if (batch > n) note(`note: a batch of ${batch.toLocaleString("en-US")} is more than the ${plural(n, "training image")}: every step takes all of them`);
}

/** Threads of the engine unless told otherwise: alone on the machine, all of its cores. */
export const threadsOr = (threads: number | undefined) => threads ?? availableParallelism();
