import { type Questioned, withQuestions } from "../../measure/questions.ts";
import { type OnnxClassifier, loadClassifier } from "../../model/onnx/load.ts";
import type { LoadOptions } from "../../model/onnx/options.ts";
import { SignflipError } from "../../util/errors.ts";

/** A classifier from a file, with its scores, gradients and saliency. Attacks take it as it is. */
export type LoadedModel = Questioned<OnnxClassifier>;

/**
 * An .onnx file as a classifier.
 * @param source the address of the file, or its bytes
 * @throws SF_FILE if it cannot be fetched; and whatever `loadClassifier` throws
 */
export async function load(source: string | URL | Uint8Array, options: LoadOptions = {}): Promise<LoadedModel> {
  if (source instanceof Uint8Array) return asked(await loadClassifier(source, options), options);
  const response = await fetch(source).catch((cause: unknown) => {
    throw new SignflipError("SF_FILE", `cannot fetch ${source}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  if (!response.ok) throw new SignflipError("SF_FILE", `cannot fetch ${source}: ${response.status} ${response.statusText}`.trim());
  return asked(await loadClassifier(new Uint8Array(await response.arrayBuffer()), { name: String(source).split("/").at(-1) || "model", ...options }), options);
}

const asked = (model: OnnxClassifier, { threads, provider }: LoadOptions): LoadedModel =>
  withQuestions(model, { ...(threads === undefined ? {} : { threads }), ...(provider === undefined ? {} : { provider }) });
