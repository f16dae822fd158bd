import { likeFirst } from "./elementwise.ts";
import { defineOp, zeroGradient } from "./rule.ts";

/** y = |x|.  dx = dy·sign(x) (the subgradient at 0 is 0, as PyTorch has it). */
export const Abs = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.mul(dy, g.sign(x))],
});

const steps = defineOp({ operands: ["x"], infer: likeFirst, vjp: zeroGradient("it is constant between its steps") });

/** y = −1, 0 or 1, as x is negative, zero or positive */
export const Sign = steps;
/** y = the largest whole number ≤ x */
export const Floor = steps;
/** y = the smallest whole number ≥ x */
export const Ceil = steps;
/** y = the nearest whole number, halves to even */
export const Round = steps;
