import type { MnistConfig } from "../data/datasets/mnist.ts";
import { z } from "zod";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { loadNetwork } from "../model/two-layer/onnx.ts";
import { fields } from "../experiment/fields.ts";
import { SignflipError } from "../util/errors.ts";
import { readInput, type ExperimentValues } from "./experiment.ts";

/** A network from a file, with what it says of its training and the data to measure it on. */
export interface SavedNetwork {
  readonly network: TwoLayerNetwork;
  readonly data: MnistConfig;
  readonly c0: number | undefined;
  readonly epochs: number | undefined;
}

/** Opens a saved network. Of the data, what the command line leaves open is what the network learnt from. */
export async function openNetwork(
  file: string,
  values: Pick<ExperimentValues, "dataset" | "digits" | "size" | "normalize">,
  given: ReadonlySet<string>,
): Promise<SavedNetwork> {
  const { network, training } = loadNetwork(await readInput(file), file);
  const { data: recorded, c0, history } = noteSchema.catch({}).parse(training ?? {});
  const data = {
    dataset: values.dataset,
    digits: given.has("digits") ? values.digits : (recorded?.digits ?? values.digits),
    size: given.has("size") ? values.size : sizeFor(network.d, file),
    normalize: given.has("normalize") ? values.normalize : (recorded?.normalize ?? values.normalize),
  };
  if (data.size ** 2 !== network.d) {
    throw new SignflipError("SF_SIZE", `--size must fit the network: ${file} takes d = ${network.d} inputs, size ${data.size} gives ${data.size ** 2}`, {
      usage: true,
    });
  }
  return { network, data, c0, epochs: history?.length };
}

/** What a saved network's own note says of its training. A file may come from anywhere: all of it is checked. */
const noteSchema = z.object({
  data: z.object({ digits: fields.digits.schema, normalize: z.boolean() }).optional().catch(undefined),
  c0: z.number().optional(),
  history: z.array(z.unknown()).optional(),
});

function sizeFor(d: number, file: string): number {
  const size = Math.round(Math.sqrt(d));
  if (size ** 2 === d) return size;
  throw new SignflipError("SF_NETWORK", `${file} takes d = ${d} inputs; a network of square images takes 4, 9, 16, … 784`);
}
