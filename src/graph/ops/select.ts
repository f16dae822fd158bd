import { tensorOf } from "../../tensor/tensor.ts";
import { intOf } from "../attributes.ts";
import { type Value, freshDim } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { likeFirst } from "./elementwise.ts";
import { scatterBack } from "./like.ts";
import { defineOp, noGradient, zeroGradient } from "./rule.ts";

/** y = x above or below a diagonal of its last two axes, else 0.  dx = the same of dy. */
export const Trilu = defineOp({
  operands: ["x", "k?"],
  infer: likeFirst,
  vjp: (g, { inputs: [, k], dy, attributes }) => [g.op("Trilu", k ? [dy, k] : [dy], attributes)[0]],
});

/** y = x with the first elements of each sequence in reverse.  dx = the same of dy. */
export const ReverseSequence = defineOp({
  operands: ["x", "lengths"],
  infer: likeFirst,
  vjp: (g, { inputs: [, lengths], dy, attributes }) => [g.op("ReverseSequence", [dy, lengths], attributes)[0]],
});

/** y = the slices of x along an axis (or, without one, its elements) where a condition holds.  dx = dy where it was taken, 0 elsewhere. */
export const Compress = defineOp({
  operands: ["x", "condition"],
  infer: ({ op, types: [x], attributes }) => {
    const axis = intOf(attributes, "axis");
    return [{ element: x.element, shape: axis === undefined ? [freshDim()] : x.shape?.with(normalAxis(op, axis, x.shape.length), freshDim()) }];
  },
  vjp: (g, { inputs: [x, condition], dy, attributes }) => [scatterBack(g, x, dy, (positions) => g.op("Compress", [positions, condition], attributes)[0])],
});

/** y = `on` at the index along a new axis, `off` elsewhere.  d(off) = Σ dy elsewhere, d(on) = Σ dy at the indices. */
export const OneHot = defineOp({
  operands: ["indices", "depth", "values"],
  infer: ({ op, types: [indices, , { element }], ints: [, depth], constants, attributes }) => {
    const { shape } = indices;
    const axis = shape && normalAxis(op, intOf(attributes, "axis", -1), shape.length + 1);
    const size = constants[1] ? Number(constants[1].data[0]) : (depth?.[0] ?? freshDim());
    return [{ element, shape: shape?.toSpliced(axis!, 0, size) }];
  },
  vjp: (g, { inputs: [indices, depth], dy, attributes }) => {
    // In float32, for which ONNX Runtime has kernels with every type of indices.
    const hot = g.op("OneHot", [indices, depth, g.constant(tensorOf("float32", [2], [0, 1]))], attributes)[0];
    const sum = (x: Value) => g.reshape(g.reduceSum(x, undefined, false), [1]);
    const on = sum(g.mul(dy, g.cast(hot, dy.type.element)));
    return [undefined, undefined, g.concat([g.sub(sum(dy), on), on], 0)];
  },
});

/** y = the different elements of x (or slices along an axis), and where they are */
export const Unique = defineOp({
  operands: ["x"],
  infer: ({ op, types: [x], attributes, outputs }) => {
    const axis = intOf(attributes, "axis");
    const shape = axis === undefined ? [freshDim()] : x.shape?.with(normalAxis(op, axis, x.shape.length), freshDim());
    return [{ element: x.element, shape }, ...[1, 2, 3].map(() => ({ element: "int64" as const, shape: [freshDim()] }))].slice(0, outputs);
  },
  vjp: noGradient("which elements it takes, and how many, changes with small steps"),
});

/** y = (batch, class, box) of the boxes that remain */
export const NonMaxSuppression = defineOp({
  operands: ["boxes", "scores"],
  infer: () => [{ element: "int64", shape: [freshDim(), 3] }],
  vjp: zeroGradient("an index does not change with small steps"),
});

/** The determinant of the last two axes. */
export const Det = defineOp({
  operands: ["x"],
  infer: ({ types: [x] }) => [{ element: x.element, shape: x.shape?.slice(0, -2) }],
  vjp: noGradient("it needs the inverse of a matrix, which ONNX has no operator for"),
});
