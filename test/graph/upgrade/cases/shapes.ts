import { float, int, ints, string } from "../../../../src/graph/ir.ts";
import { tensorOf } from "../../../../src/tensor/tensor.ts";
import { any, f32, i64, known, one } from "./case.ts";

export const shapes = [
  one(3, "Concat", "without an axis", { a: f32([1, 2], [1, 2]), b: f32([1, 1], [3]) }, {}, { expected: f32([1, 3], [1, 2, 3]) }),
  one(1, "Reshape", "a shape in the node", { x: f32([2, 3], [1, 2, 3, 4, 5, 6]) }, { shape: ints([3, -1]) }, { expected: f32([3, 2], [1, 2, 3, 4, 5, 6]) }),
  one(5, "Tile", "along an axis", { x: f32([1, 2], [1, 2]), n: f32([], [2]), axis: f32([], [1]) }, {}, { expected: f32([1, 4], [1, 2, 1, 2]), ...known }),
  one(7, "Slice", "to the end", { x: any(3, 4) }, { starts: ints([1, 0]), ends: ints([2 ** 63 - 1024, -1]) }),
  one(9, "Slice", "axes", { x: any(3, 4) }, { starts: ints([1]), ends: ints([3]), axes: ints([1]) }),
  one(7, "TopK", "along the last axis", { x: any(2, 5) }, { k: int(2) }, { outputs: ["float32", "int64"] }),
  one(9, "TopK", "along the first", { x: any(3, 2) }, { k: int(2), axis: int(0) }, { outputs: ["float32", "int64"] }),
  one(10, "TopK", "an input", { x: any(2, 5), k: i64(3) }, {}, { outputs: ["float32", "int64"] }),
  one(1, "Pad", "paddings", { x: f32([1, 2], [1, 2]) }, { paddings: ints([0, 1, 0, 0]), value: float(7) }, { expected: f32([1, 3], [7, 1, 2]) }),
  one(7, "Pad", "a constant", { x: any(2, 3) }, { pads: ints([1, 0, 0, 2]), value: float(1.5) }),
  one(9, "Pad", "zeros, and less than there was", { x: any(2, 3) }, { pads: ints([0, -1, 1, 0]) }),
  one(10, "Pad", "reflected", { x: any(2, 3) }, { pads: ints([0, 1, 1, 2]), mode: string("reflect") }),
  one(10, "Pad", "the edge", { x: any(2, 3) }, { pads: ints([0, 1, 1, 2]), mode: string("edge") }),
  one(7, "Split", "equal parts", { x: any(4, 2) }, { axis: int(0) }, { outputs: ["float32", "float32"] }),
  one(11, "Split", "parts of given sizes", { x: any(4, 2) }, { split: ints([3, 1]) }, { outputs: ["float32", "float32"] }),
  one(13, "Split", "equal parts", { x: any(4, 2) }, {}, { outputs: ["float32", "float32"] }),
  one(17, "Split", "an input", { x: any(4, 2), split: i64(1, 3) }, {}, { outputs: ["float32", "float32"] }),
  one(7, "Squeeze", "an axis", { x: any(1, 3, 1) }, { axes: ints([2]) }),
  one(11, "Squeeze", "a negative axis", { x: any(1, 3, 1) }, { axes: ints([-1]) }),
  one(12, "Squeeze", "all axes of size 1", { x: any(1, 3, 1) }),
  one(7, "Unsqueeze", "two axes", { x: any(3) }, { axes: ints([0, 2]) }),
  one(12, "Unsqueeze", "a negative axis", { x: any(3) }, { axes: ints([-1]) }),
  one(9, "Scatter", "along an axis", { x: any(2, 3), i: tensorOf("int64", [1, 2], [2, 0]), u: f32([1, 2], [7, 8]) }, { axis: int(1) }),
];
