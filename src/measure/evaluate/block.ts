import { type Attackable, oracleOf } from "../../attack/oracle/index.ts";
import { predictionsOf } from "../../attack/oracle/oracle.ts";
import { checkFinite, checkSamples } from "../../attack/samples.ts";
import type { SearchName } from "../../attack/search/index.ts";
import { smallest } from "../../attack/search/smallest.ts";
import type { Classifier } from "../../model/classifier.ts";
import { flatBox } from "../../data/box.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { AttackTally, EvaluatedSample } from "../evaluation.ts";
import { fixedBudget } from "./fixed.ts";
import type { EvaluationPlan } from "./plan.ts";
import { type Block, type Standing, keep, pick } from "./standing.ts";

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
      checkSamples(oracle, block, plan.box && flatBox(plan.box, oracle, "evaluate: the bounds"));
      const logits = await oracle.logits(x);
      checkFinite(logits, `evaluate: a logit of ${oracle.name}`, oracle.classes);
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
      const phases = plan.attacks.length + plan.eps.length + (plan.fallback.length > 0 ? 1 : 0);
      let phase = 0;
      const done = () => progress?.(++phase / phases);
      for (const name of plan.attacks) {
        await search(standing, name, right, (share) => progress?.((phase + share) / phases));
        done();
      }
      // Where gradients say nothing, attacks that do not ask for them may.
      const blind = right.filter((i) => standing.samples[i]!.distance === null || standing.samples[i]!.zeroGradient);
      for (const name of plan.fallback) if (blind.length > 0) await search(standing, name, blind);
      for (const eps of plan.eps) {
        await fixedBudget(standing, eps, right);
        done();
      }
      progress?.(1);
      for (const tally of standing.attacks) tally.closest = standing.samples.filter(({ attack }) => attack === tally.name).length;
      return { samples: standing.samples, attacks: standing.attacks, points: standing.points, seconds: (performance.now() - began) / 1000 };
    },
    dispose: () => oracle.dispose(),
  };
}

/** Searches the smallest perturbation of some samples, and keeps what is nearer than what was known. */
async function search(standing: Standing, name: SearchName, places: readonly number[], progress?: (share: number) => void): Promise<void> {
  const { oracle, plan, samples, block, d, signal } = standing;
  if (places.length === 0) return;
  const began = performance.now();
  const { norm, seed, target, box } = plan;
  const found = await smallest(oracle, pick(block, places, d), {
    attack: name,
    norm,
    seed,
    ...(target === undefined ? {} : { target }),
    ...(box ? { box } : {}),
    signal,
    progress: (done, n) => progress?.(done / n),
  });
  const tally = { name, tried: places.length, changed: 0, closest: 0, forward: 0, backward: 0, seconds: 0 };
  for (const [k, i] of places.entries()) {
    const sample = samples[i]!;
    const [forward, backward] = [found.samples.forward[k]!, found.samples.backward[k]!];
    sample.forward += forward;
    sample.backward += backward;
    tally.forward += forward;
    tally.backward += backward;
    if (found.samples.zeroGradient[k]) sample.zeroGradient = true;
    if (!found.samples.success[k]) continue;
    const point = found.points.subarray(k * d, (k + 1) * d);
    if (await keep(standing, i, { attack: name, point, distance: found.samples.distance[k]!, prediction: found.samples.adversarialPrediction[k]! }))
      tally.changed++;
  }
  standing.attacks.push({ ...tally, seconds: (performance.now() - began) / 1000 });
}
