import type { Random } from "../../util/random.ts";
import type { Slopes } from "./slopes.ts";

/** What a method sees of one sample. */
export interface Scene {
  /** `[d]` */
  readonly x: Float32Array;
  /** `[d]`: an input that says nothing. */
  readonly baseline: Float32Array;
  /** The value and gradient at points `[n, d]`. */
  slopes(points: Float32Array): Promise<Slopes>;
  /** The sample's own stream of random numbers. */
  readonly random: Random;
}

/** What a method finds for one sample. */
export interface Attribution {
  /** `[d]`: how much each number of the input speaks for the class (above 0) or against it. */
  readonly attributions: Float32Array;
  /** The value at the sample. */
  readonly value: number;
  /** How the attributions add up, where the method says what they add up to. */
  readonly completeness?: Completeness;
}

/** Whether attributions add up to what they explain. */
export interface Completeness {
  /** The value at the baseline. */
  readonly baselineValue: number;
  /** Σ attributions − (value − baselineValue). */
  readonly residual: number;
  /** Whether the residual is within the tolerance. */
  readonly isComplete: boolean;
  /** Points on the path at which the gradient was taken. */
  readonly steps: number;
}

/** A method of saliency: a file and a line in index.ts. */
export interface SaliencyMethod<Options extends Readonly<Record<string, number>>> {
  /** What it computes, in a line, with its source. */
  readonly summary: string;
  readonly defaults: Options;
  attribute(scene: Scene, options: Options): Promise<Attribution>;
}

export const defineMethod = <const Options extends Readonly<Record<string, number>>>(method: SaliencyMethod<Options>): SaliencyMethod<Options> => method;
