import { SignflipError } from "../util/errors.ts";
import { samplesOfArrays } from "./arrays.ts";
import { type ChoiceOptions, chooseSamples } from "./choose.ts";
import { parseCsv } from "./csv.ts";
import { type PictureDecoder, type PictureFile, readPictures } from "./image.ts";
import type { Labels } from "./labels.ts";
import { npzNames, readNpz } from "./npz.ts";
import { listNumbers, parseParquet, pictureBytes } from "./parquet.ts";
import { type Part, findPair } from "./part.ts";
import { type FitOptions, type Samples, selectSamples } from "./samples.ts";
import { type Table, type TableOptions, labelColumnOf, samplesOfTable, tableLabels } from "./table.ts";

/** How data are read, whatever their format. */
export interface ReadOptions extends FitOptions, ChoiceOptions, TableOptions {
  /** The part of data that comes in two. Default: the test part where there is one. */
  readonly part?: Part | undefined;
  /** Resize pictures of another size. Default false: they are an error. */
  readonly resize?: boolean | undefined;
}

/** Samples, and which ones of all that the data have. */
export interface Chosen {
  readonly samples: Samples;
  readonly indices: Int32Array;
}

/** The endings of files that hold all of their data. */
export const fileEndings = [".npz", ".csv", ".tsv", ".parquet"] as const;

/**
 * The samples of a file that holds all of its data: `.npz`, `.csv`, `.tsv` or `.parquet`.
 * @throws SF_DATA where it cannot be used
 */
export async function readDataFile(bytes: Uint8Array, name: string, decode: PictureDecoder, options: ReadOptions = {}): Promise<Chosen> {
  const ending = endingOf(name);
  if (ending === ".npz") {
    const pair = findPair(name, npzNames(bytes, name), options.part);
    const arrays = readNpz(bytes, name, [pair.inputs, pair.labels]);
    const named = (key: string) => ({ name: `${name}: ${key}`, array: arrays[key]! });
    return choose(samplesOfArrays(name, named(pair.inputs), named(pair.labels), options.classNames), options);
  }
  if (ending === ".csv" || ending === ".tsv") return choose(samplesOfTable(parseCsv(bytes, name), options), options);
  if (ending === ".parquet") return parquetSamples(await parseParquet(bytes, name), decode, options);
  throw new SignflipError("SF_DATA", `${name}: expected a file that ends in ${fileEndings.join(", ")}; got another`);
}

/** The lower-case ending of a file's name: ".csv". */
export const endingOf = (name: string): string => /\.[^./\\]+$/.exec(name.toLowerCase())?.[0] ?? "";

/** Some of the samples. */
export function choose(samples: Samples, options: ChoiceOptions): Chosen {
  const indices = chooseSamples(samples.y.length, options);
  return { samples: indices.length === samples.y.length ? samples : selectSamples(samples, indices), indices };
}

/** Pictures with their labels, of which only those chosen are decoded. */
export async function choosePictures(
  name: string,
  files: readonly PictureFile[],
  { y, classNames }: Labels,
  decode: PictureDecoder,
  options: ReadOptions,
): Promise<Chosen> {
  const indices = chooseSamples(files.length, options);
  const list = [...indices];
  const chosen = list.map((i) => files[i]!);
  const pictures = await readPictures(chosen, decode, { fit: options, resize: options.resize ?? false });
  const ids = chosen.map((file) => file.name);
  return { samples: { name, ...pictures, channelAxis: 2, y: Int32Array.from(list, (i) => y[i]!), classNames, ids }, indices };
}

/** A column of pictures or of lists and one of labels, or columns of numbers. */
async function parquetSamples(table: Table, decode: PictureDecoder, options: ReadOptions): Promise<Chosen> {
  const { name, n, width } = table;
  if (n === 0) throw new SignflipError("SF_DATA", `${name}: expected at least one row; got none`);
  const label = labelColumnOf(table, options.labelColumn);
  const others = Array.from({ length: width }, (_, column) => column).filter((column) => column !== label);
  const pictures = others.find((column) => pictureBytes(table.cell(0, column)) !== undefined);
  if (pictures !== undefined) {
    const files = Array.from({ length: n }, (_, row): PictureFile => {
      const bytes = pictureBytes(table.cell(row, pictures));
      const missing = new SignflipError("SF_DATA", `${name}: expected a picture in column ${table.columns![pictures]!}; ${table.rowName(row)} has none`);
      return { name: table.rowName(row), bytes: () => (bytes ? Promise.resolve(bytes) : Promise.reject(missing)) };
    });
    return choosePictures(name, files, tableLabels(table, label, options.classNames), decode, options);
  }
  const lists = others.find((column) => listNumbers(table.cell(0, column)) !== undefined);
  if (lists === undefined) return choose(samplesOfTable(table, options), options);
  const rows = Array.from({ length: n }, (_, row) => listNumbers(table.cell(row, lists)) ?? []);
  const d = rows[0]!.length;
  const odd = rows.findIndex((row) => row.length !== d);
  if (odd >= 0) throw new SignflipError("SF_DATA", `${name}: expected ${d} numbers in every row; ${table.rowName(odd)} has ${rows[odd]!.length}`);
  return choose({ name, values: flattened(rows, d), shape: [d], ...tableLabels(table, label, options.classNames) }, options);
}

function flattened(rows: readonly (readonly number[])[], d: number): Float32Array {
  const values = new Float32Array(rows.length * d);
  rows.forEach((row, i) => values.set(row, i * d));
  return values;
}
