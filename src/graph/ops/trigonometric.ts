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
