import { float, floats, int, ints, string } from "../../../src/graph/ir.ts";
import { type Cases, example, f32 } from "./case.ts";

const scores = { coefficients: floats([0.5, -1, 0.3, 0.8, 0.2, -0.4]), intercepts: floats([0.1, -0.2, 0.3]) };

/** Operators of other domains: those of classical models, and what ONNX Runtime's optimizer makes of several. */
export const otherDomainCases = {
  "ai.onnx.ml::LinearClassifier": ["NONE", "SOFTMAX", "LOGISTIC"].map((post) =>
    example(
      post,
      { x: [2, 2] },
      (g, { x }) => g.op("ai.onnx.ml::LinearClassifier", [x], { ...scores, classlabels_ints: ints([0, 1, 2]), post_transform: string(post) }, 2)[1]!,
      { float32: "its scores are float32" },
    ),
  ),
  "ai.onnx.ml::LinearRegressor": [
    example("three targets", { x: ["n", 2] }, (g, { x }) => g.op("ai.onnx.ml::LinearRegressor", [x], { ...scores, targets: int(3) }), f32("LinearRegressor")),
  ],
  "ai.onnx.ml::Normalizer": ["L1", "L2"].map((norm) =>
    example(norm, { x: [2, 3] }, (g, { x }) => g.op("ai.onnx.ml::Normalizer", [x], { norm: string(norm) }), { float32: "its result is float32" }),
  ),
  "ai.onnx.ml::Scaler": [
    example("columns", { x: [2, 2] }, (g, { x }) => g.op("ai.onnx.ml::Scaler", [x], { offset: floats([0.5, -1]), scale: floats([2, 0.3]) }), {
      float32: "its result is float32",
    }),
  ],
  "com.microsoft::BiasGelu": [example("a bias", { x: [2, 3], b: [3] }, (g, { x, b }) => g.op("com.microsoft::BiasGelu", [x, b]), f32("BiasGelu"))],
  "com.microsoft::FastGelu": [
    example("a bias", { x: [2, 3], b: [3] }, (g, { x, b }) => g.op("com.microsoft::FastGelu", [x, b])),
    example("none", { x: ["n", 3] }, (g, { x }) => g.op("com.microsoft::FastGelu", [x])),
  ],
  "com.microsoft::Gelu": [example("a matrix", { x: [2, 3] }, (g, { x }) => g.op("com.microsoft::Gelu", [x]), f32("Gelu"))],
  "com.microsoft::QuickGelu": [
    example("its default", { x: [2, 3] }, (g, { x }) => g.op("com.microsoft::QuickGelu", [x]), f32("QuickGelu")),
    example("a factor", { x: [2, 3] }, (g, { x }) => g.op("com.microsoft::QuickGelu", [x], { alpha: float(0.9) }), f32("QuickGelu")),
  ],
} satisfies Cases;
