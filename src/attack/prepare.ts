import { Session, dataOf } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { type AttackConfig, resolve } from "./config.ts";
import { clipTo } from "./clip.ts";
import { attackGraph, extraInputs, parameterName, scoresGraph } from "./graph.ts";
import { type Samples, checkSamples, labelTensor } from "./samples.ts";
import { type Score, scoreOf } from "./score.ts";
import { startsOf } from "./start.ts";
import type { TargetShape } from "./target.ts";

/** What one run of a prepared attack is given. */
export interface AttackInput extends Samples {
  /** The weights, under the names of the target's `parameterTypes`. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** The budget: one for all samples, or one for each. */
  readonly eps: number | ArrayLike<number>;
  /**
   * Perturbations to begin with, `[n, d]`, in place of 0 or the first random start; brought into budget and box first. For attacks
   * with the option `randomStart`.
   */
  readonly start?: Float32Array;
  /** Stops between two batches with SF_STOPPED. */
  readonly signal?: AbortSignal;
}

/** What `perturb` gives: the points, and how the model fares there. */
export interface Perturbed extends Score {
  /** The perturbed points, `[n, d]`, each inside its budget and the box. */
  readonly points: Float32Array;
  /** Passes through the model spent on each sample, those of the verification included. */
  readonly forward: number;
  readonly backward: number;
}

/** An attack ready to run: one session for any samples, weights, budgets and step sizes. */
export interface PreparedAttack {
  readonly config: ReturnType<typeof resolve>;
  /**
   * The worst points the attack finds, clipped and then verified by a forward pass of their own. Unlike `attack`
   * it does not ask how the model fares at x: what adversarial training wants.
   */
  perturb(input: AttackInput): Promise<Perturbed>;
  /** The scores at unperturbed points: one forward pass. */
  score(input: Omit<AttackInput, "eps" | "start">): Promise<Score>;
  dispose(): Promise<void>;
}

/** @throws SF_OPTION (usage) for a configuration that is not usable; SF_ENGINE where the engine refuses the graph. */
export async function prepareAttack(target: TargetShape, config: AttackConfig): Promise<PreparedAttack> {
  const resolved = resolve(target, config);
  const { name, rule, options, norm, box, loss, seed, rows, restarts, engine } = resolved;
  const { d, classes } = target;
  const has = extraInputs(resolved);
  const scores = await Session.create(scoresGraph(target), engine);
  const session = await Session.create(attackGraph(target, resolved), engine).catch(async (cause: unknown) => {
    await scores.dispose();
    throw cause;
  });

  const weights = (parameters: AttackInput["parameters"]) => Object.fromEntries(Object.entries(parameters).map(([key, value]) => [parameterName(key), value]));
  const scoreAt = async (x: Float32Array, y: ArrayLike<number>, parameters: AttackInput["parameters"]) =>
    scoreOf(dataOf(await scores.run({ ...weights(parameters), x: matrix(x, d) }), "scores", "float32"), y, classes);

  const score: PreparedAttack["score"] = async ({ x, y, parameters, signal }) => {
    const n = checkSamples(target, { x, y }, undefined);
    const all = emptyScore(n);
    for (let from = 0; from < n; from += rows) {
      stopIf(signal);
      const to = Math.min(n, from + rows);
      const part = await scoreAt(x.subarray(from * d, to * d), slice(y, from, to), parameters);
      all.margin.set(part.margin, from);
      all.loss.set(part.loss, from);
    }
    checkFinite(all.margin, `attack ${name}: the scores of ${target.name}`);
    return all;
  };

  const perturb: PreparedAttack["perturb"] = async ({ x, y, eps, parameters, start, signal }) => {
    const n = checkSamples(target, { x, y }, box);
    const budgets = budgetsOf(eps, n);
    if (start && !has.start) throw new SignflipError("SF_OPTION", `attack ${name}: it always begins at x; it takes no start`, { usage: true });
    if (start && start.length !== n * d) throw new SignflipError("SF_OPTION", `attack ${name}: start needs ${n} × ${d} numbers; got ${start.length}`, { usage: true });
    const points = new Float32Array(n * d);
    const best = emptyScore(n);
    best.margin.fill(Infinity);
    const startOf = startsOf({ norm, seed, random: options.randomStart === true, d });
    for (let from = 0; from < n; from += rows) {
      const to = Math.min(n, from + rows);
      const own = slice(y, from, to);
      const at = x.subarray(from * d, to * d);
      const budget = budgets.subarray(from, to);
      const aims = has.aim ? await aimsOf(at, own, parameters) : undefined;
      for (let restart = 0; restart < restarts; restart++) {
        stopIf(signal);
        const given = restart === 0 ? start?.subarray(from * d, to * d) : undefined;
        const out = await session.run({
          ...weights(parameters),
          x: matrix(at, d),
          y: labelTensor(own, classes),
          eps: column(budget),
          ...(has.stepSize ? { stepSize: column(stepSizes(budget)) } : {}),
          ...(has.start ? { start: matrix(inside(at, given ?? startOf(restart, budget), budget), d) } : {}),
          ...(aims ? { aim: labelTensor(aims(restart), classes) } : {}),
        });
        const clipped = new Float32Array(at.length);
        const delta = dataOf(out, "delta", "float32");
        checkFinite(delta, `attack ${name}: the perturbation from ${target.name}`, d, from);
        clipTo(norm, at, delta, budget, box, clipped);
        const verified = await scoreAt(clipped, own, parameters);
        checkFinite(verified.margin, `attack ${name}: the scores of ${target.name}`, 1, from);
        for (let i = 0; i < own.length; i++) {
          if (restart > 0 && !(verified.margin[i]! < best.margin[from + i]!)) continue;
          best.margin[from + i] = verified.margin[i]!;
          best.loss[from + i] = verified.loss[i]!;
          points.set(clipped.subarray(i * d, (i + 1) * d), (from + i) * d);
        }
      }
    }
    const once = rule.passes(options);
    return { points, ...best, forward: restarts * (once.forward + 1) + (has.aim ? 1 : 0), backward: restarts * once.backward };
  };

  return {
    config: resolved,
    perturb,
    score,
    async dispose() {
      await session.dispose();
      await scores.dispose();
    },
  };
}
