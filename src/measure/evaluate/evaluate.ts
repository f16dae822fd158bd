import type { Attackable } from "../../attack/oracle/index.ts";
import { oracleOf } from "../../attack/oracle/index.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { SignflipError } from "../../util/errors.ts";
import { type EvaluationResult, type RobustAccuracy, cleanAccuracyOf, robustAccuracyAt, robustAccuracyCurve } from "../evaluation.ts";
import { type BlockHooks, type MeasuredBlock, openEvaluator } from "./block.ts";
import { factsOf, joinBlocks } from "./join.ts";
import { type PlanOptions, planEvaluation } from "./plan.ts";

export interface EvaluateOptions extends PlanOptions, EngineOptions {
  /** Stops with SF_STOPPED between two batches. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the share of the work that is done, from 0 to 1. */
  readonly progress?: ((share: number) => void) | undefined;
}

/** Samples in a model's shape and units, and where they stand in all of the data if they are some of it. */
export type EvaluatedData = Dataset | { readonly dataset: Dataset; readonly indices?: ArrayLike<number> };

/** How robust a model is: what was measured, and what follows from it. */
export interface Evaluation extends EvaluationResult {
  /** Share of samples that are classified correctly. */
  readonly cleanAccuracy: number;
  /** Share of samples that are right and that no attack changed within ε, in raw units: an upper bound on the truth. */
  robustAccuracyAt(eps: number): number;
  /** The whole curve, with exact 95 % intervals: a step at 0 and at every distance that was found. */
  robustAccuracy(): RobustAccuracy[];
}

/** Samples measured together; results do not depend on it. */
const blockSize = 250;

/**
 * Measures the smallest perturbation found that changes each prediction, and from it robust accuracy over every ε. Attacks give upper bounds: the true distances can only be smaller.
 * @param model a classifier from a file (`load`), the two-layer network, or functions of your own
 * @param given a dataset in the model's shape and units, or some of one
 * @throws SF_OPTION, SF_NETWORK (usage) if options, data and model do not fit together; SF_DIVERGED if a logit is not finite; SF_STOPPED
 */
export async function evaluate(model: Attackable, given: EvaluatedData, options: EvaluateOptions = {}): Promise<Evaluation> {
  const data = "dataset" in given ? given.dataset : given;
  const indices = "dataset" in given ? given.indices : undefined;
  const { signal, progress, threads, provider, ...planned } = options;
  const engine = { ...(threads === undefined ? {} : { threads }), ...(provider === undefined ? {} : { provider }) };
  const oracle = oracleOf(model, engine);
  const plan = planEvaluation(model, oracle, planned, data.domain);
  if (data.n === 0) throw new SignflipError("SF_OPTION", "evaluate: expected at least one sample; got none", { usage: true });
  const evaluator = openEvaluator(model, plan, engine);
  const blocks: MeasuredBlock[] = [];
  try {
    for (let from = 0; from < data.n; from += blockSize) {
      const to = Math.min(data.n, from + blockSize);
      const hooks: BlockHooks = { signal, progress: (share) => progress?.((from + share * (to - from)) / data.n) };
      blocks.push(await evaluator.measure(blockOf(data, from, to, indices), hooks));
    }
  } finally {
    await Promise.all([evaluator.dispose(), oracle.dispose()]);
  }
  return evaluationOf(joinBlocks(factsOf(model, oracle, data, plan), blocks, data.x));
}

/** Some samples of a dataset, by their places in it. */
export function blockOf({ x, y, ids, d }: Dataset, from: number, to: number, indices?: ArrayLike<number>) {
  return {
    x: x.subarray(from * d, to * d),
    y: Array.from(y.subarray(from, to)),
    indices: Array.from({ length: to - from }, (_, i) => indices?.[from + i] ?? from + i),
    ...(ids ? { ids: ids.slice(from, to) } : {}),
  };
}

/** A result with what follows from it. */
export function evaluationOf(result: EvaluationResult): Evaluation {
  const { samples } = result;
  return {
    ...result,
    cleanAccuracy: cleanAccuracyOf(samples),
    robustAccuracyAt: (eps) => robustAccuracyAt(samples, eps).accuracy,
    robustAccuracy: () => robustAccuracyCurve(samples),
  };
}
