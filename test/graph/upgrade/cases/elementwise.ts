import { float, int, ints, string } from "../../../../src/graph/ir.ts";
import { tensorOf } from "../../../../src/tensor/tensor.ts";
import { any, f32, known, one } from "./case.ts";

const reductions = ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"];
const positive = f32([2, 3], [1, 2, 3, 4, 5, 6]);

export const reduce = [...reductions, "ReduceSum", "ReduceLogSum"].flatMap((op) => [
  one(7, op, "an axis", { x: positive }, { axes: ints([1]), keepdims: int(0) }),
  one(11, op, "a negative axis", { x: positive }, { axes: ints([-1]) }),
  one(12, op, "all axes", { x: positive }, {}),
]);

export const softmax = ["Softmax", "LogSoftmax", "Hardmax"].flatMap((op) => [
  one(7, op, "axes 1 and on together", { x: any(2, 3, 4) }),
  one(9, op, "all axes together", { x: any(2, 3, 4) }, { axis: int(0) }),
  one(11, op, "a negative axis", { x: any(2, 3, 4) }, { axis: int(-2) }),
  one(12, op, "the last axis", { x: any(2, 3, 4) }, { axis: int(2) }),
  one(12, op, "images of one pixel", { x: any(2, 3, 1, 1) }),
  one(12, op, "no samples", { x: any(0, 3, 4) }, {}),
  one(12, op, "no elements in a sample", { x: any(2, 3, 0) }, {}),
]);

/** Comparisons and the like of opset 6, which ONNX Runtime runs from 7 on. */
export const broadcast = [
  ...(
    [
      ["Add", [11, 12, 23, 24]],
      ["Sub", [-9, -8, -17, -16]],
      ["Mul", [10, 20, 60, 80]],
      ["Div", [0.1, 0.2, 0.15, 0.2]],
    ] as const
  ).map(([op, result]) =>
    one(
      6,
      op,
      "a column",
      { a: f32([1, 2, 2], [1, 2, 3, 4]), b: f32([2], [10, 20]) },
      { broadcast: int(1), axis: int(1) },
      { expected: f32([1, 2, 2], result), ...known },
    ),
  ),
  one(
    6,
    "Pow",
    "a column",
    { a: f32([2, 2], [1, 2, 3, 4]), b: f32([2], [1, 2]) },
    { broadcast: int(1), axis: int(0) },
    { expected: f32([2, 2], [1, 2, 9, 16]), ...known },
  ),
  ...(
    [
      ["And", [0, 0, 1, 1]],
      ["Or", [0, 1, 1, 1]],
      ["Xor", [0, 1, 0, 0]],
    ] as const
  ).map(([op, result]) =>
    one(
      6,
      op,
      "a column",
      { a: tensorOf("bool", [2, 2], [0, 1, 1, 1]), b: tensorOf("bool", [2], [0, 1]) },
      { broadcast: int(1), axis: int(0) },
      {
        outputs: ["bool"],
        expected: tensorOf("bool", [2, 2], result),
        ...known,
      },
    ),
  ),
  ...(
    [
      ["Equal", [1, 0, 0, 1]],
      ["Greater", [0, 1, 0, 0]],
      ["Less", [0, 0, 1, 0]],
    ] as const
  ).map(([op, result]) =>
    one(
      6,
      op,
      "a column",
      { a: f32([2, 2], [1, 2, 3, 4]), b: f32([2], [1, 4]) },
      { broadcast: int(1), axis: int(0) },
      {
        outputs: ["bool"],
        expected: tensorOf("bool", [2, 2], result),
        ...known,
      },
    ),
  ),
];

export const elementwise = [
  one(5, "Cast", "by name", { x: f32([2], [1.5, -2]) }, { to: string("INT32") }, { outputs: ["int32"], expected: tensorOf("int32", [2], [1, -2]) }),
  one(6, "Clip", "to a range", { x: any(2, 3) }, { min: float(-0.5), max: float(0.5) }),
  one(7, "Clip", "from above, with infinity", { x: f32([3], [-Infinity, Infinity, 1]) }, { max: float(0.5) }),
  one(10, "Clip", "from below, with infinity", { x: f32([3], [-Infinity, Infinity, 1]) }, { min: float(2) }),
  one(
    6,
    "Gemm",
    "a row",
    { a: f32([2, 1], [1, 2]), b: f32([1, 2], [3, 4]), c: f32([2], [10, 20]) },
    { broadcast: int(1) },
    { expected: f32([2, 2], [13, 24, 16, 28]) },
  ),
  one(
    6,
    "PRelu",
    "a slope for each channel",
    { x: f32([1, 2, 2], [-1, 2, -3, -4]), slope: f32([2], [0.5, 2]) },
    {},
    { expected: f32([1, 2, 2], [-0.5, 2, -6, -8]) },
  ),
  one(5, "Selu", "its defaults", { x: f32([2], [1, -1]) }, {}, { expected: f32([2], [1.0507, 1.0507 * 1.6732 * (Math.exp(-1) - 1)]) }),
];
