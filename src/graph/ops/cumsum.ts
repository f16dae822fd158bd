import { intOf } from "../attributes.ts";
import { int } from "../ir.ts";
import { likeFirst } from "./elementwise.ts";
import { defineOp } from "./rule.ts";

/** y_i = x_0 + … + x_i along an axis, from the other end if `reverse`, without x_i if `exclusive`.  dx = the same of dy from the other end. */
export const CumSum = defineOp({
  operands: ["x", "axis"],
  infer: likeFirst,
  vjp: (g, { inputs: [, axis], dy, attributes }) => [g.op("CumSum", [dy, axis], { ...attributes, reverse: int(1 - intOf(attributes, "reverse", 0)) })[0]],
});
