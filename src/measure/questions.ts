import { type Classifier } from "../model/classifier.ts";
import { classifierOf } from "../model/index.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import { checkQuantity } from "./saliency/gradient-graph.ts";
import type { Quantity } from "./saliency/quantity.ts";
import { type Saliency, type SaliencyOptions, classesOf, explain, predictedClasses } from "./saliency/saliency.ts";
import { type Slopes, slopable } from "./saliency/slopes.ts";

/** What a model gives one input. */
export interface Prediction {
  readonly class: number;
  /** `[classes]`; of a model of one logit f they are [0, f]. */
  readonly logits: Float32Array;
  /** Softmax of the logits: `[classes]`. */
  readonly probabilities: Float64Array;
}

/** What to take the gradient of. */
export interface GradientOptions {
  /** One class for all samples, or one for each: for a loss, their labels. Default: the class that the model gives. */
  readonly class?: number | ArrayLike<number> | undefined;
  /** Default "logit". */
  readonly of?: Quantity | undefined;
}

/**
 * Questions to a model. Inputs are `[n, …inputShape]` in raw units, any number of samples one after the other; gradients are in these units too.
 * Each kind of question prepares a graph when it is first asked; `dispose` frees them.
 */
export interface Questions {
  /** Scores before any softmax or sigmoid: `[n, classes]`, or `[n, 1]` for a model of one logit. */
  logits(x: Float32Array): Promise<Float32Array>;
  predict(x: Float32Array): Promise<Prediction[]>;
  /** The value of a class, `[n]`, and its input gradient, `[n, …inputShape]`. */
  gradient(x: Float32Array, options?: GradientOptions): Promise<Slopes>;
  /** How much each number of the inputs speaks for a class. */
  saliency(x: Float32Array, options?: SaliencyOptions): Promise<Saliency>;
  /** Frees the engine's memory. */
  dispose(): Promise<void>;
}

/**
 * Answers questions about any classifier: one that was loaded, one of your own graph, or the paper's network.
 * Methods throw SF_FEED and SF_OPTION (usage) where inputs and options do not fit the model, and SF_GRADIENT where an operator has no gradient.
 */
export function questionsTo(model: Classifier | TwoLayerNetwork, options: EngineOptions = {}): Questions {
  const classifier = classifierOf(model);
  const source = slopable(classifier, options);
  return {
    logits: (x) => source.logits(x),
    async predict(x) {
      const logits = await source.logits(x);
      const { classes, output } = classifier;
      return Array.from(predictedClasses(classifier, logits), (own, i): Prediction => {
        const z = output === "logit" ? Float32Array.of(0, logits[i]!) : logits.slice(i * classes, (i + 1) * classes);
        return { class: own, logits: z, probabilities: softmax(z) };
      });
    },
    async gradient(x, { class: chosen, of = "logit" } = {}) {
      checkQuantity(of);
      return source.slopes(x, await classesOf(source, x, chosen), of);
    },
    saliency: (x, chosen = {}) => explain(source, x, chosen),
    dispose: () => source.dispose(),
  };
}

/** A model with its questions: they are its methods. */
export type Questioned<M extends Classifier> = Omit<M, keyof Questions> & Classifier & Questions;

export function withQuestions<M extends Classifier & { dispose(): Promise<void> }>(model: M, options: EngineOptions = {}): Questioned<M> {
  const questions = questionsTo(model, options);
  return {
    ...model,
    ...questions,
    async dispose() {
      await questions.dispose();
      await model.dispose();
    },
  };
}

function softmax(z: Float32Array): Float64Array {
  const largest = z.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Float64Array.from(z, (one) => Math.exp(one - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
