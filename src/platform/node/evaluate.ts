import { dirname } from "node:path";
import type { Attackable } from "../../attack/oracle/index.ts";
import { type EvaluateOptions, type EvaluatedData, type Evaluation, evaluate as evaluateAnywhere } from "../../measure/evaluate/evaluate.ts";
import { evaluationPage } from "./evaluation-page.ts";
import { ensureFolder, writeFileWhole } from "./files.ts";

/** An evaluation that can be written as a page. */
export interface WritableEvaluation extends Evaluation {
  /**
   * Writes one HTML page that needs nothing else, whole or not at all.
   * @param options.budgets ε to say the robust accuracy at; chosen by the page if left out
   * @throws SF_FILE
   */
  writeReport(path: string, options?: { readonly budgets?: readonly number[] }): Promise<void>;
}

/**
 * Measures the smallest perturbation found that changes each prediction, and from it robust accuracy over every ε. Attacks give upper bounds: the true
 * distances can only be smaller.
 * @param model a classifier from a file (`load`), the two-layer network, or functions of your own
 * @param data a dataset in the model's shape and units, or what `loadDataset` gives
 * @throws SF_OPTION, SF_NETWORK (usage) if options, data and model do not fit together; SF_DIVERGED if a logit is not finite; SF_STOPPED
 */
export async function evaluate(model: Attackable, data: EvaluatedData, options: EvaluateOptions = {}): Promise<WritableEvaluation> {
  const result = await evaluateAnywhere(model, data, options);
  return {
    ...result,
    async writeReport(path, { budgets = options.eps ?? [] } = {}) {
      const { signal: _, progress: __, ...said } = options;
      const page = await evaluationPage(result, { budgets, commandLine: `evaluate(${result.model.name}, ${result.data.name}, ${JSON.stringify(said)})` });
      await ensureFolder(dirname(path));
      await writeFileWhole(path, page);
    },
  };
}
