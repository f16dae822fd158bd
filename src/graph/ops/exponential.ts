import { likeFirst } from "./elementwise.ts";
import { defineOp } from "./rule.ts";

/** y = exp(x).  dx = dy·y. */
export const Exp = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy }) => [g.mul(dy, y)],
});

/** y = log(x).  dx = dy/x. */
export const Log = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.div(dy, x)],
});

/** y = log(1 + exp(x)).  dx = dy·σ(x). */
export const Softplus = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.mul(dy, g.sigmoid(x))],
});

/** y = σ(x) = 1/(1 + exp(−x)).  dx = dy·y·(1 − y). */
export const Sigmoid = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy }) => [g.mul(dy, g.mul(y, g.sub(1, y)))],
});

/** y = tanh(x).  dx = dy·(1 − y²). */
export const Tanh = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy }) => [g.mul(dy, g.sub(1, g.mul(y, y)))],
});
