import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { datasetNames } from "../../data/index.ts";
import { sha256Hex } from "../../util/hash.ts";
import { loadDataset } from "./data-files.ts";
import { fileFingerprint } from "./files.ts";

/** The SHA-256 of what a user names: of a file's bytes, of every file of a folder, or of the files of a dataset. @throws SF_FILE */
export async function sourceFingerprint(source: string): Promise<string> {
  const there = await stat(source).catch(() => undefined);
  if (there?.isDirectory()) {
    const names = (await readdir(source, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
    return together(names.sort());
  }
  const dataset = datasetNames.find((name) => name === source);
  return there === undefined && dataset !== undefined ? together((await loadDataset(dataset, { limit: 1 })).files) : fileFingerprint(source);
}

async function together(files: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const file of files) parts.push(await fileFingerprint(file));
  return sha256Hex(...parts);
}
