import { type Attackable, oracleOf } from "../../attack/oracle/index.ts";
import { type Oracle, predictionsOf } from "../../attack/oracle/oracle.ts";
import { checkFinite, checkSamples } from "../../attack/samples.ts";
import { smallestEnsemble } from "../../attack/search/ensemble.ts";
import type { Classifier } from "../../model/classifier.ts";
import { flatBox } from "../../data/box.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { pointsAt } from "../../data/points.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import type { AttackTally, EvaluatedSample } from "../evaluation.ts";
import { fixedBudget } from "./fixed.ts";
import type { EvaluationPlan } from "./plan.ts";
import { type Block, type Standing, keep } from "./standing.ts";

/** What was found for a block. */
export interface MeasuredBlock {
  readonly samples: readonly EvaluatedSample[];
  readonly attacks: readonly AttackTally[];
  /** The nearest adversarial inputs, `[n, d]`; the sample itself where there is none. */
  readonly points: Float32Array;
  readonly seconds: number;
}

export interface BlockHooks {
  readonly signal?: AbortSignal | undefined;
  /** The share of the block's work that is done, from 0 to 1. */
  readonly progress?: ((share: number) => void) | undefined;
}

/** A model ready to be measured on any samples; its sessions are made once. */
export interface Evaluator {
  measure(block: Block, hooks?: BlockHooks): Promise<MeasuredBlock>;
  dispose(): Promise<void>;
}

export function openEvaluator(model: Attackable, plan: EvaluationPlan, engine: EngineOptions = {}): Evaluator {
  const oracle = oracleOf(model, engine);
  const d = sizeOf(oracle.inputShape);
  const predict = "scores" in model ? (model as Classifier).predictOriginal?.bind(model) : undefined;
  return {
    async measure(block, { signal, progress } = {}) {
      const began = performance.now();
      const { x, y, indices, ids } = block;
      checkSamples(oracle, block, plan.box && flatBox(plan.box, oracle, "evaluate: the bounds"), "evaluate");
      const logits = await oracle.logits(x);
      checkFinite(logits, `evaluate: a logit of ${oracle.name}`, oracle.classes);
      await checkVaries(oracle, block, logits);
      const predictions = predictionsOf(logits, oracle.classes);
      const standing: Standing = {
        model,
        oracle,
        plan,
        engine,
        block,
        d,
        points: x.slice(),
        attacks: [],
        signal,
        original: async (point) => (predict ? (await predict(point))[0]?.class : undefined),
        samples: Array.from({ length: y.length }, (_, i) => ({
          index: indices[i]!,
          ...(ids ? { id: ids[i]! } : {}),
          label: y[i]!,
          prediction: predictions[i]!,
          distance: predictions[i] === y[i] ? null : 0,
          attack: null,
          adversarialPrediction: null,
          forward: 1,
          backward: 0,
          zeroGradient: false,
          unconfirmed: 0,
        })),
      };
      const right = Array.from(predictions.keys()).filter((i) => predictions[i] === y[i] && y[i] !== plan.target);
      const phases = plan.attacks.length + plan.eps.length;
      await searchAll(standing, right, (done) => progress?.(done / phases));
      for (const [k, eps] of plan.eps.entries()) {
        await fixedBudget(standing, eps, right);
        progress?.((plan.attacks.length + k + 1) / phases);
      }
      progress?.(1);
      for (const tally of standing.attacks) tally.closest = standing.samples.filter(({ attack }) => attack === tally.name).length;
      return { samples: standing.samples, attacks: standing.attacks, points: standing.points, seconds: (performance.now() - began) / 1000 };
    },
    dispose: () => oracle.dispose(),
  };
}

/** @throws SF_NETWORK (usage) where different samples all have the same scores, and none has a gradient: then nothing can be learned from attacks */
async function checkVaries(oracle: Oracle, { x, y }: Block, logits: Float32Array): Promise<void> {
  const [n, d] = [y.length, sizeOf(oracle.inputShape)];
  const isRepeated = (values: Float32Array, size: number) => values.every((value, i) => value === values[i % size]);
  if (n < 2 || isRepeated(x, d) || !isRepeated(logits, oracle.classes)) return;
  if (oracle.hasGradient && (await oracle.margin(x, y)).gradient.some((slope) => slope !== 0)) return;
  throw new SignflipError("SF_NETWORK", `evaluate: ${oracle.name} is constant: it gives ${n} different samples the very same scores`, { usage: true });
}

/** Searches the smallest perturbation of some samples. @param progress is told how many searches are done, and which part of the one under way */
async function searchAll(standing: Standing, places: readonly number[], progress: (done: number) => void): Promise<void> {
  const { oracle, plan, samples, block, d, signal } = standing;
  if (places.length === 0) return;
  const { norm, seed, target, box, attacks, fallback } = plan;
  const { foundBy, searches, ...found } = await smallestEnsemble(oracle, pointsAt(block, places, d), {
    norm,
    seed,
    ...(fallback ? {} : { attacks }),
    ...(target === undefined ? {} : { target }),
    ...(box ? { box } : {}),
    signal,
    progress: (name, done, n) => attacks.includes(name) && progress(attacks.indexOf(name) + done / n),
  });
  for (const [k, i] of places.entries()) {
    const sample = samples[i]!;
    sample.forward += found.samples.forward[k]!;
    sample.backward += found.samples.backward[k]!;
    sample.zeroGradient = found.samples.zeroGradient[k] === 1;
    if (!found.samples.success[k]) continue;
    const point = found.points.subarray(k * d, (k + 1) * d);
    const [distance, prediction] = [found.samples.distance[k]!, found.samples.adversarialPrediction[k]!];
    await keep(standing, i, { attack: foundBy[k] ?? attacks[0]!, point, distance, prediction });
  }
  for (const { attack: name, tried, found: changed, forward, backward, seconds } of searches)
    standing.attacks.push({ name, tried, changed, closest: 0, forward, backward, seconds });
}
