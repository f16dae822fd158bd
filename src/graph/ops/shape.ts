import { intOf } from "../attributes.ts";
import { freshDim } from "../ir.ts";
import { productOf } from "../shape.ts";
import { defineOp, zeroGradient } from "./rule.ts";

const nothing = zeroGradient("a shape does not change with the values");

/** y = the dimensions of x, those from `start` up to `end` */
export const Shape = defineOp({
  operands: ["x"],
  infer: ({ types: [x], attributes }) => {
    const shape = x.shape?.slice(intOf(attributes, "start", 0), intOf(attributes, "end"));
    return [{ type: { element: "int64", shape: [shape?.length ?? freshDim()] }, ints: shape }];
  },
  vjp: nothing,
});

/** y = the number of elements of x */
export const Size = defineOp({
  operands: ["x"],
  infer: ({ types: [x] }) => [{ type: { element: "int64", shape: [] }, ints: x.shape && [productOf(x.shape)] }],
  vjp: nothing,
});
