import { likeFirst } from "./elementwise.ts";
import { defineOp } from "./rule.ts";

/** y = sinh(x).  dx = dy·cosh(x). */
export const Sinh = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.mul(dy, g.op("Cosh", [x])[0])],
});

/** y = cosh(x).  dx = dy·sinh(x). */
export const Cosh = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.mul(dy, g.op("Sinh", [x])[0])],
});

/** y = asinh(x).  dx = dy/√(x² + 1). */
export const Asinh = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.div(dy, g.sqrt(g.add(g.mul(x, x), 1)))],
});

/** y = acosh(x).  dx = dy/√(x² − 1). */
export const Acosh = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.div(dy, g.sqrt(g.sub(g.mul(x, x), 1)))],
});

/** y = atanh(x).  dx = dy/(1 − x²). */
export const Atanh = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.div(dy, g.sub(1, g.mul(x, x)))],
});
