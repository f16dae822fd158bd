import type { Points } from "../data/points.ts";
import { dimensionOf } from "../model/classifier.ts";
import { type AnyClassifier, classifierOf } from "../model/index.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { type Batch, batches } from "../runtime/batches.ts";
import { checkMemory } from "../runtime/memory.ts";
import { Session, dataOf } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { clipTo } from "./clip.ts";
import { type AttackConfig, type Resolved, resolve, usage } from "./config.ts";
import { attackGraph, extraInputs, parameterName, scoresGraph } from "./graph.ts";
import { budgetsOf, checkFinite, checkSamples, column, labelTensor, matrix, slice } from "./samples.ts";
import { type Score, emptyScore, scoreOf, wrongClasses } from "./score.ts";
import { randomStarts } from "./start.ts";

/** Points, and the weights to attack. */
export interface ScoreInput extends Points {
  /** Weights, under the names of the model's `parameterTypes`. Default: the weights of the model that the attack was prepared for, if it has any. */
  readonly parameters?: Readonly<Record<string, Tensor>> | undefined;
  /** Stops between two batches with SF_STOPPED. */
  readonly signal?: AbortSignal | undefined;
}

/** The arguments of one run of a prepared attack. */
export interface AttackInput extends ScoreInput {
  /** The budget: one number for all samples, or one for each. */
  readonly eps: number | ArrayLike<number>;
  /**
   * Perturbations to start from, `[n, d]`, instead of 0 or the first random start, for attacks with the option `randomStart`. They are
   * brought into budget and box first.
   */
  readonly start?: Float32Array;
}

/** The points an attack found, and how the model does on them. */
export interface Perturbed extends Score {
  /** `[n, d]`, each inside its budget and the box. */
  readonly points: Float32Array;
  /** Passes through the model for each sample, including the verification. */
  readonly forward: number;
  readonly backward: number;
}

/** An attack ready to run: one session for any samples, weights, budgets and step sizes. */
export interface PreparedAttack {
  readonly config: Resolved;
  /**
   * The worst points the attack finds, clipped and then verified by a separate forward pass. Unlike `attack`, it does
   * not evaluate the model at x itself, which adversarial training does not need.
   */
  perturb(input: AttackInput): Promise<Perturbed>;
  /** How the model does on the samples themselves: one forward pass. */
  score(input: ScoreInput): Promise<Score>;
  dispose(): Promise<void>;
}

/**
 * @param model a classifier with or without weights, or the two-layer network itself
 * @throws SF_OPTION, SF_NETWORK (usage) for a configuration or model that cannot be used; SF_ENGINE if the engine refuses the graph.
 */
export async function prepareAttack(model: AnyClassifier | TwoLayerNetwork, config: AttackConfig): Promise<PreparedAttack> {
  const shape = classifierOf(model);
  const resolved = resolve(shape, config);
  const { name, rule, options, norm, box, seed, rows, restarts, engine } = resolved;
  const { classes } = shape;
  const d = dimensionOf(shape);
  const has = extraInputs(resolved);
  await checkMemory(`attack ${name}: batches of ${rows} on ${shape.name}`, 4 * rows * shape.numbersPerSample);
  const scoring = await Session.create(scoresGraph(shape), engine);
  const session = await Session.create(attackGraph(shape, resolved), engine).catch(async (cause: unknown) => {
    await scoring.dispose();
    throw cause;
  });

  /** The weights as feeds of a graph. */
  const weightsOf = ({ parameters = shape.parameters }: ScoreInput): Record<string, Tensor> => {
    const names = Object.keys(shape.parameterTypes);
    if (!parameters && names.length > 0) throw usage(`attack ${name}: ${shape.name} was given without weights; expected parameters with ${names.join(", ")}`);
    return Object.fromEntries(Object.entries(parameters ?? {}).map(([key, value]) => [parameterName(key), value]));
  };

  /** All batches of about one size, so that the last is not left with a few rows. */
  const batchesOf = function* ({ x, y, signal }: ScoreInput): Generator<Batch & { readonly x: Tensor<"float32">; readonly y: number[] }> {
    const size = Math.ceil(y.length / Math.ceil(y.length / rows));
    for (const batch of batches(y.length, size)) {
      stopIf(signal, name);
      yield { ...batch, x: batch.rows(x, d), y: slice(y, batch.from, batch.to) };
    }
  };

  /** Scores in the order of the samples; `first` is the number of the first. */
  const scoresAt = async (x: Tensor<"float32">, weights: Record<string, Tensor>, first: number): Promise<Float32Array> => {
    const scores = dataOf(await scoring.run({ ...weights, x }), "scores", "float32");
    checkFinite(scores, `attack ${name}: a score of ${shape.name}`, classes === 2 ? 1 : classes, first);
    return scores;
  };

  const score: PreparedAttack["score"] = async (input) => {
    checkSamples(shape, input, undefined);
    const all = emptyScore(input.y.length);
    const weights = weightsOf(input);
    for (const { from, x, y } of batchesOf(input)) put(all, from, scoreOf(await scoresAt(x, weights, from), y, classes));
    return all;
  };

  const perturb: PreparedAttack["perturb"] = async (input) => {
    checkSamples(shape, input, box);
    const n = input.y.length;
    const { start } = input;
    const weights = weightsOf(input);
    const budgets = budgetsOf(input.eps, n);
    if (start && !has.start) throw usage(`attack ${name}: it always begins at x and takes no start`);
    if (start && start.length !== n * d) throw usage(`attack ${name}: start must have ${n} × ${d} numbers; got ${start.length}`);
    const points = new Float32Array(n * d);
    const best = emptyScore(n);
    const randomStart = randomStarts(norm, d, seed);
    // A targeted attack begins at x for each class it steers to.
    const fromX = options.randomStart === true ? 0 : has.aim ? classes - 1 : 1;
    for (const { from, to, x, y } of batchesOf(input)) {
      const eps = budgets.subarray(from, to);
      const fixed = {
        ...weights,
        x,
        y: labelTensor(y, classes),
        eps: column(eps),
        ...(has.stepSize
          ? { stepSize: column(options.stepSize === undefined ? eps.map((e) => e * rule.stepPerEps!(options)) : eps.map(() => options.stepSize!)) }
          : {}),
      };
      const before = has.aim ? await scoresAt(x, weights, from) : undefined;
      for (let restart = 0; restart < restarts; restart++) {
        stopIf(input.signal, name);
        const begin =
          (restart === 0 ? start?.subarray(from * d, to * d) : undefined) ?? (restart < fromX ? new Float32Array(x.data.length) : randomStart(restart, eps));
        const out = await session.run({
          ...fixed,
          ...(has.start ? { start: matrix(begin, d) } : {}),
          ...(before ? { aim: labelTensor(wrongClasses(before, y, classes, restart), classes) } : {}),
        });
        const delta = dataOf(out, "delta", "float32");
        checkFinite(delta, `attack ${name} on ${shape.name}: a perturbation`, d, from);
        const clipped = new Float32Array(x.data.length);
        clipTo(norm, x.data, delta, eps, box, clipped);
        const verified = scoreOf(await scoresAt(matrix(clipped, d), weights, from), y, classes);
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
      await scoring.dispose();
    },
  };
}

function stopIf(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted) throw new SignflipError("SF_STOPPED", `attack ${name} was stopped`);
}

function put(all: Score, from: number, part: Score): void {
  all.margin.set(part.margin, from);
  all.loss.set(part.loss, from);
}
