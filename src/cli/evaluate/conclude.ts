import type { Cell } from "../../experiment/experiment.ts";
import type { EvaluateResult } from "../../experiment/evaluate/config.ts";
import { isEvaluate } from "../../experiment/evaluate/index.ts";
import { compareEvaluations } from "../../measure/comparison.ts";
import { factsOf, joinBlocks } from "../../measure/evaluate/join.ts";
import { type EvaluationFile, evaluationFile } from "../../measure/evaluation-file.ts";
import { robustAccuracyAt } from "../../measure/evaluation.ts";
import { shortPath, versions } from "../../platform/node/publish.ts";
import { fromBase64 } from "../../util/base64.ts";
import { SignflipError } from "../../util/errors.ts";
import { percent, short } from "../../util/words.ts";
import type { CommandContext } from "../command.ts";
import { writeOutput } from "../output.ts";
import { wrapped } from "../text.ts";
import { filesOf } from "./files.ts";
import type { EvaluateValues, Opened } from "./open.ts";
import { comparedLine, summaryText } from "./text.ts";

export interface Conclusion extends Pick<CommandContext, "print" | "note" | "commandLine"> {
  readonly values: EvaluateValues;
  readonly baseline: EvaluationFile | undefined;
  /** Whether stdout is for JSON alone. */
  readonly toStdout: boolean;
}

const isResult = (cell: Cell): cell is EvaluateResult => isEvaluate(cell.config as EvaluateResult["config"]);

/**
 * Says what was found, writes every file, and compares it with what was asked for.
 * @throws SF_NOT_MET if a threshold is not reached, or the model is worse than the baseline
 */
export async function conclude(cells: readonly Cell[], opened: Opened, { values, baseline, toStdout, print, note, commandLine }: Conclusion): Promise<void> {
  const { model, dataset, plan, remarks } = opened;
  const blocks = cells.filter(isResult).map(({ row }) => ({ ...row, points: fromBase64(row.points) }));
  const result = joinBlocks(factsOf(model, model, dataset, plan, { more: remarks }), blocks, dataset.x);
  await model.dispose();
  const { failUnder, at = 0 } = values;
  const budgets = [...new Set([...plan.eps, ...(at > 0 ? [at] : [])])].sort((a, b) => a - b);
  const requirements = failUnder === undefined ? [] : [{ eps: at, least: failUnder }];
  const compared = baseline === undefined ? [] : compareEvaluations(baseline, result, budgets);
  const file = evaluationFile(result, { budgets, versions: versions() });
  const points = new Float32Array(dataset.x.length);
  let place = 0;
  for (const block of blocks) {
    points.set(block.points, place);
    place += block.points.length;
  }
  const files = await filesOf(values, { result, file, budgets, requirements, compared, points, commandLine });
  for (const { path, bytes } of files) await writeOutput(path, bytes);
  if (toStdout) print(JSON.stringify(file));
  else {
    note("");
    print(summaryText(result, budgets));
    for (const line of compared.map(comparedLine)) print(wrapped(line, "  "));
    for (const path of new Set([values.report, values.json, values.csv, values.parquet, values.junit, values.saveAdversarial]))
      if (typeof path === "string") print(shortPath(path));
  }
  const missed = requirements.find(({ eps, least }) => robustAccuracyAt(result.samples, eps).accuracy < least);
  const worse = compared.find(({ isRegression }) => isRegression);
  if (toStdout) for (const line of compared.map(comparedLine)) note(line);
  if (missed) {
    const { accuracy } = robustAccuracyAt(result.samples, missed.eps);
    throw new SignflipError("SF_NOT_MET", `robust accuracy at ε = ${short(missed.eps)} is ${percent(accuracy, 2)}, below ${percent(missed.least, 2)}`);
  }
  if (worse) throw new SignflipError("SF_NOT_MET", `worse than ${values.baseline}: ${comparedLine(worse)}`);
}
