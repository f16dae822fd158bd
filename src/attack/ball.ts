import { type FlatBox } from "../data/box.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/ir.ts";
import { tensorOf } from "../tensor/tensor.ts";
import { sanely } from "./direction.ts";
import { l1Ball } from "./l1-ball.ts";
import type { Ball, Limits } from "./limits.ts";

/** The norms in which a perturbation can be measured. */
export const norms = ["l2", "linf", "l1", "l0"] as const;
export type Norm = (typeof norms)[number];

/** ‖δ‖ of every row, `[n, 1]`. */
export const norm2 = (g: GraphBuilder, delta: Value): Value => g.sqrt(g.reduceSumSquare(delta, [1]));

/** The ball of a norm in which budgets are measured. */
export function ballOf(outer: GraphBuilder, norm: Norm, limits: Limits): Ball {
  const { x, eps, box } = limits;
  const clip = box && clipper(outer, box);
  const inBox = (g: GraphBuilder, delta: Value) => (clip ? g.sub(clip(g, g.add(x, delta)), x) : delta);
  const l2: Ball = {
    // δ ← α g/‖g‖. Dividing the length and not the gradient saves a pass over [n, d].
    step: (g, gradient, length) =>
      sanely(g, gradient, (b, sane) => {
        const size = norm2(b, sane);
        return b.mul(sane, b.div(length, b.where(b.greater(size, 0), size, 1)));
      }),
    // First the box, then the budget, as in the authors' code: shrinking δ towards 0 stays in a box that holds x.
    project(g, delta) {
      const boxed = inBox(g, delta);
      return g.mul(boxed, g.min(1, g.div(eps, g.max(norm2(g, boxed), smallest))));
    },
  };
  const linf: Ball = {
    step: (g, gradient, length) => sanely(g, gradient, (b, sane) => b.mul(b.sign(sane), length)),
    project: (g, delta) => inBox(g, g.min(g.max(delta, g.neg(eps)), eps)),
  };
  if (norm === "l1") return l1Ball(outer, limits);
  return norm === "linf" ? linf : l2;
}

/** Brings points `[n, d]` into the box. ONNX's `Clip` takes one bound for all; bounds of their own are rows `[1, d]`. */
function clipper(outer: GraphBuilder, { low, high }: FlatBox): (g: GraphBuilder, point: Value) => Value {
  if (typeof low === "number" && typeof high === "number") return (g, point) => g.clip(point, low, high);
  const [from, to] = [low, high].map((side) => (typeof side === "number" ? side : outer.constant(tensorOf("float32", [1, side.length], side))));
  return (g, point) => g.max(g.min(point, to!), from!);
}

/** A divisor instead of 0, small enough that no perturbation in float32 is shorter. */
const smallest = 1e-30;
