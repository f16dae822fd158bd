import { z } from "zod";
import { SignflipError } from "../../util/errors.ts";
import { field } from "../../util/field.ts";
import { mnistFromIdx } from "../mnist.ts";
import type { Home } from "../source.ts";
import type { DatasetKind } from "./kind.ts";
import { mnist, mnistSettings, samplesOfPart } from "./mnist.ts";

/** Images of two classes of Fashion-MNIST. */
export interface FashionMnistConfig {
  readonly dataset: "fashion-mnist";
  /** The two classes, class 0 first. */
  readonly classes: readonly [number, number];
  /** Images are size × size: d = size². */
  readonly size: number;
  readonly normalize: boolean;
}

export const fashionClasses = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"] as const;

const home: Home = {
  folders: ["/usr/share/datasets/fashion-mnist"],
  remedy: "apt install dataset-fashion-mnist, or name a folder with its four IDX files",
};

const index = z.int().min(0).max(9);

/** Two of ten classes, as a setting. */
export const classesField = field<readonly [number, number]>({
  schema: z.tuple([index, index]).refine(([a, b]) => a !== b),
  expected: "two different classes from 0 to 9, the one labeled −1 first",
  range: "0 to 9",
  description: "the class labeled −1 and the class labeled +1",
  default: [0, 1],
});

export const fashionMnistSettings = { classes: classesField, size: mnistSettings.size, normalize: mnistSettings.normalize };

/** Fashion-MNIST (Xiao, Rasul and Vollgraf 2017): pictures of clothes in MNIST's format. */
export const fashionMnist: DatasetKind<FashionMnistConfig> = {
  summary: "two classes of Fashion-MNIST, pictures of clothes",
  settings: fashionMnistSettings,
  unitNormSettings: mnist.unitNormSettings,
  isSynthetic: false,
  unitNormRate: 1,
  dimension: ({ size }) => size ** 2,
  counts: () => ({ train: 12_000, test: 2000 }),
  hasUnitNorm: ({ normalize }) => normalize,
  unitNormOf(d) {
    const config = fashionMnist.withDimension({ dataset: "fashion-mnist", classes: classesField.default, size: 28, normalize: true }, d);
    if (config !== undefined) return config;
    throw new SignflipError("SF_OPTION", `on Fashion-MNIST d must be the square of a whole number from 2 to 28 (4, 9, … 784); got ${d}`, { usage: true });
  },
  withDimension(config, d) {
    const size = Math.round(Math.sqrt(d));
    return size ** 2 === d && size >= 2 && size <= 28 ? { ...config, size } : undefined;
  },
  label: ({ classes }) => `Fashion-MNIST ${classes.map((one) => fashionClasses[one]!).join(" and ")}`,
  scale: ({ normalize }) => (normalize ? "‖x‖ = 1" : "raw pixels"),
  words: ({ classes, size, normalize }) => [`Fashion-MNIST ${classes.join(", ")}`, `size ${size}`, ...(normalize ? ["‖x‖ = 1"] : [])],
  load: async ({ classes, size, normalize }, source) => mnistFromIdx(await source.idx(home), { digits: classes, size, normalize, name: "fashion-mnist" }),
  samples: async (part, source) => samplesOfPart("fashion-mnist", await source.idx(home), part, fashionClasses),
};
