import { floatOf } from "../attributes.ts";
import { likeFirst, sharedElement } from "./elementwise.ts";
import { defineOp } from "./rule.ts";

/** y = max(x, 0).  dx = dy where x > 0, else 0 (the subgradient at 0 is 0, as PyTorch has it). */
export const Relu = defineOp({
  operands: ["x"],
  infer: likeFirst,
  // x > 0 is where y > 0. If nobody else reads x, the engine computes the ReLU together with the convolution or product before it. A product is
  // faster than a choice (`Where`), which uses one thread.
  vjp: (g, { outputs: [y], dy }) => [g.mul(dy, g.castLike(g.greater(y, 0), dy))],
});

/** y = x where x > 0, else α·x.  dx = dy where x > 0, else α·dy (at 0 too, as PyTorch has it). */
export const LeakyRelu = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy, attributes }) => [g.where(g.greater(x, 0), dy, g.mul(dy, floatOf(attributes, "alpha", 0.01)))],
});

/** y = x where x > 0, else s·x.  dx = dy where x > 0, else s·dy; ds = 0 where x > 0, else x·dy. */
export const PRelu = defineOp({
  operands: ["x", "slope"],
  infer: ({ op, types }) => [{ element: sharedElement(op, types), shape: types[0].shape }],
  vjp: (g, { inputs: [x, slope], dy }) => {
    const positive = g.greater(x, 0);
    return [g.where(positive, dy, g.mul(dy, slope)), g.where(positive, 0, g.mul(dy, x))];
  },
  broadcasts: true,
});

/** y = x where x > α, else 0.  dx = dy where x > α, else 0. */
export const ThresholdedRelu = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy, attributes }) => [g.where(g.greater(x, floatOf(attributes, "alpha", 1)), dy, 0)],
});
