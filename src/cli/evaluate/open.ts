import { flatBox } from "../../data/box.ts";
import { oracleOf } from "../../attack/oracle/index.ts";
import { checkSamples } from "../../attack/samples.ts";
import type { EvaluateConfig } from "../../experiment/evaluate/config.ts";
import { blockFingerprint, samplesFor, samplesPerCell } from "../../experiment/evaluate/inputs.ts";
import type { Dataset } from "../../data/dataset.ts";
import { boundsInWords, factsOf } from "../../measure/evaluate/join.ts";
import { type EvaluationPlan, planEvaluation } from "../../measure/evaluate/plan.ts";
import type { OnnxClassifier } from "../../model/onnx/load.ts";
import { runContext } from "../../platform/node/context.ts";
import { SignflipError } from "../../util/errors.ts";
import { count } from "../../util/words.ts";
import { dataOptionsOf } from "../option/data.ts";
import { loadOptionsOf } from "../option/model.ts";
import type { ValuesOf } from "../option/option.ts";
import type { evaluateOptions } from "./options.ts";

export type EvaluateValues = ValuesOf<typeof evaluateOptions>;

/** A model, its data and what is to be measured, all of it checked, before anything is computed. */
export interface Opened {
  readonly model: OnnxClassifier;
  readonly dataset: Dataset;
  readonly indices: ArrayLike<number>;
  readonly plan: EvaluationPlan;
  readonly configs: readonly EvaluateConfig[];
  /** What was assumed of model and data, in sentences. */
  readonly assumptions: readonly string[];
  /** Those of the data alone. */
  readonly remarks: readonly string[];
}

/** @throws SF_OPTION (usage), SF_DATA, SF_NETWORK where model, data and options do not fit together */
export async function openInputs(file: string, source: string, values: EvaluateValues): Promise<Opened> {
  const context = runContext({});
  const options = loadOptionsOf(values);
  const model = await context.openModel!(file, options);
  const read = dataOptionsOf(values, values.seed);
  const { dataset, indices } = await samplesFor(model, source, read, context.openData!);
  const { norm, attacks, eps, target, seed, at } = values;
  const wanted = { norm, eps, ...(attacks.length > 0 ? { attacks } : {}), ...(target === undefined ? {} : { target }), seed };
  const plan = planEvaluation(model, oracleOf(model), wanted, dataset.domain);
  // A threshold is held to the same limits as a budget.
  if (at !== undefined) planEvaluation(model, oracleOf(model), { ...wanted, eps: [at] }, dataset.domain);
  checkSamples(model, dataset, plan.box && flatBox(plan.box, model, "evaluate: the bounds"), "evaluate");
  const { n, d } = dataset;
  const step = samplesPerCell(n, d);
  const { multiplyAdds, numbersPerSample, parameters } = model.report;
  const configs = Array.from({ length: Math.ceil(n / step) }, (_, i): EvaluateConfig => {
    const [from, to] = [i * step, Math.min(n, (i + 1) * step)];
    return {
      kind: "evaluate",
      model: { path: file, options },
      data: { source, options: read, fingerprint: blockFingerprint(dataset, indices, from, to) },
      measure: { evaluate: { norm, attacks, eps: plan.eps, ...(target === undefined ? {} : { target }) } },
      from,
      to,
      seed,
      size: { multiplyAdds, numbersPerSample, parameters },
    };
  });
  const remarks = remarksOf(model, dataset, plan);
  const { assumptions } = factsOf(model, model, dataset, plan, { more: remarks });
  return { model, dataset, indices, plan, configs, assumptions, remarks };
}

function remarksOf(model: OnnxClassifier, { domain }: Dataset, { box, attacks }: EvaluationPlan): string[] {
  if (!box) return [];
  return [
    model.domain ? `Inputs stay within ${boundsInWords(box)}.` : `Inputs stay within ${boundsInWords(domain!)}, the range of the data.`,
    ...(attacks.every((name) => name === "square" || name === "hop-skip-jump")
      ? ["The model has no gradient to follow: attacks ask for its scores alone."]
      : []),
  ];
}

/** The path of a model's file. @throws SF_OPTION (usage) */
export function needed(file: string | undefined, values: EvaluateValues): { readonly file: string; readonly source: string } {
  const fail = (why: string) => new SignflipError("SF_OPTION", why, { usage: true });
  if (file === undefined) throw fail("evaluate needs a model: signflip evaluate MODEL.onnx --data DATA");
  if (values.data === undefined) throw fail("evaluate needs data: --data names a dataset, a file or a folder");
  if (values.at !== undefined && values.failUnder === undefined) throw fail("--at is the budget of --fail-under, which is not given");
  return { file, source: values.data };
}

/** "model.onnx: 3×32×32 inputs, 10 classes; cifar10: 1,000 samples". */
export const openedInWords = ({ model, dataset }: Opened): string =>
  `${model.name}: ${model.inputShape.join(" × ")} inputs, ${count(model.classes)} classes · ${dataset.name}: ${count(dataset.n)} samples`;
