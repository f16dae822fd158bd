import type { Points } from "../data/points.ts";
import { type Classifier, dimensionOf } from "../model/classifier.ts";
import { type AnyClassifier, classifierOf } from "../model/index.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { batches } from "../runtime/batches.ts";
import { checkMemory } from "../runtime/memory.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { type AttackConfig, type Resolved, resolve, usage } from "./config.ts";
import { type BatchOfSamples, type Perturbed, type Verification, nothingFound, settle } from "./findings.ts";
import { extraInputs } from "./graph.ts";
import { type FunctionPair, isFunctionPair } from "./oracle/functions.ts";
import { rowsOf } from "./path.ts";
import { budgetsOf, checkFinite, checkSamples, column, labelTensor, matrix, slice, targetsOf } from "./samples.ts";
import { type Score, emptyScore, scoreOf, wrongClasses } from "./score.ts";
import { randomStarts } from "./start.ts";
import { functionTarget, graphTarget } from "./target.ts";

/** Points, and the weights to attack. */
export interface ScoreInput extends Points {
  /** Weights, under the names of the model's `parameterTypes`. Default: the weights of the model that the attack was prepared for, if it has any. */
  readonly parameters?: Readonly<Record<string, Tensor>> | undefined;
  /** In a targeted attack, the class that samples are to be taken for: one for all, or one for each. */
  readonly target?: number | ArrayLike<number> | undefined;
  /** Stops between two runs of the engine with SF_STOPPED. */
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
  /** Which samples to attack, if not all: 0 leaves one out. What is found for the others stays the same, to the bit. */
  readonly only?: ArrayLike<number> | undefined;
}

/** An attack ready to run: one session for any samples, weights, budgets and step sizes. */
export interface PreparedAttack {
  readonly config: Resolved;
  /** What the model's own file says, if the model can ask that. */
  readonly predictOriginal?: Classifier["predictOriginal"];
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
 * @param model a classifier with or without weights, the two-layer network itself, or a pair of functions
 * @throws SF_OPTION, SF_NETWORK (usage) for a configuration or model that cannot be used; SF_ENGINE if the engine refuses the graph.
 */
export async function prepareAttack(model: AnyClassifier | TwoLayerNetwork | FunctionPair, config: AttackConfig): Promise<PreparedAttack> {
  const own = isFunctionPair(model) ? undefined : classifierOf(model);
  const shape = own ?? { ...(model as FunctionPair), numbersPerSample: 0 };
  const resolved = resolve(shape, config);
  const { name, rule, options, norm, box, seed, rows, runs, targeted, stopAtSuccess } = resolved;
  const { classes } = shape;
  const d = dimensionOf(shape);
  const has = extraInputs(resolved);
  await checkMemory(`attack ${name}: batches of ${rows} on ${shape.name}`, 4 * rows * shape.numbersPerSample);
  const target = own ? await graphTarget(own, resolved) : await functionTarget(model as FunctionPair, resolved);

  /** All batches of about one size, so that the last is not left with a few rows. */
  const batchesOf = function* ({ x, y, signal, target: aim }: ScoreInput, budgets: Float64Array): Generator<BatchOfSamples> {
    if (!targeted && aim !== undefined) throw usage("attack: target is for an attack that is prepared with targeted: true");
    const targets = targeted ? targetsOf(aim, shape, y.length) : undefined;
    const size = Math.ceil(y.length / Math.ceil(y.length / rows));
    for (const { from, to, rows: rowsFrom } of batches(y.length, size)) {
      stopIf(signal, name);
      yield { from, x: rowsFrom(x, d), y: slice(y, from, to), eps: budgets.subarray(from, to), targets: targets && slice(targets, from, to) };
    }
  };

  /** Scores of points of a batch. One row is computed by another kernel than many: if the batch has more, it is given twice. */
  const scoresAt = async (x: Tensor<"float32">, weights: Record<string, Tensor>, { from, y }: BatchOfSamples): Promise<Float32Array> => {
    const alone = x.shape[0] === 1 && y.length > 1;
    const scores = await target.scores(alone ? (rowsOf({ x }, [0, 0])["x"] as Tensor<"float32">) : x, weights);
    checkFinite(scores, `attack ${name}: a score of ${shape.name}`, classes === 2 ? 1 : classes, from);
    return alone ? scores.subarray(0, scores.length / 2) : scores;
  };

  const score: PreparedAttack["score"] = async (input) => {
    checkSamples(shape, input, undefined);
    const all = emptyScore(input.y.length);
    const weights = target.weights(input.parameters);
    for (const batch of batchesOf(input, new Float64Array(0))) {
      const { margin, loss, prediction } = scoreOf(await scoresAt(batch.x, weights, batch), batch.y, classes, batch.targets);
      all.margin.set(margin, batch.from);
      all.loss.set(loss, batch.from);
      all.prediction.set(prediction, batch.from);
    }
    return all;
  };

  const perturb: PreparedAttack["perturb"] = async (input) => {
    checkSamples(shape, input, box);
    const n = input.y.length;
    const { start, only, signal } = input;
    const budgets = budgetsOf(input.eps, n, { norm, box, d });
    if (start && !has.start) throw usage(`attack ${name}: it always begins at x and takes no start`);
    if (start && start.length !== n * d) throw usage(`attack ${name}: start must have ${n} × ${d} numbers; got ${start.length}`);
    if (only && only.length !== n) throw usage(`attack ${name}: only must have ${n} numbers, one for each sample; got ${only.length}`);
    const weights = target.weights(input.parameters);
    const verification: Verification = { norm, box, classes, scores: (points, batch) => scoresAt(points, weights, batch) };
    const found = nothingFound(input.x, n);
    const randomStart = randomStarts(norm, d, seed);
    // An attack that steers to one class after the other begins at x for each of them.
    const fromX = options.randomStart === true ? 0 : has.aim && !targeted ? classes - 1 : 1;

    for (const batch of batchesOf(input, budgets)) {
      const { from, x, y, eps, targets } = batch;
      const to = from + y.length;
      const before = has.aim && !targets ? await scoresAt(x, weights, batch) : undefined;
      let left = Array.from(y.keys()).filter((row) => !only || only[from + row] !== 0);
      for (const row of left) [found.zeroGradient[from + row], found.forward[from + row]] = [1, +(before !== undefined)];
      for (let run = 0; run < runs; run++) {
        stopIf(signal, name);
        const begin = (run === 0 ? start?.subarray(from * d, to * d) : undefined) ?? (run < fromX ? new Float32Array(x.data.length) : randomStart(run, eps));
        if (left.length === 0) continue;
        const aim = targets ?? (before && wrongClasses(before, y, classes, run));
        const all = {
          x,
          y: labelTensor(y, classes),
          eps: column(eps),
          ...(has.stepSize ? { stepSize: column(eps.map((e) => options.stepSize ?? e * rule.stepPerEps!(options))) } : {}),
          ...(has.start ? { start: matrix(begin, d) } : {}),
          ...(aim ? { aim: labelTensor(aim, classes) } : {}),
        };
        const here = left;
        const broken = new Set<number>();
        const verify = async (rows: readonly number[], delta: Float32Array) => {
          checkFinite(delta, `attack ${name} on ${shape.name}: a perturbation`, d, from);
          const success = await settle(found, batch, rows, delta, verification);
          for (const [k, row] of rows.entries()) if (success[k]) broken.add(row);
          return success;
        };
        const way = await target.path.run(
          { rows: here.length === y.length ? all : rowsOf(all, here), weights },
          {
            check: () => stopIf(signal, name),
            pair: y.length > 1,
            ...(stopAtSuccess
              ? {
                  leave: (some: readonly number[], delta: Float32Array) =>
                    verify(
                      some.map((k) => here[k]!),
                      delta,
                    ),
                }
              : {}),
          },
        );
        here.forEach((row, k) => {
          if (way.gradient[k]) found.zeroGradient[from + row] = 0;
          found.forward[from + row]! += way.forward[k]!;
          found.backward[from + row]! += way.backward[k]!;
        });
        const last = here.flatMap((_, k) => (way.left[k] ? [] : [k]));
        if (last.length > 0)
          await verify(
            last.map((k) => here[k]!),
            last.length === here.length ? way.delta : (rowsOf({ delta: matrix(way.delta, d) }, last)["delta"]!.data as Float32Array),
          );
        if (stopAtSuccess) left = left.filter((row) => !broken.has(row));
      }
    }
    return found;
  };

  return {
    config: resolved,
    ...(own?.predictOriginal ? { predictOriginal: own.predictOriginal.bind(own) } : {}),
    perturb,
    score,
    dispose: () => target.dispose(),
  };
}

function stopIf(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted) throw new SignflipError("SF_STOPPED", `attack ${name} was stopped`);
}
