import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/ir.ts";
import type { Norm } from "./ball.ts";
import type { Ball } from "./limits.ts";
import type { Loss } from "./objective.ts";

/** The model at x + δ. */
export interface Look {
  /** The loss to maximize (see `objectiveOf`), `[n, 1]`. */
  readonly objective: Value;
  /** 0 or less where the sample is misclassified; below 0, in a targeted attack, where it is taken for the target. `[n, 1]` */
  readonly margin: Value;
}

/** The model at x + δ, and where the loss rises. */
export interface View extends Look {
  /** ∂ objective / ∂ δ, `[n, d]`. */
  readonly gradient: Value;
}

/**
 * What one step hands to the next, `[n, …]` each: row i belongs to sample i alone, so that samples can leave between steps.
 * The model is looked at in x + delta.
 */
export type State = Readonly<Record<string, Value>> & { readonly delta: Value };

/** What an attack builds its graph from; n is known only when the graph runs. */
export interface Scene {
  /** Budget of every sample, `[n, 1]`. */
  readonly eps: Value;
  /** Length of a step, `[n, 1]`: an input of the graph for attacks that have the option `stepSize`. */
  readonly stepSize: Value;
  /** The perturbation to start from, `[n, d]`: 0 unless the attack has the option `randomStart` or is given a start. */
  readonly start: Value;
  readonly norm: Norm;
  /** Numbers of one input. */
  readonly d: number;
  readonly ball: Ball;
  /** Whether the point of lowest margin is always the point of highest objective. */
  readonly sameOrder: boolean;
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
  /** Classes to steer to, each in runs of its own: the most likely wrong ones. */
  readonly targets: number;
}
export type AttackOptions = Partial<AllOptions>;

/**
 * An attack: only what is special to it, as a path of steps that each look at the model once. The contract around it checks the options
 * before, runs the steps (all in one graph, some at a time, or one by one for a model that is no graph), and afterwards clips, verifies
 * the prediction, keeps the better of x and the point returned, and counts.
 */
export interface AttackRule<Options extends AttackOptions = AttackOptions, S extends State = State> {
  /** One line for help texts. */
  readonly summary: string;
  readonly norms: readonly Norm[];
  /** Every option the attack takes, with its default. */
  readonly defaults: Options;
  /** Length of a step if the option is left out, in units of the budget. */
  stepPerEps?(options: Options): number;
  /** The steps of one run: each is a forward and a backward pass. */
  steps(options: Options): number;
  /** What the objective is: the loss (the default), or the margin of the label that the model itself predicts, which `away` decreases. */
  readonly towards?: "loss" | "away";
  /** The loss, where it is no option: an error where it is not defined for so many classes. */
  loss?(classes: number): Loss;
  /** The state before the first step. */
  begin(g: GraphBuilder, scene: Scene, options: Options): S;
  /** The state after step `t`, an int64 scalar from 0. @param here the model at the state's delta */
  step(g: GraphBuilder, scene: Scene, state: S, here: View, t: Value, options: Options): S;
  /**
   * The perturbation to return, `[n, d]`; without this, the last one.
   * @param last the model at the state's delta: one more forward pass
   */
  end?(g: GraphBuilder, scene: Scene, state: S, last: Look): Value;
}

/** Gives an attack the type of its options and of its state. */
export const defineAttack = <Options extends AttackOptions, S extends State = State>(rule: AttackRule<Options, S>): AttackRule<Options, S> => rule;
