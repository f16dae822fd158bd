import type { Attackable } from "../../attack/oracle/index.ts";
import type { Oracle } from "../../attack/oracle/oracle.ts";
import type { Points } from "../../data/points.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import type { AttackTally, EvaluatedSample } from "../evaluation.ts";
import type { EvaluationPlan } from "./plan.ts";

/** Samples that are measured together. */
export interface Block extends Points {
  /** Their places in the dataset, `[n]`. */
  readonly indices: ArrayLike<number>;
  readonly ids?: readonly string[] | undefined;
}

/** What is known of the samples of a block while attacks go on. */
export interface Standing {
  readonly model: Attackable;
  readonly oracle: Oracle;
  readonly plan: EvaluationPlan;
  readonly engine: EngineOptions;
  readonly block: Block;
  readonly d: number;
  readonly samples: { -readonly [K in keyof EvaluatedSample]: EvaluatedSample[K] }[];
  readonly points: Float32Array;
  readonly attacks: { -readonly [K in keyof AttackTally]: AttackTally[K] }[];
  readonly signal: AbortSignal | undefined;
  /** What the model's own file says of a point; its prediction here where the model is from no file. */
  original(point: Float32Array): Promise<number | undefined>;
}

export interface Nearer {
  readonly attack: string;
  readonly point: Float32Array;
  readonly distance: number;
  readonly prediction: number;
}

/**
 * Keeps an adversarial point if it is nearer than what was known.
 * @returns false where the model's own file does not confirm it
 */
export async function keep({ samples, points, plan, d, original }: Standing, i: number, { attack, point, distance, prediction }: Nearer): Promise<boolean> {
  const sample = samples[i]!;
  const said = (await original(point)) ?? prediction;
  if (said === sample.label || (plan.target !== undefined && said !== plan.target)) {
    sample.unconfirmed++;
    return false;
  }
  if (sample.distance !== null && sample.distance <= distance) return true;
  if (distance === 0) {
    // The sample itself, which is only within rounding of being right.
    [sample.distance, sample.attack, sample.prediction] = [0, null, said];
    return true;
  }
  points.set(point, i * d);
  [sample.distance, sample.attack, sample.adversarialPrediction] = [distance, attack, said];
  return true;
}
