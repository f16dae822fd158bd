import { float, int } from "../../../../src/graph/ir.ts";
import { any, f32, known, one } from "./case.ts";

export const normalization = [
  one(
    6,
    "BatchNormalization",
    "in test mode",
    { x: any(1, 2, 3), s: f32([2], [1, 2]), b: f32([2], [0, 1]), m: f32([2], [0, 0]), v: f32([2], [1, 1]) },
    { is_test: int(1), epsilon: float(0) },
    {
      expected: f32(
        [1, 2, 3],
        Array.from(any(1, 2, 3).data, (x, i) => (i < 3 ? x : 2 * x + 1)),
      ),
    },
  ),
  one(
    7,
    "BatchNormalization",
    "of every element",
    { x: any(2, 2, 3), s: any(2, 3), b: any(2, 3), m: any(2, 3), v: f32([2, 3], [1, 2, 3, 4, 5, 6]) },
    { spatial: int(0) },
  ),
  one(
    8,
    "BatchNormalization",
    "of channels",
    { x: any(2, 2, 3), s: any(2), b: any(2), m: any(2), v: f32([2], [1, 2]) },
    { spatial: int(1), momentum: float(0.5) },
  ),
  one(9, "BatchNormalization", "of channels", { x: any(2, 2, 3), s: any(2), b: any(2), m: any(2), v: f32([2], [1, 2]) }, { epsilon: float(0.1) }),
  one(6, "Dropout", "in test mode", { x: any(2, 3) }, { is_test: int(1), ratio: float(0.3) }, { expected: any(2, 3) }),
  one(7, "Dropout", "with a ratio", { x: any(2, 3) }, { ratio: float(0.3) }),
  one(9, "Dropout", "with its mask", { x: any(2, 3) }, {}, { outputs: ["float32", "float32"] }),
  one(10, "Dropout", "with its mask", { x: any(2, 3) }, {}, { outputs: ["float32", "bool"] }),
  one(12, "Dropout", "with its mask", { x: any(2, 3), ratio: f32([], [0.3]) }, {}, { outputs: ["float32", "bool"] }),
  one(18, "GroupNormalization", "a scale for each group", { x: any(2, 6, 2), s: any(2), b: f32([2], [1, -1]) }, { num_groups: int(2) }, known),
  one(18, "GroupNormalization", "images", { x: any(1, 4, 2, 2), s: any(2), b: f32([2], [1, -1]) }, { num_groups: int(2), epsilon: float(0.1) }, known),
];
