import { intOf } from "../attributes.ts";
import { likeFirst } from "./elementwise.ts";
import { defineOp, zeroGradient } from "./rule.ts";

/** y = exp(x)/Σ exp(x) along an axis.  dx = y·(dy − Σ dy·y). */
export const Softmax = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy, attributes }) => [g.mul(y, g.sub(dy, g.reduceSum(g.mul(dy, y), [intOf(attributes, "axis", -1)])))],
});

/** y = x − log Σ exp(x) along an axis.  dx = dy − exp(y)·Σ dy. */
export const LogSoftmax = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy, attributes }) => [g.sub(dy, g.mul(g.exp(y), g.reduceSum(dy, [intOf(attributes, "axis", -1)])))],
});

/** y = 1 at the first of the largest elements along an axis, else 0 */
export const Hardmax = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: zeroGradient("it is constant until another element becomes the largest"),
});
