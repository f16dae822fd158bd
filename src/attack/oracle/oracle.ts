import type { Box } from "../../data/box.ts";
import { signOf } from "../../data/points.ts";
import { argmaxOfRows } from "../../tensor/argmax.ts";
import { marginAt } from "../objective.ts";

/** Logits of points, and the gradient of something computed from them. */
export interface Pulled {
  /** `[n, classes]` */
  readonly logits: Float32Array;
  /** `[n, d]`, in raw units. */
  readonly gradient: Float32Array;
}

export interface Margins extends Pulled {
  /** z_y − max_{j≠y} z_j in float64, `[n]`: above 0 where the model says y. The gradient is that of this number. */
  readonly margin: Float64Array;
}

/**
 * A model as an attack sees it: points in, logits and gradients out. Points are rows of float32 in raw units, `[n, d]`; their number is
 * that of the numbers given.
 *
 * There is a logit for each class. With two classes they are always `[0, f]`: f is the one logit of a model that has one, else
 * z_1 − z_0. Margins and predictions are those of any other pair of logits with this difference.
 *
 * Many points are split into batches. The numbers of a point do not depend on the points beside it.
 */
export interface Oracle {
  /** What errors call the model. */
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly channelAxis?: number | undefined;
  readonly classes: number;
  /** The values an input may take. */
  readonly domain?: Box | undefined;
  /** False for functions without a gradient: only attacks that need none can use them. */
  readonly hasGradient: boolean;
  /** Points that went through the model so far, forward and backward. */
  readonly forward: number;
  readonly backward: number;
  /** @returns `[n, classes]` */
  logits(x: Float32Array): Promise<Float32Array>;
  /** The margin of one class for each point, and its gradient. To steer to a class, ask for the margin of that class. @param labels `[n]` */
  margin(x: Float32Array, labels: ArrayLike<number>): Promise<Margins>;
  /**
   * The gradient of Σ_k dz_k z_k.
   * @param dz `[n, classes]`, or what makes it of the logits; of two classes only the second column counts, because the first logit is always 0
   */
  pullback(x: Float32Array, dz: Float32Array | ((logits: Float32Array) => Promise<Float32Array>)): Promise<Pulled>;
  /** What the model's own file says about points, one at a time; only of models that come from a file. Not counted as passes. */
  predictOriginal?(x: Float32Array): Promise<readonly { readonly class: number }[]>;
  dispose(): Promise<void>;
}

/** How many points went through a model, forward and backward. */
export interface PassCounts {
  forward: number;
  backward: number;
}

type Described = "name" | "inputShape" | "channelAxis" | "classes" | "domain";

/** An oracle of what it answers, the description of its model, and the counts that its answers keep. */
export const oracleThat = (
  answers: Omit<Oracle, Described | keyof PassCounts>,
  { name, inputShape, channelAxis, classes, domain }: Pick<Oracle, Described>,
  passes: Readonly<PassCounts>,
): Oracle => ({
  ...answers,
  name,
  inputShape,
  channelAxis,
  classes,
  domain,
  get forward() {
    return passes.forward;
  },
  get backward() {
    return passes.backward;
  },
});

/** z_y − max_{j≠y} z_j of every point, in float64. @param logits `[n, classes]`, of two classes `[0, f]` */
export function marginsOf(logits: Float32Array, labels: ArrayLike<number>, classes: number): Float64Array {
  return Float64Array.from({ length: labels.length }, (_, i) =>
    classes === 2 ? signOf(labels[i]!) * logits[2 * i + 1]! : marginAt(logits, i * classes, labels[i]!, classes),
  );
}

/** The class with the largest logit of every point; the first of several. */
export const predictionsOf = (logits: Float32Array, classes: number): Int32Array => argmaxOfRows(logits, classes);
