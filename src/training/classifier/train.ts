import { parameterName, scoresGraph } from "../../attack/graph.ts";
import { column, labelTensor, matrix } from "../../attack/samples.ts";
import { scoreOf } from "../../attack/score.ts";
import { randomStarts } from "../../attack/start.ts";
import { type Points, checkPoints } from "../../data/points.ts";
import { type Classifier, dimensionOf } from "../../model/classifier.ts";
import { checkMemory } from "../../runtime/memory.ts";
import { Session, dataOf, numberOf } from "../../runtime/session.ts";
import { type Tensor, sizeOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { random } from "../../util/random.ts";
import { timed } from "../../util/timing.ts";
import { scalar } from "../feeds.ts";
import { optimizers } from "../optimizers/index.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { batchesOf, checkAugmentation } from "./batches.ts";
import { trainingMethods } from "./index.ts";
import { type ClassifierRecord, type ClassifierTrainingOptions, type Plan, planOf } from "./plan.ts";
import { schedules } from "./schedule.ts";
import { afterName, slotName, stepGraph } from "./step-graph.ts";

export interface ClassifierTraining {
  /** The model with its trained weights, as inputs of its graph; `saveClassifier` makes a file of it. */
  readonly model: Classifier;
  readonly history: readonly ClassifierRecord[];
}

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Trains any classifier whose graph has gradients by minibatch descent on cross-entropy (the logistic loss for 2 classes): of the samples as they are, of
 * perturbed ones, or with TRADES. A model that holds its weights as constants, such as one from a file, is made `trainable` first.
 * @throws SF_OPTION, SF_NETWORK (usage); SF_GRADIENT where an operator has no gradient; SF_MEMORY; SF_DIVERGED; SF_STOPPED
 */
export async function trainClassifier(model: Classifier, train: Points, options: ClassifierTrainingOptions = {}): Promise<ClassifierTraining> {
  return timed("training", () => trainAll(planOf(model, options), train, options));
}

async function trainAll(plan: Plan, train: Points, { test, augment, onEpoch, onStep, signal }: ClassifierTrainingOptions): Promise<ClassifierTraining> {
  const { model, trained, batch, epochs, seed, optimizerOptions } = plan;
  for (const part of test ? [train, test] : [train]) checkPoints("training", model, part);
  if (augment) checkAugmentation(model, augment);
  const rows = Math.min(batch, train.y.length);
  await checkMemory(`training: minibatches of ${rows} samples of ${model.name}`, 4 * rows * (model.numbersPerSample + dimensionOf(model)));
  const optimizer: Optimizer = optimizers[plan.optimizer];
  const feedsOf = searchFeeds(plan);
  const steps = epochs * Math.ceil(train.y.length / batch);

  let parameters: Tensors = model.parameters;
  let slots: Tensors = Object.fromEntries(
    trained.flatMap((name) => optimizer.slots.map((slot) => [slotName(slot, name), zerosLike(parameters[name]!)] as const)),
  );
  const history: ClassifierRecord[] = [];
  let step = 0;
  const session = await Session.create(stepGraph(plan), plan.engine);
  let scores: Session | undefined;
  try {
    scores = test && (await Session.create(scoresGraph(model), plan.engine));
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const began = performance.now();
      const sums = { loss: 0, right: 0, rightPerturbed: 0 };
      for (const { x, y } of batchesOf(train, model, { batch, seed, epoch, augment })) {
        if (signal?.aborted) throw new SignflipError("SF_STOPPED", `training stopped after ${step} of ${steps} steps`);
        const scalars = optimizer.scalars?.(step + 1, optimizerOptions) ?? {};
        const out = await session.run({
          x: matrix(x, dimensionOf(model)),
          y: labelTensor(y, model.classes),
          lr: scalar(plan.lr * schedules[plan.schedule](step / steps)),
          ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, scalar(value)])),
          ...weightFeeds(parameters),
          ...slots,
          ...feedsOf(y.length),
        });
        const loss = numberOf(out, "loss");
        if (!Number.isFinite(loss)) throw diverged(plan, epoch, step);
        parameters = { ...parameters, ...Object.fromEntries(trained.map((name) => [name, out[afterName(name)]!])) };
        slots = Object.fromEntries(Object.keys(slots).map((name) => [name, out[afterName(name)]!]));
        sums.loss += loss * y.length;
        for (const name of ["right", "rightPerturbed"] as const) if (out[name]) sums[name] += numberOf(out, name);
        step++;
        onStep?.({ epoch, step, steps, loss });
      }
      if (!trained.every((name) => isFinite(parameters[name]!))) throw diverged(plan, epoch, step);
      const n = train.y.length;
      const { start } = trainingMethods[plan.method];
      const record: ClassifierRecord = {
        epoch,
        loss: sums.loss / n,
        ...(plan.method === "adversarial" ? {} : { trainAccuracy: sums.right / n }),
        ...(start === "none" ? {} : { robustTrainAccuracy: sums.rightPerturbed / n }),
        ...(test && scores ? { testAccuracy: await accuracy(scores, model, parameters, test) } : {}),
        seconds: (performance.now() - began) / 1000,
      };
      history.push(record);
      onEpoch?.(record);
    }
    return { model: { ...withoutFile(model), parameters }, history };
  } finally {
    await session.dispose();
    await scores?.dispose();
  }
}

/** What the file and the rays of the model said no longer holds. */
function withoutFile(model: Classifier): Classifier {
  const { predictOriginal: _, visitRays: __, ...rest } = model;
  return rest;
}

const weightFeeds = (parameters: Tensors): Tensors => Object.fromEntries(Object.entries(parameters).map(([name, tensor]) => [parameterName(name), tensor]));

const zerosLike = ({ shape }: Tensor): Tensor => ({ element: "float32", shape, data: new Float32Array(sizeOf(shape)) });

const isFinite = ({ data }: Tensor) => (data as Float32Array).every((value) => Number.isFinite(value));

const diverged = ({ model, lr }: Plan, epoch: number, step: number) =>
  new SignflipError("SF_DIVERGED", `training of ${model.name} diverged in epoch ${epoch}, near step ${step + 1} (lr ${lr}); try a smaller learning rate`);

/** What a search begins with, for a minibatch of so many rows: streams that are read in the order of the samples. */
function searchFeeds({ model, method, norm, eps, stepSize, seed }: Plan): (rows: number) => Tensors {
  const { start } = trainingMethods[method];
  if (start === "none") return () => ({});
  const d = dimensionOf(model);
  const inBall = randomStarts(norm, d, seed);
  const stream = random(seed, "training", "start");
  const all = (rows: number, value: number) => column(Float32Array.from({ length: rows }, () => value));
  return (rows) => {
    const begin = start === "ball" ? inBall(0, new Float64Array(rows).fill(eps)) : stream.fillNormal(new Float32Array(rows * d)).map((value) => value * 1e-3);
    return { eps: all(rows, eps), stepSize: all(rows, stepSize), start: matrix(begin, d) };
  };
}

/** Samples in a run that only computes scores. */
const scoredAtOnce = 256;

async function accuracy(session: Session, model: Classifier, parameters: Tensors, { x, y }: Points): Promise<number> {
  const d = dimensionOf(model);
  let right = 0;
  for (let from = 0; from < y.length; from += scoredAtOnce) {
    const labels = Array.from({ length: Math.min(scoredAtOnce, y.length - from) }, (_, i) => y[from + i]!);
    const out = await session.run({ x: matrix(x.subarray(from * d, (from + labels.length) * d), d), ...weightFeeds(parameters) });
    for (const margin of scoreOf(dataOf(out, "scores", "float32"), labels, model.classes).margin) right += +(margin > 0);
  }
  return right / y.length;
}
