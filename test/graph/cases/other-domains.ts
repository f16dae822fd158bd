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
  "com.microsoft::FusedConv": [
    example(
      "a sum, and LeakyRelu",
      { x: [2, 1, 3, 3], w: [2, 1, 2, 2], b: [2], z: [2, 2, 2, 2] },
      (g, { x, w, b, z }) => g.op("com.microsoft::FusedConv", [x, w, b, z], { activation: string("LeakyRelu"), activation_params: floats([0.2]) }),
      f32("FusedConv"),
    ),
    ...["Relu", "Clip", "HardSigmoid"].map((activation) =>
      example(
        activation,
        { x: [1, 2, 4], w: [2, 2, 3] },
        (g, { x, w }) => g.op("com.microsoft::FusedConv", [x, w], { activation: string(activation), activation_params: floats([0.3, 0.6]) }),
        f32("FusedConv"),
      ),
    ),
  ],
  "com.microsoft::FusedGemm": [
    example(
      "Tanh",
      { a: [3, 2], b: [4, 3], c: [4] },
      (g, { a, b, c }) => g.op("com.microsoft::FusedGemm", [a, b, c], { transA: int(1), transB: int(1), alpha: float(0.5), activation: string("Tanh") }),
      f32("FusedGemm"),
    ),
    example(
      "LeakyRelu",
      { a: ["n", 3], b: [3, 2] },
      (g, { a, b }) => g.op("com.microsoft::FusedGemm", [a, b], { activation: string("LeakyRelu"), activation_alpha: float(0.2) }),
      f32("FusedGemm"),
    ),
  ],
  "com.microsoft::FusedMatMul": [
    example("turned", { a: [2, 3, 2], b: [2, 4, 3] }, (g, { a, b }) =>
      g.op("com.microsoft::FusedMatMul", [a, b], { transA: int(1), transB: int(1), alpha: float(0.5) }),
    ),
    example("as they are", { a: ["n", 3], b: [3, 2] }, (g, { a, b }) => g.op("com.microsoft::FusedMatMul", [a, b])),
  ],
  "com.microsoft::Gelu": [example("a matrix", { x: [2, 3] }, (g, { x }) => g.op("com.microsoft::Gelu", [x]), f32("Gelu"))],
  "com.microsoft::QuickGelu": [
    example("its default", { x: [2, 3] }, (g, { x }) => g.op("com.microsoft::QuickGelu", [x]), f32("QuickGelu")),
    example("a factor", { x: [2, 3] }, (g, { x }) => g.op("com.microsoft::QuickGelu", [x], { alpha: float(0.9) }), f32("QuickGelu")),
  ],
  "com.microsoft::SkipLayerNormalization": [
    example(
      "all operands",
      { x: [2, 2, 3], skip: [2, 2, 3], scale: [3], shift: [3], b: [3] },
      (g, { x, skip, scale, shift, b }) => {
        const [y, , , sum] = g.op("com.microsoft::SkipLayerNormalization", [x, skip, scale, shift, b], { epsilon: float(0.01) }, 4);
        return [y!, sum!];
      },
      f32("SkipLayerNormalization"),
    ),
    example(
      "without a shift",
      { x: ["n", 1, 3], skip: ["n", 1, 3] },
      (g, { x, skip }) => g.op("com.microsoft::SkipLayerNormalization", [x, skip, g.castLike(g.ints([1, 2, 3]), x)], { epsilon: float(0.1) }),
      f32("SkipLayerNormalization"),
    ),
  ],
  "com.microsoft::SkipSimplifiedLayerNormalization": [
    example(
      "all operands",
      { x: [2, 2, 3], skip: [2, 2, 3], scale: [3], b: [3] },
      (g, { x, skip, scale, b }) => {
        const [y, , , sum] = g.op("com.microsoft::SkipSimplifiedLayerNormalization", [x, skip, scale, b], { epsilon: float(0.01) }, 4);
        return [y!, sum!];
      },
      f32("SkipLayerNormalization"),
    ),
  ],
  SimplifiedLayerNormalization: [
    example("the last axis", { x: ["n", 3], scale: [3] }, (g, { x, scale }) => g.op("SimplifiedLayerNormalization", [x, scale], { epsilon: float(0.1) })),
  ],
} satisfies Cases;
