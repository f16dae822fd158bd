import type { Points } from "../data/points.ts";
import type { AttackConfig } from "./config.ts";
import { type AttackResult, refuted, resultOf } from "./result.ts";
import { isBroken } from "./score.ts";
import type { Attackable } from "./oracle/index.ts";
import { type AttackInput, type PreparedAttack, prepareAttack } from "./prepare.ts";

/** The arguments of one call of `attack`: an attack by name, its options, and a budget. */
export type AttackCall = AttackConfig & Pick<AttackInput, "eps" | "start" | "target" | "signal">;

/**
 * Attacks a model once. To attack again with other weights, samples or budgets, use `prepareAttack`, which makes the session only once.
 * @throws SF_OPTION, SF_NETWORK (usage) if options, samples and model do not fit together; SF_DIVERGED if a score is
 * not finite; SF_STOPPED.
 */
export async function attack(model: Attackable, points: Points, call: AttackCall): Promise<AttackResult> {
  const { eps, start, target, signal, ...config } = call;
  const prepared = await prepareAttack(model, { ...(target === undefined ? {} : { targeted: true }), ...config } as AttackConfig);
  try {
    return await runAttack(prepared, { x: points.x, y: points.y, eps, target, ...(start ? { start } : {}), signal });
  } finally {
    await prepared.dispose();
  }
}

/** Runs a prepared attack and reports how the model does on the samples before and after it. */
export async function runAttack(prepared: PreparedAttack, input: AttackInput): Promise<AttackResult> {
  const { targeted, stopAtSuccess } = prepared.config;
  const before = await prepared.score(input);
  const { x, y } = input;
  // With early leaving, what is broken already does not even come in.
  const only = stopAtSuccess ? before.margin.map((margin, i) => +(!isBroken(margin, targeted) && input.only?.[i] !== 0)) : input.only;
  const found = await prepared.perturb(only ? { ...input, only } : input);
  const { points, margin, loss, prediction } = found;
  const d = x.length / y.length;
  for (let i = 0; i < y.length; i++) {
    if (margin[i]! < before.margin[i]!) continue;
    points.set(x.subarray(i * d, (i + 1) * d), i * d);
    [margin[i], loss[i], prediction[i]] = [before.margin[i]!, before.loss[i]!, before.prediction[i]!];
  }
  const broken = Uint8Array.from(margin, (value) => +isBroken(value, targeted));
  return resultOf(prepared.config, input, before, found, await refuted(prepared, input, points, broken));
}
