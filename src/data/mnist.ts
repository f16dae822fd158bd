import { SignflipError } from "../util/errors.ts";
import { Dataset, type Split } from "./dataset.ts";
import { parseImages, parseLabels } from "./idx.ts";
import { normalizeRows } from "./normalize.ts";
import { resizer } from "./resize.ts";

/** The four IDX files of MNIST or of a dataset in the same format (Fashion-MNIST, KMNIST, …), uncompressed. */
export interface IdxFiles {
  readonly trainImages: Uint8Array;
  readonly trainLabels: Uint8Array;
  readonly testImages: Uint8Array;
  readonly testLabels: Uint8Array;
  /** What errors call the files; the standard names unless given. */
  readonly names?: IdxNames;
}

export type IdxNames = Readonly<Record<"trainImages" | "trainLabels" | "testImages" | "testLabels", string>>;

/** The names under which the MNIST database is published. */
export const idxNames: IdxNames = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};

export interface MnistOptions {
  /** The digit of class 0 (−1 in the paper), then the digit of class 1 (+1): two different whole numbers from 0 to 9. Default 0 and 1. */
  readonly digits?: readonly [number, number];
  /** Images are resized to size × size, so d = size². From 2 to the image's side, which is the default (28). */
  readonly size?: number;
  /** Scale every image to ‖x‖₂ = 1. Default false: pixels in [0, 1]. */
  readonly normalize?: boolean;
  /** The name of the data in reports. Default "mnist". */
  readonly name?: string;
}

/**
 * Two digits of MNIST as classes 0 and 1, in file order (shuffling is the trainer's). For the digits 0 and 1 there are 12,665 training
 * and 2,115 test points.
 *
 * @throws SF_DIGITS, SF_SIZE when the options are out of range (usage).
 * @throws SF_DATA when a file is corrupt, files do not belong together, a digit does not occur, or an image that
 * is to be normalized is all zero.
 */
export function mnistFromIdx(files: IdxFiles, { digits = [0, 1], size, normalize = false, name = "mnist" }: MnistOptions = {}): Split {
  checkDigits(digits);
  const names = files.names ?? idxNames;
  const half = (images: Uint8Array, labels: Uint8Array, imagesName: string, labelsName: string): Dataset =>
    select({ images, labels, imagesName, labelsName, digits, size, normalize, name });

  const train = half(files.trainImages, files.trainLabels, names.trainImages, names.trainLabels);
  const test = half(files.testImages, files.testLabels, names.testImages, names.testLabels);
  if (train.d !== test.d) {
    throw new SignflipError("SF_DATA", `${names.testImages}: expected images of the size of ${names.trainImages} (d ${train.d}); got d ${test.d}`);
  }
  return { train, test };
}

interface Half {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly imagesName: string;
  readonly labelsName: string;
  readonly digits: readonly [number, number];
  readonly size: number | undefined;
  readonly normalize: boolean;
  readonly name: string;
}

/** Values of pixels. An image scaled to norm 1 keeps to them: none of its pixels can be above 1. */
const domain = { low: 0, high: 1 };

function select({ digits: [first, second], ...half }: Half): Dataset {
  const { n, rows, columns, pixels } = parseImages(half.images, half.imagesName);
  const labels = parseLabels(half.labels, half.labelsName);
  if (labels.length !== n) {
    throw new SignflipError("SF_DATA", `${half.labelsName}: expected a label for each of the ${n} images of ${half.imagesName}; got ${labels.length}`);
  }
  const size = half.size ?? Math.min(rows, columns);
  checkSize(size, rows, columns, half.name);
  for (const digit of [first, second]) {
    if (!labels.includes(digit)) throw new SignflipError("SF_DATA", `${half.labelsName}: expected images of digit ${digit}; got none`);
  }

  const chosen: number[] = [];
  labels.forEach((label, i) => {
    if (label === first || label === second) chosen.push(i);
  });
  const d = size * size;
  const x = new Float32Array(chosen.length * d);
  const write = resizer(rows, columns, size);
  const area = rows * columns;
  chosen.forEach((image, i) => write(pixels.subarray(image * area, (image + 1) * area), x.subarray(i * d, (i + 1) * d)));
  if (half.normalize) normalizeRows(x, d, (row) => `${half.imagesName}: image ${chosen[row]!} at ${size}×${size}`);

  const y = Uint8Array.from(chosen, (image) => +(labels[image] === second));
  const title = `${half.name} ${first}-vs-${second}, ${size}×${size}${half.normalize ? ", normalized" : ""}`;
  return new Dataset({ name: title, x, y, inputShape: [1, size, size], classes: 2, domain });
}

function checkDigits(digits: readonly number[]): void {
  const [first, second] = digits;
  const fine = digits.length === 2 && first !== second && digits.every((digit) => Number.isInteger(digit) && digit >= 0 && digit <= 9);
  if (!fine) {
    throw new SignflipError("SF_DIGITS", `digits must be two different whole numbers from 0 to 9; got ${digits.join(", ")}`, { usage: true });
  }
}

function checkSize(size: number, rows: number, columns: number, name: string): void {
  const side = Math.min(rows, columns);
  if (Number.isInteger(size) && size >= 2 && size <= side) return;
  if (side < 2) throw new SignflipError("SF_DATA", `${name}: expected images of at least 2×2; got ${rows}×${columns}`);
  const images = name !== "mnist" ? `${name} images` : rows === 28 && columns === 28 ? "MNIST images" : "the images";
  throw new SignflipError("SF_SIZE", `size must be a whole number from 2 to ${side} (${images} are ${rows}×${columns}); got ${String(size)}`, {
    usage: true,
  });
}
