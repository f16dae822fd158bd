import { likeFirst } from "./elementwise.ts";
import type { OpRule } from "./rule.ts";

/** y = exp(x).  dx = dy·y. */
export const Exp: OpRule = {
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy: [dy] }) => [g.mul(dy, y)],
};

/** y = log(x).  dx = dy/x. */
export const Log: OpRule = {
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy: [dy] }) => [g.div(dy, x)],
};

/** y = log(1 + exp(x)).  dx = dy·σ(x). */
export const Softplus: OpRule = {
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy: [dy] }) => [g.mul(dy, g.sigmoid(x))],
};

/** y = σ(x) = 1/(1 + exp(−x)).  dx = dy·y·(1 − y). */
export const Sigmoid: OpRule = {
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy: [dy] }) => [g.mul(dy, g.mul(y, g.sub(1, y)))],
};

/** y = tanh(x).  dx = dy·(1 − y²). */
export const Tanh: OpRule = {
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy: [dy] }) => [g.mul(dy, g.sub(1, g.mul(y, y)))],
};
