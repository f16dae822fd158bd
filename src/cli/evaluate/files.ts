import { join } from "node:path";
import { imagePixels, pngOf } from "../../figure/draw/pixels.ts";
import { writeNpy } from "../../data/npy.ts";
import { evaluatedColumns, evaluatedRecord } from "../../experiment/evaluate/columns.ts";
import type { Compared } from "../../measure/comparison.ts";
import type { EvaluationFile } from "../../measure/evaluation-file.ts";
import type { EvaluationResult } from "../../measure/evaluation.ts";
import { evaluationPage } from "../../platform/node/evaluation-page.ts";
import { type Requirement, junitFile } from "../../platform/node/junit-file.ts";
import { toCsv, toParquet } from "../../platform/node/rows-files.ts";
import type { EvaluateValues } from "./open.ts";

export interface Outcome {
  readonly result: EvaluationResult;
  readonly file: EvaluationFile;
  readonly budgets: readonly number[];
  readonly requirements: readonly Requirement[];
  readonly compared: readonly Compared[];
  /** The nearest adversarial inputs of all samples, `[n, d]`. */
  readonly points: Float32Array;
  readonly commandLine: string;
}

export interface OutputFile {
  readonly path: string;
  readonly bytes: Uint8Array | string;
}

/** Every file that was asked for, complete in memory before the first is written. */
export async function filesOf(values: EvaluateValues, { result, file, budgets, requirements, compared, points, commandLine }: Outcome): Promise<OutputFile[]> {
  const { report, json, csv, parquet, junit, saveAdversarial } = values;
  const rows = result.samples.map(evaluatedRecord);
  return [
    ...(typeof json === "string" && json !== "-" ? [{ path: json, bytes: `${JSON.stringify(file, undefined, 1)}\n` }] : []),
    ...(csv === undefined ? [] : [{ path: csv, bytes: toCsv(evaluatedColumns, rows) }]),
    ...(parquet === undefined ? [] : [{ path: parquet, bytes: toParquet(evaluatedColumns, rows) }]),
    ...(junit === undefined ? [] : [{ path: junit, bytes: junitFile(result, requirements, compared) }]),
    ...(saveAdversarial === undefined ? [] : adversarialFiles(saveAdversarial, result, points)),
    ...(report === undefined ? [] : [{ path: report, bytes: await evaluationPage(result, { budgets, commandLine }) }]),
  ];
}

/** The adversarial inputs that were found, in one array with their places and labels beside it, and each as a picture if it is one. */
function adversarialFiles(folder: string, { samples, model, low = 0, high = 1 }: EvaluationResult, points: Float32Array): OutputFile[] {
  const d = points.length / samples.length;
  const found = samples.flatMap(({ attack }, i) => (attack === null ? [] : [i]));
  const x = new Float32Array(found.length * d);
  found.forEach((i, k) => x.set(points.subarray(i * d, (i + 1) * d), k * d));
  const column = (value: (i: number) => number) => writeNpy(Int32Array.from(found, value), [found.length]);
  const pictures = found.flatMap((i, k): OutputFile[] => {
    const { index, label, adversarialPrediction } = samples[i]!;
    const pixels = imagePixels(x.subarray(k * d, (k + 1) * d), model, { low, high });
    return pixels ? [{ path: join(folder, `${String(index).padStart(5, "0")}-${label}-as-${adversarialPrediction}.png`), bytes: pngOf(pixels) }] : [];
  });
  return [
    { path: join(folder, "x.npy"), bytes: writeNpy(x, [found.length, ...model.inputShape]) },
    { path: join(folder, "y.npy"), bytes: column((i) => samples[i]!.label) },
    { path: join(folder, "index.npy"), bytes: column((i) => samples[i]!.index) },
    { path: join(folder, "prediction.npy"), bytes: column((i) => samples[i]!.adversarialPrediction!) },
    ...pictures,
  ];
}
