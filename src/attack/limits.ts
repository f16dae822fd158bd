import type { FlatBox } from "../data/box.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/ir.ts";

/** The perturbations an attack may use, as operations of a graph. δ and gradients are `[n, d]`. */
export interface Ball {
  /**
   * The step of steepest ascent of a length `[n, 1]` in the ball's norm; 0 where the gradient is 0 or not finite. In l1 it goes to the
   * largest entries of the gradient, leaving out those that the box does not let move.
   * @param from the perturbation the step starts from
   * @param keep in l1, to how many entries it goes, `[n, 1]`; a hundredth of them if left out
   */
  step(g: GraphBuilder, gradient: Value, length: Value, from: Value, keep?: Value): Value;
  /** A perturbation in the box and the budget. */
  project(g: GraphBuilder, delta: Value): Value;
}

/** What the points x + δ are held to. */
export interface Limits {
  /** `[n, d]`, inside the box */
  readonly x: Value;
  /** The budget of every row, `[n, 1]`. */
  readonly eps: Value;
  readonly box: FlatBox | undefined;
  readonly d: number;
}
