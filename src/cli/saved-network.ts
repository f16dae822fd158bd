import { z } from "zod";
import { datasetField, datasets, dimensionOf, datasetOf, type DataConfig } from "../data/index.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { loadNetwork } from "../model/two-layer/onnx.ts";
import { readWhole } from "../platform/node/files.ts";
import { dataConfigs } from "../study/data-section.ts";
import { SignflipError } from "../util/errors.ts";
import { shown } from "../util/field.ts";
import { dataOf, type DataValues } from "./experiment.ts";

/** A network from a file, with what it says of its training and the data to measure it on. */
export interface SavedNetwork {
  readonly network: TwoLayerNetwork;
  readonly data: DataConfig;
  readonly c0: number | undefined;
  readonly epochs: number | undefined;
  /** What the user should know: that the network learned from other data than it is measured on. */
  readonly remarks: readonly string[];
}

/** Opens a saved network. What the command line leaves open about the data is what the network learned from. */
export async function openNetwork(file: string, values: DataValues, given: ReadonlySet<string>): Promise<SavedNetwork> {
  const { network, training } = loadNetwork(await readWhole(file), file);
  const { c0, history, ...note } = noteSchema.catch({}).parse(training ?? {});
  const recorded = recordedData(note.data);
  const isKnown = recorded !== undefined && (!given.has("dataset") || values.dataset === recorded.dataset);
  const before = isKnown ? recorded : undefined;
  const all = { ...values, ...before };
  const known = new Set([...given, ...Object.keys(before ?? {})]);
  const asked = dataOf({ ...all, ...Object.fromEntries([...given].map((name) => [name, Reflect.get(values, name)])) }, given, known);
  const data = dimensionOf(asked) === network.d ? asked : fitted(asked, network.d, file, given);
  return { network, data, c0, epochs: history?.length, remarks: before === undefined ? [] : differences(file, before, data) };
}

/** The data in the network's own size, unless the command line says another. */
function fitted(data: DataConfig, d: number, file: string, given: ReadonlySet<string>): DataConfig {
  if (given.has("size") || given.has("d")) {
    throw new SignflipError("SF_SIZE", `the images must fit the network: ${file} takes d = ${d} inputs, but the given size makes ${dimensionOf(data)}`, {
      usage: true,
    });
  }
  const config = datasetOf(data).withDimension(data, d);
  if (config !== undefined) return config;
  throw new SignflipError("SF_NETWORK", `${file} takes d = ${d} inputs, but ${datasetOf(data).label(data)} does not come in that size`);
}

/** What a saved network's own note says of its training. A file may come from anywhere: all of it is checked. */
const noteSchema = z.object({
  data: z.looseObject({ dataset: datasetField.schema }).optional().catch(undefined),
  c0: z.number().optional().catch(undefined),
  history: z.array(z.unknown()).optional().catch(undefined),
});

/** The data that a note names, if each of its settings is one that its dataset can have. */
function recordedData(note: z.output<typeof noteSchema>["data"]): DataConfig | undefined {
  if (note === undefined) return undefined;
  const { dataset, ...settings } = note;
  const known = Object.entries(datasets[dataset].settings);
  if (!known.every(([name, field]) => field.schema.safeParse(settings[name]).success)) return undefined;
  const [config] = dataConfigs(dataset, Object.fromEntries(known.map(([name]) => [name, [settings[name]]])));
  return config;
}

/** In one line for each setting: what the network learned from, and what it is measured on. */
function differences(file: string, learned: DataConfig, now: DataConfig): string[] {
  return Object.keys(learned).flatMap((name) => {
    const [before, after] = [Reflect.get(learned, name), Reflect.get(now, name)] as unknown[];
    return JSON.stringify(before) === JSON.stringify(after)
      ? []
      : [`note: ${file} learned from data with ${name} ${shown(before)}; it is measured with ${name} ${shown(after)}`];
  });
}
