import { floatOf } from "../attributes.ts";
import { likeFirst } from "./elementwise.ts";
import { defineOp } from "./rule.ts";

/** y = α·x + β, cut to [0, 1].  dx = α·dy where 0 < y < 1, else 0. */
export const HardSigmoid = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy, attributes }) => [g.where(g.and(g.greater(y, 0), g.less(y, 1)), g.mul(dy, floatOf(attributes, "alpha", 0.2)), 0)],
});

/** y = x·(x/6 + ½, cut to [0, 1]).  dx = 0 where x ≤ −3, dy where x ≥ 3, between them dy·(x/3 + ½). */
export const HardSwish = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.where(g.lessOrEqual(x, -3), 0, g.where(g.greaterOrEqual(x, 3), dy, g.mul(dy, g.add(g.div(x, 3), 0.5))))],
});

/** y = x, cut to [low, high].  dx = dy where low ≤ x ≤ high (PyTorch's choice at the ends); a bound gets dy where it is y. */
export const Clip = defineOp({
  operands: ["x", "low?", "high?"],
  infer: likeFirst,
  vjp: (g, { inputs: [x, low, high], dy, wanted }) => {
    // As ONNX defines it, y = min(max(x, low), high): where the bounds cross, y is the high one.
    const above = high && g.greater(low ? g.max(x, low) : x, high);
    const below = low && (high ? g.and(g.less(x, low), g.lessOrEqual(low, high)) : g.less(x, low));
    const cut = above && below ? g.or(above, below) : (above ?? below);
    return [cut ? g.where(cut, 0, dy) : dy, below && wanted[1] ? g.where(below, dy, 0) : undefined, above && wanted[2] ? g.where(above, dy, 0) : undefined];
  },
  broadcasts: true,
});

/** y = 0 where |x| ≤ λ, beyond it x moved towards 0 by a bias.  dx = dy where |x| > λ, else 0. */
export const Shrink = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy, attributes }) => {
    const lambda = floatOf(attributes, "lambd", 0.5);
    return [g.where(g.or(g.less(x, -lambda), g.greater(x, lambda)), dy, 0)];
  },
});
