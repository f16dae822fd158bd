import { z } from "zod";
import type { DataOptions } from "../../platform/node/data-files.ts";
import { parts, type Part } from "../../data/part.ts";
import { scales, type Scale } from "../../data/samples.ts";
import { amount, flag, maybeChoice, name, path, type ValuesOf } from "./option.ts";

/** Which data, and how to read them. */
export const dataOptions = {
  data: path(
    "--data <path>",
    "a dataset (mnist, fashion-mnist, cifar10), a file (.npz, .npy, .csv, .parquet, IDX) or a folder (of pictures, of arrays)",
    "none",
  ),
  samples: amount("--samples <count>", "use at most this many samples, drawn with the seed", "all", "a whole number from 1", z.int().min(1)),
  part: maybeChoice<Part>("--part <name>", "which part to take of data that have a train and a test part", parts, "test where there is one"),
  scale: maybeChoice<Scale>(
    "--scale <name>",
    "the range that bytes are mapped to: unit (0 to 1) or bytes (0 to 255, as they are)",
    scales,
    "what the model's bounds say, else unit",
  ),
  resize: flag("--resize", "resize pictures of another size than the model takes"),
  labels: path(
    "--labels <file>",
    "the labels, where the data have none in them: .npy, IDX, or a .csv of file and label",
    "the file beside the data whose name says so",
  ),
  labelColumn: name("--label-column <name>", "the column of a table that holds the labels", "label, class, target or y, else the last"),
  classNames: path("--class-names <file.json>", "a list of the classes' names in their order", "those of the model or the data"),
};

/** How the command line says to read data; the samples are drawn by a seed. */
export function dataOptionsOf(
  { samples, part, scale, resize, labels, labelColumn, classNames }: ValuesOf<typeof dataOptions>,
  seed: number,
): Pick<DataOptions, "limit" | "seed" | "part" | "scale" | "resize" | "labels" | "labelColumn" | "classNamesFile"> {
  const given = { limit: samples, seed: samples === undefined ? undefined : seed, part, scale, resize: resize || undefined, labels, labelColumn };
  return Object.fromEntries(Object.entries({ ...given, classNamesFile: classNames }).filter(([, value]) => value !== undefined));
}
