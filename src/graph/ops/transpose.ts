import { intsOf } from "../attributes.ts";
import { freshDim, ints } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { defineOp } from "./rule.ts";

/** y = x with its axes in another order, reversed by default.  dx = dy in the old order. */
export const Transpose = defineOp({
  operands: ["x"],
  infer: ({ op, types: [x], attributes }) => {
    const { element, shape } = x;
    const perm = intsOf(attributes, "perm");
    if (!shape) return [{ element, shape: perm?.map(freshDim) }];
    const order = perm ?? shape.map((_, axis) => shape.length - 1 - axis);
    return [{ element, shape: order.map((axis) => shape[normalAxis(op, axis, shape.length)]!) }];
  },
  vjp: (g, { dy, attributes }) => {
    const perm = intsOf(attributes, "perm");
    return [g.op("Transpose", [dy], perm ? { perm: ints(perm.map((_, axis) => perm.indexOf(axis))) } : {})[0]];
  },
});
