import { likeFirst } from "./elementwise.ts";
import { defineOp } from "./rule.ts";

/** y = sin(x).  dx = dy·cos(x). */
export const Sin = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.mul(dy, g.op("Cos", [x])[0])],
});

/** y = cos(x).  dx = −dy·sin(x). */
export const Cos = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.neg(g.mul(dy, g.op("Sin", [x])[0]))],
});

/** y = tan(x).  dx = dy·(1 + y²). */
export const Tan = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy }) => [g.mul(dy, g.add(g.mul(y, y), 1))],
});

/** y = asin(x).  dx = dy/√(1 − x²). */
export const Asin = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.div(dy, g.sqrt(g.sub(1, g.mul(x, x))))],
});

/** y = acos(x).  dx = −dy/√(1 − x²). */
export const Acos = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.neg(g.div(dy, g.sqrt(g.sub(1, g.mul(x, x)))))],
});

/** y = atan(x).  dx = dy/(1 + x²). */
export const Atan = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.div(dy, g.add(g.mul(x, x), 1))],
});
