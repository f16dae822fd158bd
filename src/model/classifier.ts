import { type Box, type InputShape, type PerChannel, channelShape, flatBox } from "../data/box.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { TensorType, Value } from "../graph/ir.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import { type Tensor, sizeOf, tensorOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";

/** What a model does to its inputs first: (x − mean)/std. */
export interface Preprocessing {
  readonly mean: PerChannel;
  readonly std: PerChannel;
}

/** Everything needed to add a classifier to a graph; its weights may change between runs. */
export interface ClassifierShape extends InputShape {
  /** The name of the model in errors. */
  readonly name: string;
  /** The shape of one input, without the batch: `[d]`, `[channels, height, width]`, … */
  readonly inputShape: readonly number[];
  /** The axis of `inputShape` that indexes the channels, for a domain or preprocessing given per channel. Default 0. */
  readonly channelAxis?: number | undefined;
  readonly classes: number;
  /** What `scores` returns: one logit (above 0 for class 1, below 0 for class 0), or a logit for each class, where the largest one decides. */
  readonly output: "logit" | "logits";
  /** The values an input may take, in raw units; pass it as the `box` of an attack. */
  readonly domain?: Box | undefined;
  /** Added to the graph before `scores`, so that perturbations and budgets are in raw units. */
  readonly preprocessing?: Preprocessing | undefined;
  /** The weights as inputs of a graph; empty if the graph holds them as constants. */
  readonly parameterTypes: Readonly<Record<string, TensorType>>;
  /** How many float32 numbers a forward and a backward pass keep for each sample; it determines the size of batches. */
  readonly numbersPerSample: number;
  /** The most samples that one run may take; any number if left out. */
  readonly mostRows?: number | undefined;
  /**
   * Adds the model to a graph.
   * @param x `[n, …inputShape]`, preprocessed
   * @returns scores before any sigmoid or softmax: `[n, 1]` for one logit, else `[n, classes]`
   */
  scores(g: GraphBuilder, x: Value, parameters: Readonly<Record<string, Value>>): Value;
}

/** A classifier with its weights. */
export interface Classifier extends ClassifierShape {
  /** Under the names of `parameterTypes`. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /**
   * The classes that the model's own file gives inputs, run as it came and one sample at a time. Models that were rewritten when they were read
   * have this, so that no attack counts what only the rewritten graph says.
   * @param x `[n, …inputShape]`, in raw units
   */
  predictOriginal?(x: Float32Array): Promise<readonly { readonly class: number }[]>;
  /**
   * Visits the gradient ray of every point, in order. Only models that know exactly where their score changes sign on a ray have this.
   * The ray is valid only during the visit.
   * @param x `[n, …inputShape]`
   * @throws SF_DIVERGED where a score or gradient is not finite
   */
  visitRays?(x: Float32Array, visit: (i: number, ray: GradientRay) => void, engine?: EngineOptions): Promise<void>;
}

/** The ray from a point x in the direction −sign(f)·∇f(x), along which the score moves toward 0. */
export interface GradientRay {
  /** The score f(x): its sign decides. */
  readonly f: number;
  /** ‖∇f(x)‖₂. */
  readonly steepness: number;
  /** The smallest distance from x at which f is 0 or has the other sign; Infinity if there is none. */
  firstCrossing(): number;
}

/** Numbers of one input. */
export const dimensionOf = ({ inputShape }: Pick<ClassifierShape, "inputShape">): number => sizeOf(inputShape);

/** @throws SF_OPTION (usage) if a description contradicts itself */
export function checkClassifier(what: string, shape: ClassifierShape): void {
  const { name, inputShape, classes, output, domain, preprocessing } = shape;
  const fail = (why: string) => new SignflipError("SF_OPTION", `${what}: ${name} ${why}`, { usage: true });
  if (!inputShape.every((dim) => Number.isSafeInteger(dim) && dim >= 1))
    throw fail(`must have whole numbers from 1 as its inputShape; got [${inputShape.join(", ")}]`);
  if (!(Number.isSafeInteger(classes) && classes >= 2)) throw fail(`must have 2 classes or more; got ${String(classes)}`);
  if (output !== "logit" && output !== "logits") throw fail(`must have the output "logit" or "logits"; got ${String(output)}`);
  if (output === "logit" && classes !== 2) throw fail(`gives one logit, which tells 2 classes apart; got ${classes} classes`);
  if (domain) flatBox(domain, shape, `${what}: the domain of ${name}`);
  if (!preprocessing) return;
  for (const [key, value] of Object.entries(preprocessing) as [keyof Preprocessing, PerChannel][]) {
    if (typeof value !== "number") channelShape(value, shape, `${what}: the ${key} of ${name}`);
    const wrong = [value].flat().find((one) => !Number.isFinite(one) || (key === "std" && one <= 0));
    if (wrong !== undefined) throw fail(`must have ${key === "std" ? "positive numbers" : "finite numbers"} as the ${key} of its preprocessing; got ${wrong}`);
  }
}

/**
 * Adds a classifier to a graph over flat inputs in raw units: brings them into its shape, preprocesses them, and checks what it gives.
 * @param x `[n, d]`
 * @returns `[n, 1]` for 2 classes (of two logits their difference, z_1 − z_0, whose sign tells the class), else `[n, classes]`
 * @throws SF_NETWORK (usage) where the model gives another number of scores
 */
export function scoresOf(shape: ClassifierShape, g: GraphBuilder, x: Value, parameters: Readonly<Record<string, Value>>): Value {
  const { inputShape, classes, output } = shape;
  const scores = ownScores(shape, g, inputShape.length === 1 ? x : g.reshape(x, [0, ...inputShape]), parameters);
  return classes === 2 && output === "logits" ? g.sub(g.slice(scores, [1], [2], [1]), g.slice(scores, [0], [1], [1])) : scores;
}

/**
 * Adds a classifier to a graph over inputs in raw units: preprocesses them, and checks what it gives.
 * @param x `[n, …inputShape]`
 * @returns the scores as the model has them: `[n, 1]` for one logit, else `[n, classes]`
 * @throws SF_NETWORK (usage) where the model gives another number of scores
 */
export function ownScores(shape: ClassifierShape, g: GraphBuilder, x: Value, parameters: Readonly<Record<string, Value>>): Value {
  const { name, classes, output, preprocessing } = shape;
  const scores = shape.scores(g, preprocessing ? preprocessed(g, x, preprocessing, shape) : x, parameters);
  const width = output === "logit" ? 1 : classes;
  const given = scores.type.shape;
  const last = given?.at(-1);
  if (given && (given.length !== 2 || (typeof last === "number" && last !== width)))
    throw new SignflipError("SF_NETWORK", `${name} gives scores [${given.join(", ")}]; expected [n, ${width}] for ${classes} classes and output ${output}`, {
      usage: true,
    });
  return scores;
}

/** x in raw units `[n, …inputShape]` to what the model expects. */
export function preprocessed(g: GraphBuilder, x: Value, { mean, std }: Preprocessing, shape: ClassifierShape): Value {
  const operand = (value: PerChannel) => (typeof value === "number" ? value : g.constant(tensorOf("float32", channelShape(value, shape, shape.name), value)));
  return g.div(g.sub(x, operand(mean)), operand(std));
}
