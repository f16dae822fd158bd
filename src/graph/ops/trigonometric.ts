import { likeFirst } from "./elementwise.ts";
import type { OpRule } from "./rule.ts";

/** y = sin(x).  dx = dy·cos(x). */
export const Sin: OpRule = {
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy: [dy] }) => [g.mul(dy, g.op("Cos", [x])[0]!)],
};

/** y = cos(x).  dx = −dy·sin(x). */
export const Cos: OpRule = {
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy: [dy] }) => [g.neg(g.mul(dy, g.op("Sin", [x])[0]!))],
};
