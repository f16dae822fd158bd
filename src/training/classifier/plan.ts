import { type Norm, norms } from "../../attack/ball.ts";
import { type Box, type FlatBox, flatBox } from "../../data/box.ts";
import type { Points } from "../../data/points.ts";
import type { Classifier } from "../../model/classifier.ts";
import { trainable } from "../../model/trainable.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { nearest } from "../../util/nearest.ts";
import { trainingError } from "../check.ts";
import { type OptimizerName, optimizers } from "../optimizers/index.ts";
import type { OptimizerOptions } from "../optimizers/optimizer.ts";
import type { Augmentation } from "./batches.ts";
import { type TrainingMethodName, trainingMethods } from "./index.ts";
import { type ScheduleName, schedules } from "./schedule.ts";

export interface ClassifierTrainingOptions extends EngineOptions {
  /** What is descended. Default `plain`. */
  readonly method?: TrainingMethodName;
  /** Budget of perturbations; needed where the method perturbs. */
  readonly eps?: number | undefined;
  /** The norm of the budget. Default `linf`. */
  readonly norm?: Norm;
  /** The values that perturbed inputs may take. Default: the model's `domain`. */
  readonly box?: Box | undefined;
  /** PGD steps for every perturbation. Default 10. */
  readonly steps?: number;
  /** Length of a PGD step. Default 2.5 ε / steps. */
  readonly stepSize?: number | undefined;
  /** TRADES: the weight of its second term. Default 6. */
  readonly beta?: number;
  /** Default `adam`. */
  readonly optimizer?: OptimizerName;
  /** Learning rate. Default: the optimizer's. */
  readonly lr?: number | undefined;
  /** SGD. Default 0.9. */
  readonly momentum?: number | undefined;
  /** Default 0. */
  readonly weightDecay?: number | undefined;
  /** How the learning rate falls. Default `cosine`. */
  readonly schedule?: ScheduleName;
  /** Samples in a step. Default 128. */
  readonly batch?: number;
  /** Default 10. */
  readonly epochs?: number;
  /** Changes of training images that leave their class as it is. Default: none. */
  readonly augment?: Augmentation;
  /** Names of weights that are not trained. */
  readonly frozen?: readonly string[];
  /** Measured after every epoch. */
  readonly test?: Points;
  /** Seed of the order of samples, of augmentation and of where searches begin. Default 0. */
  readonly seed?: number;
  readonly onEpoch?: (record: ClassifierRecord) => void;
  /** After every step. */
  readonly onStep?: (progress: StepProgress) => void;
  /** Stops between two steps with SF_STOPPED. */
  readonly signal?: AbortSignal | undefined;
}

export interface StepProgress {
  /** From 1. */
  readonly epoch: number;
  /** Steps taken in all epochs so far, and how many there will be. */
  readonly step: number;
  readonly steps: number;
  /** Mean loss of the minibatch, before its step. */
  readonly loss: number;
}

/** The record of one epoch: losses and training accuracies over its minibatches, each before its own step. */
export interface ClassifierRecord {
  /** 1 for the first epoch. */
  readonly epoch: number;
  readonly loss: number;
  /** Share of training samples that are classified correctly as they are; absent where the method does not look at them. */
  readonly trainAccuracy?: number;
  /** Share of training samples that are classified correctly when perturbed; absent where none are. */
  readonly robustTrainAccuracy?: number;
  /** Share of test samples classified correctly after the epoch; absent without a test set. */
  readonly testAccuracy?: number;
  readonly seconds: number;
}

/** Options that are complete and have been checked. */
export interface Plan {
  /** With its weights as inputs. */
  readonly model: Classifier;
  /** Names of the weights that are trained. */
  readonly trained: readonly string[];
  readonly method: TrainingMethodName;
  readonly eps: number;
  readonly norm: Norm;
  readonly box: FlatBox | undefined;
  readonly steps: number;
  readonly stepSize: number;
  readonly beta: number;
  readonly optimizer: OptimizerName;
  readonly optimizerOptions: OptimizerOptions;
  readonly lr: number;
  readonly schedule: ScheduleName;
  readonly batch: number;
  readonly epochs: number;
  readonly seed: number;
  readonly engine: EngineOptions;
}

/** @throws SF_OPTION, SF_NETWORK (usage) for whatever is unknown or out of range */
export function planOf(given: Classifier, options: ClassifierTrainingOptions): Plan {
  const { method = "plain", eps, norm = "linf", steps = 10, stepSize, beta = 6, optimizer = "adam", schedule = "cosine" } = options;
  const { batch = 128, epochs = 10, frozen = [], seed = 0, threads, provider } = options;
  checkName("method", method, trainingMethods);
  checkName("optimizer", optimizer, optimizers);
  checkName("schedule", schedule, schedules);
  const { start, hasBeta } = trainingMethods[method];
  const perturbs = start !== "none";
  if (!norms.includes(norm) || norm === "l0") throw trainingError(`norm must be l2, linf or l1; got ${String(norm)}`);
  if (perturbs && eps === undefined) throw trainingError(`the method ${method} needs eps, the budget of its perturbations`);
  if (!perturbs && eps !== undefined) throw trainingError(`the method ${method} perturbs nothing and takes no eps; use adversarial or trades`);
  if (options.beta !== undefined && !hasBeta) throw trainingError(`the method ${method} takes no beta, which is the weight of a term of trades`);
  const own: Readonly<Record<string, number>> = optimizers[optimizer].defaults;
  for (const name of ["momentum", "weightDecay"] as const)
    if (options[name] !== undefined && !(name in own)) throw trainingError(`the optimizer ${optimizer} takes no ${name}`);
  const { lr = optimizers[optimizer].lr, momentum = 0, weightDecay = 0 } = options;
  for (const [name, value] of Object.entries({ lr, eps: eps ?? 1, stepSize: stepSize ?? 1 }))
    if (!(value > 0 && value < Infinity)) throw trainingError(`${name} must be a positive number; got ${String(value)}`);
  for (const [name, value] of Object.entries({ beta, weightDecay }))
    if (!(value >= 0 && value < Infinity)) throw trainingError(`${name} must be a number from 0; got ${String(value)}`);
  if (!(momentum >= 0 && momentum < 1)) throw trainingError(`momentum must be a number from 0, below 1; got ${String(momentum)}`);
  for (const [name, value] of Object.entries({ batch, epochs, steps }))
    if (!Number.isSafeInteger(value) || value < 1) throw trainingError(`${name} must be a whole number from 1; got ${String(value)}`);

  const model = trainable(given);
  const names = Object.keys(model.parameterTypes);
  for (const name of frozen)
    if (!names.includes(name)) {
      const like = nearest(name, names);
      throw trainingError(`${model.name} has no weights ${name} to freeze${like === undefined ? ` (it has ${names.join(", ")})` : `: did you mean ${like}?`}`);
    }
  const trained = names.filter((name) => !frozen.includes(name));
  if (trained.length === 0) throw trainingError(`all weights of ${model.name} are frozen`);
  const foreign = trained.find((name) => model.parameterTypes[name]!.element !== "float32");
  if (foreign !== undefined)
    throw trainingError(`the weights ${foreign} of ${model.name} are ${model.parameterTypes[foreign]!.element}; only float32 weights are trained`);
  const box = "box" in options ? options.box : model.domain;
  return {
    model,
    trained,
    method,
    eps: eps ?? 0,
    norm,
    box: box && flatBox(box, model, "training: the box"),
    steps,
    stepSize: stepSize ?? (2.5 * (eps ?? 0)) / steps,
    beta,
    optimizer,
    optimizerOptions: {
      ...own,
      ...(options.momentum === undefined ? {} : { momentum }),
      ...(options.weightDecay === undefined ? {} : { weightDecay }),
    },
    lr,
    schedule,
    batch,
    epochs,
    seed,
    engine: { ...(threads === undefined ? {} : { threads }), ...(provider === undefined ? {} : { provider }) },
  };
}

function checkName(what: string, name: string, known: Readonly<Record<string, unknown>>): void {
  if (Object.hasOwn(known, name)) return;
  const like = nearest(String(name), Object.keys(known));
  throw trainingError(`${what} must be one of ${Object.keys(known).join(", ")}; got ${String(name)}${like === undefined ? "" : `: did you mean ${like}?`}`);
}
