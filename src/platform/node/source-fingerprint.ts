import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { datasetNames } from "../../data/index.ts";
import { embedded } from "../../graph/decode/embed.ts";
import { SignflipError } from "../../util/errors.ts";
import { sha256Hex } from "../../util/hash.ts";
import { loadDataset } from "./data-files.ts";
import { externalDataOf } from "./external-data.ts";
import { fileFingerprint } from "./files.ts";

/**
 * The SHA-256 of what a user names: of a file's bytes (of a model with the weights that it keeps in other files), of every file of a folder, or of the files of a
 * dataset.
 * @throws SF_FILE
 */
export async function sourceFingerprint(source: string): Promise<string> {
  const there = await stat(source).catch(() => undefined);
  if (there?.isDirectory()) {
    const names = (await readdir(source, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
    return together(names.sort());
  }
  const dataset = datasetNames.find((name) => name === source);
  if (there === undefined && dataset !== undefined) return together((await loadDataset(dataset, { limit: 1 })).files);
  return there !== undefined && source.toLowerCase().endsWith(".onnx") ? modelFingerprint(source) : fileFingerprint(source);
}

/** A model is its file and the weights beside it. What is no model is hashed as it is: reading it says what is wrong. */
async function modelFingerprint(path: string): Promise<string> {
  try {
    return sha256Hex(embedded(await readFile(path), externalDataOf(path)));
  } catch (cause) {
    if (cause instanceof SignflipError) throw cause;
    return fileFingerprint(path);
  }
}

async function together(files: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const file of files) parts.push(await fileFingerprint(file));
  return sha256Hex(...parts);
}
