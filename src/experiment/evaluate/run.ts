import type { OnnxClassifier } from "../../model/onnx/load.ts";
import { oracleOf } from "../../attack/oracle/index.ts";
import { type Evaluator, openEvaluator } from "../../measure/evaluate/block.ts";
import { blockOf } from "../../measure/evaluate/evaluate.ts";
import { planEvaluation } from "../../measure/evaluate/plan.ts";
import { toBase64 } from "../../util/base64.ts";
import { SignflipError } from "../../util/errors.ts";
import type { FinishedCell, RunContext } from "../experiment.ts";
import type { EvaluateConfig, EvaluateResult } from "./config.ts";
import { blockFingerprint, samplesFor } from "./inputs.ts";

/** A model with the plan that it was opened for: cells in a row share both, and its sessions are made once. */
let last: { readonly model: OnnxClassifier; readonly plan: string; readonly evaluator: Evaluator } | undefined;

/** Seconds between two records of how far a block is. */
const recordEvery = 0.2;

/** Measures the samples of one block. */
export async function* runEvaluate(
  [config]: readonly [EvaluateConfig, ...EvaluateConfig[]],
  { openModel, openData, onEpoch, signal, threads, provider }: RunContext,
): AsyncGenerator<FinishedCell<EvaluateResult>> {
  if (!openModel || !openData) throw new SignflipError("SF_FILE", "a model and data are read from files, and there are none here");
  const began = performance.now();
  const engine = { ...(threads === undefined ? {} : { threads }), ...(provider === undefined ? {} : { provider }) };
  const model = await openModel(config.model.path, { ...config.model.options, ...engine });
  const { dataset, indices } = await samplesFor(model, config.data.source, config.data.options, openData);
  const [from, to] = [Math.min(config.from, dataset.n), Math.min(config.to, dataset.n)];
  const { fingerprint } = config.data;
  if (fingerprint !== undefined && blockFingerprint(dataset, indices, from, to) !== fingerprint)
    throw new SignflipError("SF_DATA", `${config.data.source} changed while its samples were measured; run it again`);
  const { attacks, ...measured } = config.measure.evaluate;
  const plan = planEvaluation(model, oracleOf(model), { ...measured, ...(attacks.length > 0 ? { attacks } : {}), seed: config.seed }, dataset.domain);
  const name = JSON.stringify(plan);
  if (last?.model !== model || last.plan !== name) {
    await last?.evaluator.dispose();
    last = { model, plan: name, evaluator: openEvaluator(model, plan, engine) };
  }
  let recorded = began;
  let epoch = 0;
  const progress = (share: number) => {
    const now = performance.now();
    if (now - recorded < 1000 * recordEvery) return;
    recorded = now;
    onEpoch?.({ epoch: ++epoch, share } as EvaluateResult["history"][number]);
  };
  const empty = { samples: [], attacks: [], points: new Float32Array(0) };
  const { samples, attacks: tallies, points } = from === to ? empty : await last.evaluator.measure(blockOf(dataset, from, to, indices), { signal, progress });
  yield {
    result: {
      config,
      row: {
        kind: "evaluate",
        seed: config.seed,
        seconds: (performance.now() - began) / 1000,
        n: samples.length,
        correct: samples.filter(({ label, prediction }) => label === prediction).length,
        samples,
        attacks: tallies,
        points: toBase64(points),
      },
      history: [],
    },
  };
}
