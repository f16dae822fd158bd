import { flipStatus } from "../measure/flip-row.ts";
import { internal } from "../util/errors.ts";
import { isFlips, isRobust, type CellResult, type FlipsResult, type RobustResult } from "./cell.ts";

/** One column of the row files. The same table writes CSV and Parquet and is printed in the documentation. */
export interface Column {
  readonly name: string;
  readonly type: "whole" | "real" | "flag" | "text";
  /** The unit or scale of the numbers; "" where there is none. */
  readonly unit: string;
  readonly description: string;
}

export type Value = number | boolean | string | null;
export type FlatRow = { readonly [column: string]: Value };

/** A finished cell as a row file keeps it: everything but the history and the single samples. */
export type RowCell = Pick<FlipsResult, "key" | "config" | "row"> | Pick<RobustResult, "key" | "config" | "row">;

export interface CellColumn extends Column {
  /** Where the value lies in a `CellResult`. */
  readonly path: readonly (string | number)[];
}

export const at = (path: string, type: Column["type"], unit: string, description: string, name?: string): CellColumn => {
  const steps = path.split(".");
  return { name: name ?? steps.at(-1)!, type, unit, description, path: steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step)) };
};

export const quantities = {
  gradientNorm: ["1 per pixel unit", "‖∇f(x)‖₂, the norm of the input gradient"],
  step: ["pixel units²", "|η|, the smallest step along the gradient that flips the prediction"],
  perturbation: ["pixel units", "‖δ‖₂ = |η|·‖∇f(x)‖, the size of that perturbation"],
  perturbationRelative: ["share of ‖x‖", "‖δ‖₂/‖x‖₂ (an image that is all zero has none)"],
} as const;

export const setting: readonly CellColumn[] = [
  at("config.data.dataset", "text", "", "the dataset"),
  at("config.data.digits.0", "whole", "", "the digit labelled −1 (of images)", "digitNegative"),
  at("config.data.digits.1", "whole", "", "the digit labelled +1 (of images)", "digitPositive"),
  at("config.data.size", "whole", "pixels", "images are size × size"),
  at("config.data.points", "whole", "points", "points of the sphere to learn from, and as many to test on", "spherePoints"),
  at("row.d", "whole", "", "input dimension d: size² of images"),
  at("row.normalize", "flag", "", "whether every point has ‖x‖ = 1"),
  at("config.network.kind", "text", "", "the kind of network", "network"),
  at("config.network.m", "whole", "", "hidden width m"),
  at("config.network.bias", "flag", "", "whether the network has biases"),
];

/** The columns of flips: Figures 2, 3, 5, 6 and 7. */
export const cellColumns: readonly CellColumn[] = [
  ...setting,
  at("config.training.method", "text", "", "how it was trained"),
  at("config.training.c0", "real", "", "C_0: the lazy ball has radius C_0/√m"),
  at("config.training.lr", "real", "", "learning rate"),
  at("config.training.batch", "whole", "images", "images per gradient step"),
  at("config.training.exit", "text", "", "when the ball is looked at: after every step or every epoch"),
  at("config.training.epochs", "whole", "epochs", "the most epochs it might have trained", "maxEpochs"),
  at("config.seed", "whole", "", "the run's seed"),
  at("row.epochs", "whole", "epochs", "epochs trained, the last one perhaps in part"),
  at("row.steps", "whole", "", "gradient steps taken"),
  at("row.exitReason", "text", "", "left-ball: the next step would leave (or this epoch left) the lazy ball; epochs: all were done"),
  at("row.deviation", "real", "", "‖W − W₀‖_{2,∞} at the end, rows with their bias"),
  at("row.trainAccuracy", "real", "share", "training images right, counted during the last epoch; none where the very first step was refused"),
  at("row.testAccuracy", "real", "share", "test images right"),
  ...Object.entries(quantities).flatMap(([name, [unit, description]]) => [
    at(`row.${name}.mean`, "real", unit, `mean over the test images of ${description}`, `${name}Mean`),
    at(`row.${name}.sd`, "real", unit, `standard deviation over the test images of ${description}`, `${name}Sd`),
    at(`row.${name}.n`, "whole", "images", `test images in the mean and standard deviation of ${name}`, `${name}N`),
  ]),
  at("row.flipped", "whole", "images", "test images that were right and flip"),
  at("row.neverFlipped", "whole", "images", "test images that were right and never flip on the ray"),
  at("row.misclassified", "whole", "images", "test images that were wrong to begin with"),
  at("config.measure.flips.misclassified", "text", "", "how they enter the means: zero (as distance 0) or exclude", "misclassifiedAs"),
  at("config.measure.flips.samples", "flag", "", "whether every image's measurement was kept", "samplesKept"),
  at("row.seconds", "real", "s", "wall-clock time of the cell"),
  at("key", "text", "", "the cell's cache key (SHA-256)"),
];

/** The columns of robust accuracy: Figure 4. */
export const robustColumns: readonly CellColumn[] = [
  ...setting,
  at("config.training.method", "text", "", "how perturbations were found in training: faithful (the authors' code) or fast"),
  at("config.training.eps", "real", "pixel units", "the budget ε of ‖δ‖₂, in training and in the test"),
  at("config.training.radius", "real", "", "the lazy ball's radius"),
  at("config.training.c0", "real", "", "C_0 where the study gave the radius as C_0/√m"),
  at("config.training.project", "text", "", "when rows were brought back into the ball: step, epoch or never"),
  at("config.training.box", "flag", "", "whether perturbed pixels stayed in [0, 1]"),
  at("config.training.steps", "whole", "", "PGD steps of an epoch of training", "trainingSteps"),
  at("config.training.stepSize", "real", "pixel units", "length of such a step where it was given; else 2.5 ε / steps", "trainingStepSize"),
  at("config.training.lr", "real", "", "learning rate"),
  at("config.training.batch", "whole", "images", "images per gradient step"),
  at("config.training.epochs", "whole", "epochs", "the most epochs it might have trained", "maxEpochs"),
  at("config.training.patience", "whole", "epochs", "training ends after so many epochs without a rise of robust training accuracy"),
  at("config.training.minRise", "real", "share", "by more than this"),
  at("config.training.train", "whole", "images", "the subset of training images it was told to learn from; empty for all", "trainSubset"),
  at("config.seed", "whole", "", "the run's seed"),
  at("row.trainPoints", "whole", "images", "training images it learnt from"),
  at("row.epochs", "whole", "epochs", "epochs trained"),
  at("row.exitReason", "text", "", "no-rise: robust training accuracy rose no more; epochs: all were done"),
  at("row.deviation", "real", "", "‖W − W₀‖_{2,∞} at the end, rows with their bias"),
  at("row.onSurface", "real", "share", "rows of W on the ball's surface at the end"),
  at("row.robustTrainAccuracy", "real", "share", "perturbed training images right, counted during the last epoch"),
  at("row.testAccuracy", "real", "share", "test images right"),
  at("row.robustTestAccuracy", "real", "share", "test images right and right still under the attack of the measurement"),
  at("config.measure.robust.attack", "text", "", "that attack, from δ = 0", "attack"),
  at("config.measure.robust.steps", "whole", "", "its steps", "attackSteps"),
  at("row.forward", "whole", "", "forward passes per training image in finding perturbations, over the whole training"),
  at("row.backward", "whole", "", "backward passes likewise"),
  at("row.seconds", "real", "s", "wall-clock time of the cell"),
  at("key", "text", "", "the cell's cache key (SHA-256)"),
];

/** What a cell need not have. */
const optional: ReadonlySet<string> = new Set([
  ...["digits.0", "digits.1", "size", "points"].map((name) => `config.data.${name}`),
  "config.training.c0",
  "config.training.stepSize",
  "config.training.train",
  ...["draws", "violations", "share", "low", "high", "worst", "quantile"].map((name) => `statement.simulation.${name}`),
]);

/** The columns of a cell of its kind. */
export const columnsOf = (cell: RowCell): readonly CellColumn[] => (isRobust(cell as CellResult) ? robustColumns : cellColumns);

/** One flat record per cell. Numbers JSON and Parquet have no name for (NaN) become null. */
export function toRecord(cell: RowCell): FlatRow {
  return recordOf(cell, columnsOf(cell));
}

/** What a result has in some columns. */
export function recordOf(result: object, columns: readonly CellColumn[]): FlatRow {
  return Object.fromEntries(columns.map(({ name, type, path }) => [name, type === "real" ? finite(read(result, path)) : read(result, path)]));
}

/** The cell a record was made of; the inverse of `toRecord`. */
export function fromRecord(record: FlatRow): RowCell {
  const cell = {};
  const isRobustRecord = "robustTestAccuracy" in record;
  for (const { name, path, type } of isRobustRecord ? robustColumns : cellColumns) {
    if (record[name] === null && optional.has(path.join("."))) continue;
    write(cell, path, type === "real" ? (record[name] ?? Number.NaN) : record[name]!);
  }
  const { config, row } = cell as { config: CellResult["config"]; row: Record<string, unknown> };
  const { data, network, training, seed } = config;
  if (data.dataset === "sphere") Object.assign(data, { d: row["d"] });
  else {
    Object.assign(data, { normalize: row["normalize"] });
    row["size"] = data.size;
  }
  Object.assign(row, { m: network.m, bias: network.bias, seed });
  if (training.c0 !== undefined) row["c0"] = training.c0;
  if ("eps" in training) Object.assign(row, { kind: "robust", eps: training.eps, radius: training.radius, method: training.method });
  return cell as RowCell;
}

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
export function sampleRecords(result: CellResult): FlatRow[] {
  if (!isFlips(result) || result.samples === undefined) return [];
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

function read(from: unknown, path: readonly (string | number)[]): Value {
  let value: unknown = from;
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step];
  if (value === undefined && optional.has(path.join("."))) return null;
  if (value === undefined) throw internal(`rows: no ${path.join(".")} in the cell`);
  return value as Value;
}

function write(into: object, path: readonly (string | number)[], value: Value): void {
  let place = into as Record<string | number, unknown>;
  path.slice(0, -1).forEach((step, i) => (place = (place[step] ??= typeof path[i + 1] === "number" ? [] : {}) as typeof place));
  place[path.at(-1)!] = value;
}

export const finite = (value: Value): Value => (typeof value === "number" && !Number.isFinite(value) ? null : value);
