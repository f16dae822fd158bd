import { floatOf } from "../attributes.ts";
import type { Value } from "../ir.ts";
import { likeFirst } from "./elementwise.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

/** dy·(1 where x > 0, else a·exp(x)), the exponential taken of nothing large, where it would be infinite. */
function slope(g: GraphBuilder, x: Value, dy: Value, a = 1): Value {
  const positive = g.greater(x, 0);
  return g.where(positive, dy, g.mul(dy, g.mul(g.exp(g.where(positive, 0, x)), a)));
}

/** y = x where x > 0, else α·(exp(x) − 1).  dx = dy where x > 0, else dy·α·exp(x). */
export const Elu = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy, attributes }) => [slope(g, x, dy, floatOf(attributes, "alpha", 1))],
});

/** y = γ·x where x > 0, else γ·α·(exp(x) − 1).  dx = γ·dy where x > 0, else γ·dy·α·exp(x). */
export const Selu = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy, attributes }) => [
    slope(g, x, g.mul(dy, floatOf(attributes, "gamma", 1.0507009873554805)), floatOf(attributes, "alpha", 1.6732632423543772)),
  ],
});

/** y = x where x > 0, else α·(exp(x/α) − 1).  dx = dy where x > 0, else dy·exp(x/α). */
export const Celu = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy, attributes }) => [slope(g, g.div(x, floatOf(attributes, "alpha", 1)), dy)],
});
