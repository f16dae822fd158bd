import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/ir.ts";
import type { Ball, Norm } from "./ball.ts";
import type { Loss } from "./objective.ts";

/** Passes through the model for each sample. */
export interface Passes {
  readonly forward: number;
  readonly backward: number;
}

/** A model looked at from x + δ. */
export interface View {
  /** The loss to ascend (see `objectiveOf`), `[n, 1]`. */
  readonly objective: Value;
  /** Below or at 0 where the sample is misclassified, `[n, 1]`. */
  readonly margin: Value;
  /** ∂ objective / ∂ δ, `[n, d]`. Left out of the graph where nothing reads it, and so is its backward pass. */
  gradient(): Value;
}

/** What an attack's graph is made from; n is only known when it runs. */
export interface Scene {
  /** Budget of every sample, `[n, 1]`. */
  readonly eps: Value;
  /** Length of a step, `[n, 1]`: an input of the graph for attacks that have the option `stepSize`. */
  readonly stepSize: Value;
  /** The perturbation to begin with, `[n, d]`: 0 unless the attack has the option `randomStart` or is given one. */
  readonly start: Value;
  readonly ball: Ball;
  /** True where the lowest margin and the highest objective are the same point. */
  readonly sameOrder: boolean;
  /**
   * The model at x + δ.
   * @param towards `away` descends the margin of the label the model itself gives, `loss` (the default) ascends the loss.
   */
  look(g: GraphBuilder, delta: Value, towards?: "loss" | "away"): View;
}

/** Every option there is; an attack takes those that stand in its `defaults`. */
export interface AllOptions {
  /** Gradient steps. */
  readonly steps: number;
  /** Length of a step in the attack's norm; in proportion to the budget where undefined. */
  readonly stepSize: number | undefined;
  /** Begin at a random point of the budget instead of at x. */
  readonly randomStart: boolean;
  /** Runs, the best of which counts for every sample. The first begins as `randomStart` says, all others at random points. */
  readonly restarts: number;
  /** `logistic` for 2 classes and `ce` for more, where undefined. */
  readonly loss: Loss | undefined;
}
export type AttackOptions = Partial<AllOptions>;

/**
 * An attack: what is special to it and nothing else. The contract has checked the options, and will clip, verify the
 * prediction, keep the better of x and what it returns, and count.
 */
export interface AttackRule<Options extends AttackOptions = AttackOptions> {
  /** One line for help texts. */
  readonly summary: string;
  readonly norms: readonly Norm[];
  /** Every option the attack takes, with its default. */
  readonly defaults: Options;
  /** Length of a step where the option is left out, in units of the budget. */
  stepPerEps?(options: Options): number;
  /** Passes of one run. */
  passes(options: Options): Passes;
  /** Adds the attack to a graph; returns the best perturbation of its path, `[n, d]`. */
  perturb(g: GraphBuilder, scene: Scene, options: Options): Value;
}

/** Gives an attack the type of its options. */
export const defineAttack = <Options extends AttackOptions>(rule: AttackRule<Options>): AttackRule<Options> => rule;
