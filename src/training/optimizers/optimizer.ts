import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/ir.ts";

/** What an optimizer is told of one weight. */
export interface WeightStep {
  readonly weight: Value;
  /** ∂ loss / ∂ weight, in its shape. */
  readonly gradient: Value;
  /** What it remembers of this weight, under the names of `slots`: 0 before the first step. */
  readonly slots: Readonly<Record<string, Value>>;
  /** Learning rate of this step, a scalar. */
  readonly lr: Value;
  /** What `scalars` gives, as scalars. */
  readonly scalars: Readonly<Record<string, Value>>;
}

export type OptimizerOptions = Readonly<Record<string, number>>;

/** How weights move along their gradients: a file and a line in `index.ts`. */
export interface Optimizer<Options extends OptimizerOptions = OptimizerOptions> {
  /** One line for help. */
  readonly summary: string;
  /** The learning rate if none is given. */
  readonly lr: number;
  readonly defaults: Options;
  /** What it remembers of every weight, in that weight's shape. */
  readonly slots: readonly string[];
  /** Numbers that depend on how many steps have been taken. @param t from 1 */
  scalars?(t: number, options: Options): Readonly<Record<string, number>>;
  /** The weight and the slots after the step. */
  step(g: GraphBuilder, at: WeightStep, options: Options): { readonly weight: Value; readonly slots: Readonly<Record<string, Value>> };
}

export const defineOptimizer = <Options extends OptimizerOptions>(optimizer: Optimizer<Options>): Optimizer<Options> => optimizer;
