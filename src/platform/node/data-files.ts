import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { samplesOfArrays } from "../../data/arrays.ts";
import type { Dataset } from "../../data/dataset.ts";
import { type Chosen, type ReadOptions, choose, endingOf, fileEndings, readDataFile } from "../../data/file.ts";
import { type DataSource, datasetNames, datasets } from "../../data/index.ts";
import { isCifar, readCifar } from "../../data/cifar.ts";
import { gunzipIfNeeded } from "../../data/idx.ts";
import { samplesOfIdx } from "../../data/idx-samples.ts";
import { parseClassNames } from "../../data/labels.ts";
import { parseNpy } from "../../data/npy.ts";
import { type Part, findPair } from "../../data/part.ts";
import { fitSamples } from "../../data/samples.ts";
import { SignflipError } from "../../util/errors.ts";
import { timed } from "../../util/timing.ts";
import { fileError } from "./files.ts";
import { dataSource, fileFolder, hasRole, readRegular, readRoles, type Role } from "./idx-folder.ts";
import { type Listing, pictureFolder, pictureTable } from "./picture-folder.ts";
import { decodePicture } from "./picture-files.ts";

export interface DataOptions extends ReadOptions {
  /** A file of labels beside inputs that have none: `.npy`, IDX, or a `.csv` of file and label for a folder of pictures. */
  readonly labels?: string | undefined;
  /** A JSON file with the names of the classes in their order. */
  readonly classNamesFile?: string | undefined;
}

export interface LoadedData {
  readonly dataset: Dataset;
  /** The positions of the samples in all of the data, ascending: `[n]`. */
  readonly indices: Int32Array;
  /** The files that were read, for keys of stored results. */
  readonly files: readonly string[];
}

/**
 * The data that a user names: a dataset of the registry, a file (`.npz`, `.npy`, `.csv`, `.tsv`, `.parquet`, IDX), or a folder (of pictures in
 * a folder per class, of pictures with a table of labels, of `.npy` or IDX files, of CIFAR-10's batches).
 * @throws SF_FILE where something cannot be read, SF_DATA where it cannot be used or does not fit the model, SF_OPTION (usage)
 */
export function loadDataset(data: string, options: DataOptions = {}): Promise<LoadedData> {
  return timed("reading data", async () => {
    const files: string[] = [];
    const seen = (path: string) => void files.push(path);
    const classNames = options.classNamesFile === undefined ? options.classNames : await readClassNames(options.classNamesFile, seen);
    const { samples, indices } = await read(data, { ...options, classNames }, seen);
    return { dataset: fitSamples(samples, options), indices, files };
  });
}

type Seen = (path: string) => void;

async function read(data: string, options: DataOptions, seen: Seen): Promise<Chosen> {
  const registered = datasetNames.find((name) => name === data);
  if (registered !== undefined) return choose(await datasets[registered].samples(options.part ?? "test", watched(dataSource(), seen), options), options);
  const names = await readdir(data).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOTDIR") return undefined;
    if (cause.code !== "ENOENT") throw fileError(`cannot read ${data}`, cause);
    throw new SignflipError("SF_FILE", `cannot read ${data}: it does not exist, and it is none of the datasets ${datasetNames.join(", ")}`, { cause });
  });
  return names === undefined ? readFile(data, options, seen) : readFolder({ path: data, names: new Set(names) }, options, seen);
}

async function readFile(path: string, options: DataOptions, seen: Seen): Promise<Chosen> {
  const ending = endingOf(path.replace(/\.gz$/i, ""));
  if (ending === ".npy") return readArrays(path, options.labels ?? (await labelsBeside(path, ending)), options, seen);
  if (/idx\d-ubyte$/.test(path.replace(/\.gz$/i, ""))) return readIdxPair(path, options, seen);
  if (!fileEndings.some((known) => known === ending)) {
    const kinds = [...fileEndings, ".npy"].join(", ");
    throw new SignflipError("SF_DATA", `${path}: expected a folder, an IDX file, or a file that ends in ${kinds}; got another`);
  }
  seen(path);
  const bytes = await gunzipIfNeeded(await readRegular(path), path);
  const plain = path.replace(/\.gz$/i, "");
  if (ending !== ".npz" && ending !== ".parquet") {
    const pictures = await pictureTable(bytes, plain, dirname(path), options, seen);
    if (pictures) return pictures;
  }
  return readDataFile(bytes, plain, decodePicture, options);
}

async function readFolder(folder: Listing, options: DataOptions, seen: Seen): Promise<Chosen> {
  const { path, names } = folder;
  const roles = (part: Part): [Role, Role] => [`${part}Images`, `${part}Labels`];
  const part = (options.part === undefined ? (["test", "train"] as const) : [options.part]).find((one) => roles(one).every((role) => hasRole(names, role)));
  if (part !== undefined) {
    const [images, labels] = Object.values(await readRoles(path, roles(part)));
    for (const file of [images!, labels!]) seen(file.path);
    const idx = { images: images!.bytes, labels: labels!.bytes, imagesName: images!.path, labelsName: labels!.path };
    return choose(samplesOfIdx(basename(resolve(path)), idx, options.classNames), options);
  }
  if (isCifar(names)) return choose(await readCifar(fileFolder(path, seen), options.part ?? "test"), options);
  const arrays = [...names].filter((name) => endingOf(name) === ".npy").sort();
  if (arrays.length > 0) {
    const { inputs, labels } = findPair(
      path,
      arrays.map((name) => name.slice(0, -4)),
      options.part,
    );
    return readArrays(join(path, `${inputs}.npy`), options.labels ?? join(path, `${labels}.npy`), options, seen);
  }
  return pictureFolder(folder, options, seen);
}

async function readArrays(inputs: string, labels: string, options: DataOptions, seen: Seen): Promise<Chosen> {
  const [x, y] = await Promise.all(
    [inputs, labels].map(async (name) => {
      seen(name);
      return { name, array: parseNpy(await readRegular(name), name) };
    }),
  );
  return choose(samplesOfArrays(basename(inputs), x!, y!, options.classNames), options);
}

/** The labels that belong to a file of inputs by its name: y_test.npy to x_test.npy. */
async function labelsBeside(path: string, ending: string): Promise<string> {
  const folder = dirname(path);
  const own = basename(path).slice(0, -ending.length);
  const others = (await readdir(folder)).filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  for (const part of [undefined, "test", "train"] as const) {
    try {
      const { inputs, labels } = findPair(path, [own, ...others.filter((name) => name !== own)], part);
      if (inputs === own) return join(folder, `${labels}${ending}`);
    } catch (error) {
      if (!(error instanceof SignflipError)) throw error;
    }
  }
  throw new SignflipError("SF_DATA", `${path}: expected its labels beside it (y.npy for x.npy, labels.npy for images.npy, …) or named; got none`);
}

async function readIdxPair(path: string, options: DataOptions, seen: Seen): Promise<Chosen> {
  const labels = options.labels ?? path.replace("images", "labels").replace("idx3", "idx1");
  const [x, y] = await Promise.all(
    [path, labels].map(async (name) => {
      seen(name);
      return gunzipIfNeeded(await readRegular(name), name);
    }),
  );
  return choose(samplesOfIdx(basename(path), { images: x!, labels: y!, imagesName: path, labelsName: labels }, options.classNames), options);
}

async function readClassNames(path: string, seen: Seen): Promise<string[]> {
  seen(path);
  return parseClassNames(new TextDecoder().decode(await readRegular(path)), path);
}

/** A source that tells which files are read. */
function watched(source: DataSource, seen: Seen): DataSource {
  return {
    idx: async (home) => {
      const files = await source.idx(home);
      Object.values(files.names ?? {}).forEach(seen);
      return files;
    },
    folder: async (home) => {
      const { name } = await source.folder(home);
      return fileFolder(name, seen);
    },
  };
}
