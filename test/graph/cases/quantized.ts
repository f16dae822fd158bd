import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { type Value, int, ints } from "../../../src/graph/ir.ts";
import { tensorOf } from "../../../src/tensor/tensor.ts";
import { type Cases, example } from "./case.ts";

const float32 = { float32: "ONNX Runtime's CPU has no float64 kernel for quantized numbers" };

/**
 * The scale: 8 of it are the step of the central differences. A staircase whose stairs divide the step has the same difference as the
 * straight line through it, which is what the rules differentiate.
 */
const fine = 5e-4;
const scalar = (g: GraphBuilder, value: number, like: Value) => g.scalar(value, like.type.element);
const back = (g: GraphBuilder, x: Value, ...rest: Value[]) => g.op("DequantizeLinear", [x, ...rest])[0];
const quantized = (g: GraphBuilder, x: Value) => g.op("QuantizeLinear", [x, scalar(g, fine, x), g.constant(tensorOf("int16", [], [3]))])[0];
/** Numbers whose largest and smallest are fixed, so that the scale is 4e-3, the step itself. */
const dynamic = (g: GraphBuilder, x: Value) => {
  const bounded = g.concat([x, g.constant(tensorOf(x.type.element as "float32", [1, 2], [-0.51, 0.51]))], 1);
  return g.op("DynamicQuantizeLinear", [bounded], {}, 3) as [Value, Value, Value];
};
const small = { ...float32, draw: "distinct" } as const;
const bytes = (g: GraphBuilder, shape: number[], values: number[]) => g.constant(tensorOf("uint8", shape, values));

export const quantizedCases: Cases = {
  QuantizeLinear: [
    example("and back", { x: [2, 3] }, (g, { x }) => back(g, quantized(g, x), scalar(g, fine, x)), float32),
    example(
      "a scale for each column, and a change of shape between",
      { x: ["n", 2] },
      (g, { x }) => {
        const scales = g.constant(tensorOf(x.type.element as "float32", [2], [fine, 2 * fine]));
        const y = g.op("QuantizeLinear", [x, scales, g.constant(tensorOf("int16", [2], [1, -5]))], { axis: int(1) })[0];
        return g.op("DequantizeLinear", [g.transpose(y, [1, 0]), scales], { axis: int(0) })[0];
      },
      float32,
    ),
  ],
  DequantizeLinear: [
    example("one scale", { s: [] }, (g, { s }) => back(g, bytes(g, [2, 3], [1, 2, 3, 250, 9, 0]), s, bytes(g, [], [128])), float32),
    example("one scale in a vector", { s: [1] }, (g, { s }) => back(g, bytes(g, [2, 3], [1, 2, 3, 250, 9, 0]), s), float32),
    example(
      "a scale for each column",
      { s: [3] },
      (g, { s }) => g.op("DequantizeLinear", [bytes(g, [2, 3], [1, 2, 3, 250, 9, 0]), s, bytes(g, [3], [1, 2, 100])], { axis: int(-1) })[0],
      float32,
    ),
    example(
      "blocks along the first axis",
      { s: [2, 2] },
      (g, { s }) => g.op("DequantizeLinear", [bytes(g, [4, 2], [1, 2, 3, 250, 9, 0, 7, 8]), s], { axis: int(0), block_size: int(2) })[0],
      float32,
    ),
    example(
      "blocks, the last one shorter",
      { s: [2, 2] },
      (g, { s }) => g.op("DequantizeLinear", [bytes(g, [2, 3], [1, 2, 3, 250, 9, 0]), s], { axis: int(1), block_size: int(2) })[0],
      float32,
    ),
  ],
  DynamicQuantizeLinear: [
    example(
      "the largest of a window between",
      { x: [1, 3] },
      (g, { x }) => {
        const [y, s, z] = dynamic(g, x);
        return back(g, g.op("MaxPool", [g.unsqueeze(y, [1])], { kernel_shape: ints([2]) })[0], s, z);
      },
      small,
    ),
    example(
      "and back",
      { x: [1, 3] },
      (g, { x }) => {
        const [y, s, z] = dynamic(g, x);
        return back(g, y, s, z);
      },
      small,
    ),
  ],
  MatMulInteger: [
    example(
      "a matrix of constants",
      { x: [1, 3] },
      (g, { x }) => {
        const [y, s, z] = dynamic(g, x);
        const product = g.op("MatMulInteger", [y, g.constant(tensorOf("int8", [5, 2], [1, 2, -3, 4, 5, -6, 7, 8, 9, -1])), z])[0];
        return g.mul(g.cast(product, "float32"), s);
      },
      small,
    ),
  ],
  ConvInteger: [
    example(
      "a kernel of constants",
      { x: [1, 3] },
      (g, { x }) => {
        const [y, s, z] = dynamic(g, x);
        const product = g.op("ConvInteger", [g.unsqueeze(y, [1]), bytes(g, [2, 1, 2], [1, 2, 3, 4]), z, bytes(g, [], [2])])[0];
        return g.mul(g.cast(product, "float32"), s);
      },
      small,
    ),
  ],
};
