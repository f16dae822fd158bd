import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { type OnnxClassifier, loadClassifier } from "../../model/onnx/load.ts";
import type { LoadOptions } from "../../model/onnx/options.ts";
import { externalDataOf } from "./external-data.ts";
import { readWhole } from "./files.ts";

/**
 * An .onnx file as a classifier.
 * @param source the path of the file, or its bytes
 * @throws SF_FILE if it cannot be read; and whatever `loadClassifier` throws
 */
export async function load(source: string | URL | Uint8Array, options: LoadOptions = {}): Promise<OnnxClassifier> {
  if (source instanceof Uint8Array) return loadClassifier(source, options);
  const path = source instanceof URL ? fileURLToPath(source) : source;
  return loadClassifier(await readWhole(path), { name: basename(path), external: externalDataOf(path), ...options });
}
