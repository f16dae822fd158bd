import { checkMemory } from "../runtime/memory.ts";
import { Session, dataOf } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { clipTo } from "./clip.ts";
import { type AttackConfig, type Resolved, resolve, usage } from "./config.ts";
import { attackGraph, extraInputs, parameterName, scoresGraph } from "./graph.ts";
import { type Samples, budgetsOf, checkFinite, checkSamples, column, labelTensor, matrix, slice } from "./samples.ts";
import { type Score, emptyScore, scoreOf, wrongClasses } from "./score.ts";
import { randomStarts } from "./start.ts";
import type { TargetShape } from "../model/classifier.ts";

/** Samples, and the weights under the names of the target's `parameterTypes`. */
export interface ScoreInput extends Samples {
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** Stops between two batches with SF_STOPPED. */
  readonly signal?: AbortSignal | undefined;
}

/** What one run of a prepared attack is given. */
export interface AttackInput extends ScoreInput {
  /** The budget: one for all samples, or one for each. */
  readonly eps: number | ArrayLike<number>;
  /**
   * Perturbations to begin with, `[n, d]`, in place of 0 or the first random start, for attacks with the option `randomStart`. They are
   * brought into budget and box first.
   */
  readonly start?: Float32Array;
}

/** The points an attack found, and how the model fares there. */
export interface Perturbed extends Score {
  /** `[n, d]`, each inside its budget and the box. */
  readonly points: Float32Array;
  /** Passes through the model for each sample, those of the verification included. */
  readonly forward: number;
  readonly backward: number;
}

/** An attack ready to run: one session for any samples, weights, budgets and step sizes. */
export interface PreparedAttack {
  readonly config: Resolved;
  /**
   * The worst points the attack finds: clipped, then verified by a forward pass of their own. Unlike `attack` it does
   * not ask how the model fares at x itself, which adversarial training need not know.
   */
  perturb(input: AttackInput): Promise<Perturbed>;
  /** How the model fares at the samples: one forward pass. */
  score(input: ScoreInput): Promise<Score>;
  dispose(): Promise<void>;
}

/** @throws SF_OPTION (usage) for a configuration that is not usable; SF_ENGINE where the engine refuses the graph. */
export async function prepareAttack(target: TargetShape, config: AttackConfig): Promise<PreparedAttack> {
  const resolved = resolve(target, config);
  const { name, rule, options, norm, box, seed, rows, restarts, engine } = resolved;
  const { d, classes } = target;
  const has = extraInputs(resolved);
  await checkMemory(`attack ${name}: batches of ${rows} on ${target.name}`, 4 * rows * target.numbersPerSample);
  const model = await Session.create(scoresGraph(target), engine);
  const session = await Session.create(attackGraph(target, resolved), engine).catch(async (cause: unknown) => {
    await model.dispose();
    throw cause;
  });

  /** Scores in the order of the samples; `first` is the number of the first. */
  const scoresAt = async (x: Float32Array, parameters: ScoreInput["parameters"], first: number): Promise<Float32Array> => {
    const scores = dataOf(await model.run({ ...weights(parameters), x: matrix(x, d) }), "scores", "float32");
    checkFinite(scores, `attack ${name}: a score of ${target.name}`, classes === 2 ? 1 : classes, first);
    return scores;
  };

  const score: PreparedAttack["score"] = async (input) => {
    checkSamples(target, input, undefined);
    const all = emptyScore(input.y.length);
    for (const { from, x, y } of batches(input, rows, d)) put(all, from, scoreOf(await scoresAt(x, input.parameters, from), y, classes));
    return all;
  };

  const perturb: PreparedAttack["perturb"] = async (input) => {
    checkSamples(target, input, box);
    const n = input.y.length;
    const { parameters, start } = input;
    const budgets = budgetsOf(input.eps, n);
    if (start && !has.start) throw usage(`attack ${name}: it always begins at x and takes no start`);
    if (start && start.length !== n * d) throw usage(`attack ${name}: start must have ${n} × ${d} numbers; got ${start.length}`);
    const points = new Float32Array(n * d);
    const best = emptyScore(n);
    const randomStart = randomStarts(norm, d, seed);
    // A targeted attack begins at x for each class it steers to.
    const fromX = options.randomStart === true ? 0 : has.aim ? classes - 1 : 1;
    for (const { from, x, y } of batches(input, rows, d)) {
      const eps = budgets.subarray(from, from + y.length);
      const fixed = {
        ...weights(parameters),
        x: matrix(x, d),
        y: labelTensor(y, classes),
        eps: column(eps),
        ...(has.stepSize
          ? { stepSize: column(options.stepSize === undefined ? eps.map((e) => e * rule.stepPerEps!(options)) : eps.map(() => options.stepSize!)) }
          : {}),
      };
      const before = has.aim ? await scoresAt(x, parameters, from) : undefined;
      for (let restart = 0; restart < restarts; restart++) {
        stopIf(input.signal, name);
        const begin =
          (restart === 0 ? start?.subarray(from * d, (from + y.length) * d) : undefined) ??
          (restart < fromX ? new Float32Array(x.length) : randomStart(restart, eps));
        const out = await session.run({
          ...fixed,
          ...(has.start ? { start: matrix(begin, d) } : {}),
          ...(before ? { aim: labelTensor(wrongClasses(before, y, classes, restart), classes) } : {}),
        });
        const delta = dataOf(out, "delta", "float32");
        checkFinite(delta, `attack ${name} on ${target.name}: a perturbation`, d, from);
        const clipped = new Float32Array(x.length);
        clipTo(norm, x, delta, eps, box, clipped);
        const verified = scoreOf(await scoresAt(clipped, parameters, from), y, classes);
        for (let i = 0; i < y.length; i++) {
          if (restart > 0 && verified.margin[i]! >= best.margin[from + i]!) continue;
          best.margin[from + i] = verified.margin[i]!;
          best.loss[from + i] = verified.loss[i]!;
          points.set(clipped.subarray(i * d, (i + 1) * d), (from + i) * d);
        }
      }
    }
    const once = rule.passes(options);
    return { points, ...best, forward: restarts * (once.forward + 1) + +has.aim, backward: restarts * once.backward };
  };

  return {
    config: resolved,
    perturb,
    score,
    async dispose() {
      await session.dispose();
      await model.dispose();
    },
  };
}

const weights = (parameters: ScoreInput["parameters"]) => Object.fromEntries(Object.entries(parameters).map(([name, value]) => [parameterName(name), value]));

function* batches({ x, y, signal }: ScoreInput, rows: number, d: number): Generator<{ from: number; x: Float32Array; y: number[] }> {
  // All of about one size, so that the last is not left with a few rows.
  const size = Math.ceil(y.length / Math.ceil(y.length / rows));
  for (let from = 0; from < y.length; from += size) {
    stopIf(signal, "batch");
    const to = Math.min(y.length, from + size);
    yield { from, x: x.subarray(from * d, to * d), y: slice(y, from, to) };
  }
}

function stopIf(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted) throw new SignflipError("SF_STOPPED", `attack ${name} was stopped`);
}

function put(all: Score, from: number, part: Score): void {
  all.margin.set(part.margin, from);
  all.loss.set(part.loss, from);
}
