import { z } from "zod";
import type { DataOptions } from "../../platform/node/data-files.ts";
import { parts, type Part } from "../../data/part.ts";
import { scales, type Scale } from "../../data/samples.ts";
import { alternatives } from "../../util/field.ts";
import { nameOf, option, path, type ValuesOf } from "./option.ts";

const choice = <T extends string>(flags: string, names: readonly T[], description: string, defaultText: string) =>
  option<T | undefined>({ flags, description, type: "text", default: undefined, defaultText, expected: alternatives(names), schema: nameOf(names) });

/** Which data, and how to read them. */
export const dataOptions = {
  data: path(
    "--data <path>",
    "a dataset (mnist, fashion-mnist, cifar10), a file (.npz, .npy, .csv, .parquet, IDX) or a folder (of pictures, of arrays)",
    "none",
  ),
  samples: option<number | undefined>({
    flags: "--samples <count>",
    description: "at most so many samples, drawn by the seed",
    type: "number",
    default: undefined,
    defaultText: "all",
    expected: "a whole number from 1",
    schema: z.int().min(1),
  }),
  part: choice<Part>("--part <name>", parts, "the part of data that come in two", "test where there is one"),
  scale: choice<Scale>("--scale <name>", scales, "what bytes become: unit (0 to 1) or bytes (0 to 255)", "what the model's bounds say, else unit"),
  resize: option<boolean>({
    flags: "--resize",
    description: "resize pictures of another size than the model takes",
    type: "flag",
    default: false,
    expected: "given or not",
    schema: z.boolean(),
  }),
  labels: path("--labels <file>", "labels beside inputs that have none: .npy, IDX, or a .csv of file and label", "found by their names"),
  labelColumn: option<string | undefined>({
    flags: "--label-column <name>",
    description: "the column of a table that holds the labels",
    type: "text",
    default: undefined,
    defaultText: "label, class, target or y, else the last",
    expected: "a name",
    schema: z.string().min(1),
  }),
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
