import { type FlatBox } from "../data/box.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/ir.ts";
import { tensorOf } from "../tensor/tensor.ts";

/** The norms in which the budget of a perturbation can be measured. */
export const norms = ["l2", "linf"] as const;
export type Norm = (typeof norms)[number];

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
export function ballOf(outer: GraphBuilder, norm: Norm, { x, eps, box }: { readonly x: Value; readonly eps: Value; readonly box: FlatBox | undefined }): Ball {
  const clip = box && clipper(outer, box);
  const inBox = (g: GraphBuilder, delta: Value) => (clip ? g.sub(clip(g, g.add(x, delta)), x) : delta);
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

/** Brings points `[n, d]` into the box. ONNX's `Clip` takes one bound for all; bounds of their own are rows `[1, d]`. */
function clipper(outer: GraphBuilder, { low, high }: FlatBox): (g: GraphBuilder, point: Value) => Value {
  if (typeof low === "number" && typeof high === "number") return (g, point) => g.clip(point, low, high);
  const [from, to] = [low, high].map((side) => (typeof side === "number" ? side : outer.constant(tensorOf("float32", [1, side.length], side))));
  return (g, point) => g.max(g.min(point, to!), from!);
}

/** A divisor instead of 0, small enough that no perturbation in float32 is shorter. */
const smallest = 1e-30;
