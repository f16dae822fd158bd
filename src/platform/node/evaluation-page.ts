import { distancesSpec } from "../../figure/evaluation/distances.ts";
import { robustAccuracySpec } from "../../figure/evaluation/curve.ts";
import { type EvaluationResult, foundDistances } from "../../measure/evaluation.ts";
import { renderEvaluation } from "../../report/evaluation/page.ts";
import { shippedFonts } from "./pictures.ts";
import { versions } from "./publish.ts";
import { drawnFor } from "./report-files.ts";

export interface EvaluationPageOptions {
  /** Budgets to say the robust accuracy at; chosen by the page if empty. */
  readonly budgets?: readonly number[] | undefined;
  /** How to make it again. */
  readonly commandLine: string;
}

/** An evaluation as one HTML page that needs nothing else. */
export async function evaluationPage(result: EvaluationResult, { budgets = [], commandLine }: EvaluationPageOptions): Promise<string> {
  const { norm, model, samples } = result;
  const found = foundDistances(samples);
  const curves = [{ name: model.name, samples }];
  return renderEvaluation({
    result,
    budgets,
    date: new Date().toISOString().slice(0, 16).replace("T", " ") + " UTC",
    commandLine,
    versions: versions(),
    fonts: shippedFonts(),
    pictures: {
      curve: await drawnFor("curve", (options) => robustAccuracySpec(curves, { norm, marks: budgets, ...options })),
      ...(found.length === 0 ? {} : { distances: await drawnFor("distances", (options) => distancesSpec(found, { norm, ...options })) }),
    },
  });
}
