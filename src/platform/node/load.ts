import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseNpy } from "../../data/npy.ts";
import { type Questioned, withQuestions } from "../../measure/questions.ts";
import { type OnnxClassifier, loadClassifier } from "../../model/onnx/load.ts";
import type { FileLoadOptions, Given, LoadOptions } from "../../model/onnx/options.ts";
import { SignflipError } from "../../util/errors.ts";
import { externalDataOf } from "./external-data.ts";
import { readWhole } from "./files.ts";

/** A classifier from a file, with its scores, gradients and saliency. Attacks take it as it is. */
export type LoadedModel = Questioned<OnnxClassifier>;

/**
 * An .onnx file as a classifier.
 * @param source the path of the file, or its bytes
 * @param fileOptions values of inputs that are not attacked (`given`) may be paths of .npy files
 * @throws SF_FILE if it cannot be read; and whatever `loadClassifier` throws
 */
export async function load(source: string | URL | Uint8Array, fileOptions: FileLoadOptions = {}): Promise<LoadedModel> {
  const { given, ...others } = fileOptions;
  const options: LoadOptions = { ...others, ...(given ? { given: await readGiven(given) } : {}) };
  if (source instanceof Uint8Array) return asked(await loadClassifier(source, options), options);
  const path = source instanceof URL ? fileURLToPath(source) : source;
  return asked(await loadClassifier(await readWhole(path), { name: basename(path), external: externalDataOf(path), ...options }), options);
}

/** Values as they are, and those in files as their numbers. */
async function readGiven(given: Readonly<Record<string, Given | string>>): Promise<Record<string, Given>> {
  const read = async (value: Given | string): Promise<Given> => {
    if (typeof value !== "string") return value;
    const { shape, data } = parseNpy(await readWhole(value), value);
    if (Array.isArray(data)) throw new SignflipError("SF_DATA", `${value}: expected numbers for an input of the model; got text`);
    return { shape, data: data as Exclude<typeof data, readonly string[]> };
  };
  return Object.fromEntries(await Promise.all(Object.entries(given).map(async ([name, value]) => [name, await read(value)] as const)));
}

const asked = (model: OnnxClassifier, { threads, provider }: LoadOptions): LoadedModel =>
  withQuestions(model, { ...(threads === undefined ? {} : { threads }), ...(provider === undefined ? {} : { provider }) });
