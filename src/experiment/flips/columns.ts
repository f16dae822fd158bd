import { flipStatus } from "../../measure/flip-row.ts";
import { at, finite, tableOf, type Column, type FlatRow, type PathColumn, type Table } from "../columns.ts";
import { lastColumns, networkColumns } from "../network-cells.ts";
import { quantities } from "../quantities.ts";
import type { FlipsResult } from "./config.ts";

/** The columns of flips: Figures 2, 3, 5, 6 and 7. */
export const flipsColumns: readonly PathColumn[] = [
  ...networkColumns,
  at("config.training.method", "text", "", "how it was trained"),
  at("config.training.c0", "real", "", "C_0: the lazy ball has radius C_0/√m"),
  at("config.training.lr", "real", "", "learning rate"),
  at("config.training.batch", "whole", "images", "images per gradient step"),
  at("config.training.exit", "text", "", "when the ball is checked: after every step or every epoch"),
  at("config.training.epochs", "whole", "epochs", "the largest number of epochs allowed", "maxEpochs"),
  at("config.seed", "whole", "", "the run's seed"),
  at("row.epochs", "whole", "epochs", "epochs trained; the last one may be incomplete"),
  at("row.steps", "whole", "", "gradient steps taken"),
  at("row.exitReason", "text", "", "left-ball: the next step would have left the lazy ball (or this epoch left it); epochs: all epochs were done"),
  at("row.deviation", "real", "", "‖W − W₀‖_{2,∞} at the end; a row includes its bias"),
  at("row.trainAccuracy", "real", "share", "training images classified correctly, counted during the last epoch; empty if the very first step was refused"),
  at("row.testAccuracy", "real", "share", "test images classified correctly"),
  ...Object.entries(quantities).flatMap(([name, [unit, description]]) => [
    at(`row.${name}.mean`, "real", unit, `mean over the test images of ${description}`, `${name}Mean`),
    at(`row.${name}.sd`, "real", unit, `standard deviation over the test images of ${description}`, `${name}Sd`),
    at(`row.${name}.n`, "whole", "images", `test images in the mean and standard deviation of ${name}`, `${name}N`),
  ]),
  at("row.flipped", "whole", "images", "test images that were classified correctly and flip"),
  at("row.neverFlipped", "whole", "images", "test images that were classified correctly and never flip on the ray"),
  at("row.misclassified", "whole", "images", "test images that were misclassified to begin with"),
  at("config.measure.flips.misclassified", "text", "", "how misclassified images enter the means: zero (as distance 0) or exclude", "misclassifiedAs"),
  at("config.measure.flips.samples", "flag", "", "whether every image's measurement was kept", "samplesKept"),
  ...lastColumns,
];

/** The words for an image's status, in the order of their numbers. */
const statusNames = (Object.keys(flipStatus) as (keyof typeof flipStatus)[]).sort((a, b) => flipStatus[a] - flipStatus[b]);

/** The columns of per-image rows: Figure 7 is drawn from them. */
export const sampleColumns: readonly Column[] = [
  { name: "d", type: "whole", unit: "", description: "input dimension d = size²" },
  { name: "m", type: "whole", unit: "", description: "hidden width m" },
  { name: "c0", type: "real", unit: "", description: "C_0: the lazy ball has radius C_0/√m" },
  { name: "seed", type: "whole", unit: "", description: "the run's seed" },
  { name: "image", type: "whole", unit: "", description: "position in the test set, from 0" },
  { name: "status", type: "text", unit: "", description: statusNames.join(", ") },
  ...Object.entries(quantities).map(([name, [unit, description]]) => ({ name, type: "real" as const, unit, description })),
  { name: "key", type: "text", unit: "", description: "the cell's cache key (SHA-256)" },
];

/** One record per test image of a cell that kept its samples; none for others. */
export function sampleRecords(result: FlipsResult): FlatRow[] {
  if (result.samples === undefined) return [];
  const { key, row, samples } = result;
  return samples.gradientNorm.map((gradientNorm, image) => ({
    d: row.d,
    m: row.m,
    c0: row.c0,
    seed: row.seed,
    image,
    status: statusNames[samples.status[image]!]!,
    gradientNorm: finite(gradientNorm),
    step: finite(samples.step[image]!),
    perturbation: finite(samples.perturbation[image]!),
    perturbationRelative: finite(samples.perturbationRelative[image]!),
    key,
  }));
}

export const flipsTables: readonly Table<FlipsResult>[] = [
  tableOf(flipsColumns, "Flips of networks trained by SGD: Figures 2, 3, 5, 6 and 7."),
  {
    suffix: "-samples",
    row: "test image",
    about: "For studies that keep their samples, as Figure 7 does.",
    columns: sampleColumns,
    records: (results) => results.flatMap(sampleRecords),
  },
];
