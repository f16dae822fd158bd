import { intOf } from "../attributes.ts";
import { freshDim, int } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { defineOp, zeroGradient } from "./rule.ts";

/** y = the k largest (smallest) elements along an axis, and where they are.  dx = dy at their places. */
export const TopK = defineOp({
  operands: ["x", "k"],
  infer: ({ op, types: [x], ints: [, k], attributes }) => {
    const { element, shape } = x;
    const taken = shape?.with(normalAxis(op, intOf(attributes, "axis", -1), shape.length), k?.[0] ?? freshDim());
    return [
      { element, shape: taken },
      { element: "int64", shape: taken },
    ];
  },
  vjp: (g, { inputs: [x], outputs: [, indices], dy, attributes }) => [
    g.op("ScatterElements", [g.zerosLike(x), indices, dy], { axis: attributes["axis"] ?? int(-1) })[0],
  ],
});

const arg = defineOp({
  operands: ["x"],
  infer: ({ op, types: [x], attributes }) => {
    const shape = x.shape;
    const axis = shape && normalAxis(op, intOf(attributes, "axis", 0), shape.length);
    return [
      {
        element: "int64",
        shape: intOf(attributes, "keepdims", 1) === 1 ? shape?.map((dim, i) => (i === axis ? 1 : dim)) : shape?.filter((_, i) => i !== axis),
      },
    ];
  },
  vjp: zeroGradient("an index does not change with small steps"),
});

/** y = where the largest element is along an axis */
export const ArgMax = arg;
/** y = where the smallest element is along an axis */
export const ArgMin = arg;

/** y = the places of the elements that are not 0, one column each */
export const NonZero = defineOp({
  operands: ["x"],
  infer: ({ types: [x] }) => [{ element: "int64", shape: [x.shape ? Math.max(x.shape.length, 1) : freshDim(), freshDim()] }],
  vjp: zeroGradient("an index does not change with small steps"),
});
