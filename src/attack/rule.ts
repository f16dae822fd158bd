import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/ir.ts";
import type { Ball, Norm } from "./ball.ts";
import type { Loss } from "./objective.ts";

/** Passes through the model for each sample. */
export interface Passes {
  readonly forward: number;
  readonly backward: number;
}

/** The model at x + δ. */
export interface View {
  /** The loss to maximize (see `objectiveOf`), `[n, 1]`. */
  readonly objective: Value;
  /** 0 or less if the sample is misclassified, `[n, 1]`. */
  readonly margin: Value;
  /** ∂ objective / ∂ δ, `[n, d]`. If nothing reads it, it and its backward pass are left out of the graph. */
  gradient(): Value;
}

/** What an attack builds its graph from; n is known only when the graph runs. */
export interface Scene {
  /** Budget of every sample, `[n, 1]`. */
  readonly eps: Value;
  /** Length of a step, `[n, 1]`: an input of the graph for attacks that have the option `stepSize`. */
  readonly stepSize: Value;
  /** The perturbation to start from, `[n, d]`: 0 unless the attack has the option `randomStart` or is given a start. */
  readonly start: Value;
  readonly ball: Ball;
  /** Whether the point of lowest margin is always the point of highest objective. */
  readonly sameOrder: boolean;
  /**
   * The model at x + δ.
   * @param towards `away` decreases the margin of the label that the model itself predicts, `loss` (the default) increases the loss.
   */
  look(g: GraphBuilder, delta: Value, towards?: "loss" | "away"): View;
}

/** All options of attacks; an attack has those that appear in its `defaults`. */
export interface AllOptions {
  /** Gradient steps. */
  readonly steps: number;
  /** Length of a step in the attack's norm; proportional to the budget if undefined. */
  readonly stepSize: number | undefined;
  /** Start at a random point within the budget instead of at x. */
  readonly randomStart: boolean;
  /** Number of runs, of which the best counts for each sample. The first starts as `randomStart` says, all others at random points. */
  readonly restarts: number;
  /** If undefined, `logistic` for 2 classes and `ce` for more. */
  readonly loss: Loss | undefined;
}
export type AttackOptions = Partial<AllOptions>;

/**
 * An attack: only what is special to it. The contract around it checks the options before, and afterwards clips, verifies the
 * prediction, keeps the better of x and the point returned, and counts.
 */
export interface AttackRule<Options extends AttackOptions = AttackOptions> {
  /** One line for help texts. */
  readonly summary: string;
  readonly norms: readonly Norm[];
  /** Every option the attack takes, with its default. */
  readonly defaults: Options;
  /** Length of a step if the option is left out, in units of the budget. */
  stepPerEps?(options: Options): number;
  /** The passes of one run. */
  passes(options: Options): Passes;
  /** Adds the attack to a graph; returns the best perturbation of its path, `[n, d]`. */
  perturb(g: GraphBuilder, scene: Scene, options: Options): Value;
}

/** Gives an attack the type of its options. */
export const defineAttack = <Options extends AttackOptions>(rule: AttackRule<Options>): AttackRule<Options> => rule;
