import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseCsv } from "../../data/csv.ts";
import { type Chosen, type ReadOptions, choosePictures, endingOf } from "../../data/file.ts";
import type { PictureFile } from "../../data/image.ts";
import { byCodePoint, parseClassNames, readLabels } from "../../data/labels.ts";
import { findPartFolder } from "../../data/part.ts";
import { fileColumnOf, labelColumnOf, tableLabels } from "../../data/table.ts";
import { SignflipError } from "../../util/errors.ts";
import { isFolder, readRegular } from "./idx-folder.ts";
import { decodePicture } from "./picture-files.ts";

/** A folder and what is in it. */
export interface Listing {
  readonly path: string;
  readonly names: ReadonlySet<string>;
}

const endings = [".png", ".jpg", ".jpeg", ".webp"];
const isPicture = (name: string) => endings.includes(endingOf(name)) && !name.startsWith(".");

export interface PictureOptions extends ReadOptions {
  readonly labels?: string | undefined;
}

/**
 * Pictures in a folder for each class, or in one folder with a table of files and labels (`labels.csv`). A folder that has the folders
 * train and test stands for one of them. The classes are the names of the folders in alphabetical order unless `labels.json` or the
 * options give another; names that are whole numbers are classes themselves. The order of the samples is the first of
 * every class, then the second of every class, and so on, so that the first few are of all classes.
 * @throws SF_DATA where there are no pictures, or one of them cannot be used
 */
export async function pictureFolder({ path, names }: Listing, options: PictureOptions, seen: (path: string) => void): Promise<Chosen> {
  const folders = await foldersOf(path, names);
  const part = findPartFolder(folders, options.part);
  if (part !== undefined) {
    const inner = join(path, part);
    return pictureFolder({ path: inner, names: new Set(await readdir(inner)) }, { ...options, part: undefined }, seen);
  }
  const table = options.labels ?? (names.has("labels.csv") ? join(path, "labels.csv") : undefined);
  if (table !== undefined) {
    seen(table);
    const found = await pictureTable(await readRegular(table), table, path, options, seen);
    if (found) return found;
    throw new SignflipError("SF_DATA", `${table}: expected a header with the columns file and label`);
  }
  const perClass = await Promise.all(folders.map(async (name) => ({ name, files: (await readdir(join(path, name))).filter(isPicture).sort(byCodePoint) })));
  const classes = perClass.filter(({ files }) => files.length > 0);
  if (classes.length === 0) {
    const hint = [...names].some(isPicture) ? "; pictures in one folder need a labels.csv with the columns file and label" : "";
    throw new SignflipError("SF_DATA", `the folder ${path}: expected pictures (${endings.join(", ")}) in a folder for each class; got none${hint}`);
  }
  const order = options.classNames ?? (await namesBeside(path, names, seen));
  const ranked = classes.flatMap(({ name, files }) => files.map((file, rank) => ({ label: name, id: `${name}/${file}`, rank })));
  ranked.sort((a, b) => a.rank - b.rank);
  const labels = readLabels(
    `the folder ${path}`,
    ranked.map(({ label }) => label),
    (i) => ranked[i]!.id,
    order,
  );
  return pictures(
    path,
    ranked.map(({ id }) => id),
    labels,
    options,
    seen,
  );
}

/** Pictures that a table names, below a folder; undefined where the table has no column of files. */
export async function pictureTable(
  bytes: Uint8Array,
  name: string,
  folder: string,
  options: PictureOptions,
  seen: (path: string) => void,
): Promise<Chosen | undefined> {
  const table = parseCsv(bytes, name);
  const column = fileColumnOf(table);
  if (column === undefined) return undefined;
  if (table.n === 0) throw new SignflipError("SF_DATA", `${name}: expected at least one row; got none`);
  const files = Array.from({ length: table.n }, (_, row) => String(table.cell(row, column)));
  return pictures(folder, files, tableLabels(table, labelColumnOf(table, options.labelColumn), options.classNames), options, seen);
}

function pictures(folder: string, ids: readonly string[], labels: ReturnType<typeof readLabels>, options: ReadOptions, seen: (path: string) => void) {
  const files = ids.map((id): PictureFile => ({
    name: id,
    bytes: () => {
      const path = resolve(folder, id);
      seen(path);
      return readRegular(path);
    },
  }));
  return choosePictures(basename(resolve(folder)), files, labels, decodePicture, options);
}

async function foldersOf(path: string, names: ReadonlySet<string>): Promise<string[]> {
  const list = [...names].filter((name) => !name.startsWith(".")).sort(byCodePoint);
  const are = await Promise.all(list.map((name) => isFolder(join(path, name))));
  return list.filter((_, i) => are[i]);
}

/** The order of the classes in `labels.json`, if that is there. */
async function namesBeside(path: string, names: ReadonlySet<string>, seen: (path: string) => void): Promise<string[] | undefined> {
  if (!names.has("labels.json")) return undefined;
  const file = join(path, "labels.json");
  seen(file);
  return parseClassNames(new TextDecoder().decode(await readRegular(file)), file);
}
