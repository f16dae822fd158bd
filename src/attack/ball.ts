import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/ir.ts";

/** The norms in which a perturbation can have a budget. */
export const norms = ["l2", "linf"] as const;
export type Norm = (typeof norms)[number];

/** The values an input may take, the same for every coordinate: pixels in [0, 1], say. */
export interface Box {
  readonly low: number;
  readonly high: number;
}

/** The perturbations an attack may use, as operations of a graph. δ and gradients are `[n, d]`. */
export interface Ball {
  /** The step of steepest ascent of a length `[n, 1]` in the ball's norm; 0 where the gradient is 0. */
  step(g: GraphBuilder, gradient: Value, length: Value): Value;
  /** A perturbation in the box and the budget. */
  project(g: GraphBuilder, delta: Value): Value;
}

/** ‖δ‖ of every row, `[n, 1]`. */
export const norm2 = (g: GraphBuilder, delta: Value): Value => g.sqrt(g.reduceSumSquare(delta, [1]));

/**
 * @param x `[n, d]`, inside the box
 * @param eps the budget of every row, `[n, 1]`
 */
export function ballOf(norm: Norm, x: Value, eps: Value, box: Box | undefined): Ball {
  const inBox = (g: GraphBuilder, delta: Value) => (box ? g.sub(g.clip(g.add(x, delta), box.low, box.high), x) : delta);
  return {
    // δ ← α g/‖g‖. Dividing the length and not the gradient saves a pass over [n, d].
    l2: {
      step(g: GraphBuilder, gradient: Value, length: Value) {
        const size = norm2(g, gradient);
        return g.mul(gradient, g.div(length, g.where(g.greater(size, 0), size, 1)));
      },
      // First the box, then the budget, as in the authors' code: shrinking δ towards 0 stays in a box that holds x.
      project(g: GraphBuilder, delta: Value) {
        const boxed = inBox(g, delta);
        return g.mul(boxed, g.min(1, g.div(eps, g.max(norm2(g, boxed), smallest))));
      },
    },
    linf: {
      step: (g: GraphBuilder, gradient: Value, length: Value) => g.mul(g.sign(gradient), length),
      project: (g: GraphBuilder, delta: Value) => inBox(g, g.min(g.max(delta, g.neg(eps)), eps)),
    },
  }[norm];
}

/** A divisor instead of 0, small enough that no perturbation in float32 is shorter. */
const smallest = 1e-30;
