import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { type Questioned, withQuestions } from "../../measure/questions.ts";
import { type OnnxClassifier, loadClassifier } from "../../model/onnx/load.ts";
import type { LoadOptions } from "../../model/onnx/options.ts";
import { externalDataOf } from "./external-data.ts";
import { readWhole } from "./files.ts";

/** A classifier from a file, with its scores, gradients and saliency. Attacks take it as it is. */
export type LoadedModel = Questioned<OnnxClassifier>;

/**
 * An .onnx file as a classifier.
 * @param source the path of the file, or its bytes
 * @throws SF_FILE if it cannot be read; and whatever `loadClassifier` throws
 */
export async function load(source: string | URL | Uint8Array, options: LoadOptions = {}): Promise<LoadedModel> {
  if (source instanceof Uint8Array) return asked(await loadClassifier(source, options), options);
  const path = source instanceof URL ? fileURLToPath(source) : source;
  return asked(await loadClassifier(await readWhole(path), { name: basename(path), external: externalDataOf(path), ...options }), options);
}

const asked = (model: OnnxClassifier, { threads, provider }: LoadOptions): LoadedModel =>
  withQuestions(model, { ...(threads === undefined ? {} : { threads }), ...(provider === undefined ? {} : { provider }) });
