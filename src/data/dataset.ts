import { sizeOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { canonicalJson, sha256Hex } from "../util/hash.ts";
import type { Box } from "./box.ts";
import { type Points, checkLabels } from "./points.ts";

/** The parts of a dataset; arrays are not copied. */
export interface DatasetParts {
  /** Its name in reports and errors. */
  readonly name: string;
  readonly x: Float32Array;
  readonly y: Uint8Array | Int32Array;
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly domain?: Box | undefined;
  /** What the classes are called, `[classes]`: "cat", "dog". */
  readonly classNames?: readonly string[] | undefined;
  /** What the numbers of a flat input are called, `[d]`: the header of a CSV file. */
  readonly featureNames?: readonly string[] | undefined;
  /** What the points are called, `[n]`: names of files. */
  readonly ids?: readonly string[] | undefined;
}

/**
 * Points with a name and a fingerprint: one half of a `Split`, or your own data.
 *
 * This is a class so that `{ ...dataset, x: other }` is never a dataset with the fingerprint of different numbers, but `Points` at most. To cut or
 * relabel one, make `Points` or a new `Dataset`.
 */
export class Dataset implements Points {
  readonly name: string;
  /** Points. */
  readonly n: number;
  /** `[n, …inputShape]`, row-major. */
  readonly x: Float32Array;
  /** `[n]`: classes from 0 to classes − 1. */
  readonly y: Uint8Array | Int32Array;
  /** The shape of one point: `[d]`, or `[channels, height, width]` for images. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  /** The values that points may take in their raw units, such as pixels in [0, 1]; undefined if any value is allowed. */
  readonly domain: Box | undefined;
  readonly classNames: readonly string[] | undefined;
  readonly featureNames: readonly string[] | undefined;
  readonly ids: readonly string[] | undefined;
  #fingerprint: string | undefined;

  /** @throws SF_OPTION (usage) if the numbers do not fit the shape, a label is not a class, or there are more or fewer names than things to name */
  constructor({ name, x, y, inputShape, classes, domain, classNames, featureNames, ids }: DatasetParts) {
    if (x.length !== y.length * sizeOf(inputShape))
      throw new SignflipError("SF_OPTION", `dataset ${name}: expected ${y.length} points of shape [${inputShape.join(", ")}]; got ${x.length} numbers`, {
        usage: true,
      });
    checkLabels(`dataset ${name}`, y, classes);
    checkNames(name, "class names", classNames, classes);
    checkNames(name, "feature names", featureNames, sizeOf(inputShape));
    checkNames(name, "ids", ids, y.length);
    this.name = name;
    this.n = y.length;
    this.x = x;
    this.y = y;
    this.inputShape = inputShape;
    this.classes = classes;
    this.domain = domain;
    this.classNames = classNames;
    this.featureNames = featureNames;
    this.ids = ids;
  }

  /** Numbers of one point: the product of `inputShape`. */
  get d(): number {
    return sizeOf(this.inputShape);
  }

  /**
   * SHA-256 of everything that determines results: numbers, classes, shape and domain, but not the names. It is computed on first use, which takes 0.35 s
   * for 12,665 images of 28×28.
   */
  get fingerprint(): string {
    const { n, x, y, inputShape, classes, domain } = this;
    return (this.#fingerprint ??= sha256Hex(canonicalJson({ n, inputShape, classes, domain: domain ?? null }), bytesOf(x), bytesOf(Int32Array.from(y))));
  }
}

function checkNames(dataset: string, what: string, names: readonly string[] | undefined, count: number): void {
  if (names === undefined || names.length === count) return;
  throw new SignflipError("SF_OPTION", `dataset ${dataset}: expected ${count} ${what}; got ${names.length}`, { usage: true });
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Data to train on and data to measure on: two datasets of the same kind, with no point in common. */
export interface Split {
  readonly train: Dataset;
  readonly test: Dataset;
}
