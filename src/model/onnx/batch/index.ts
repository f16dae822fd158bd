import { centered, compress, concat, cumulative, meanVariance, oneAxis, oneHot, pad, quantize, reduce, slice, spectrum, triangle } from "./axes.ts";
import { type BatchRule, NotBatchable } from "./context.ts";
import { elementwise } from "./elementwise.ts";
import { affineGrid, batchNormalization, leading, resize, roiAlign, rotary } from "./image.ts";
import { elements, gather, indexed } from "./index-ops.ts";
import { einsum, fusedGemm, fusedMatMul, gemm, matMul, recurrent } from "./matrix.ts";
import { expand, reshape, tile, transpose } from "./shape.ts";

const each = (rule: BatchRule, ops: string): Record<string, BatchRule> => Object.fromEntries(ops.split(/\s+/).map((op) => [op, rule]));

/** How every operator takes several samples at once. */
const rules: Readonly<Record<string, BatchRule>> = {
  ...each(
    elementwise,
    `Abs Acos Acosh Add And Asin Asinh Atan Atanh BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast CastLike Ceil Celu Clip Cos Cosh Div Dropout Elu
    Equal Erf Exp Floor Gelu Greater GreaterOrEqual HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Less LessOrEqual Log Max Mean Min Mish Mod Mul Neg Not
    Or PRelu Pow Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Sub Sum Swish Tan Tanh ThresholdedRelu Where Xor com.microsoft::BiasGelu com.microsoft::FastGelu com.microsoft::Gelu com.microsoft::QuickGelu`,
  ),
  ...each(reshape, "Flatten Reshape Squeeze Unsqueeze"),
  ...each(oneAxis(-1), "Hardmax LayerNormalization LogSoftmax LpNormalization RMSNormalization SimplifiedLayerNormalization Softmax TopK"),
  ...each(oneAxis(0), "ArgMax ArgMin Split"),
  ...each(reduce, "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare"),
  ...each(
    leading(),
    `AveragePool Col2Im Conv ConvTranspose DepthToSpace GlobalAveragePool GlobalLpPool GlobalMaxPool GroupNormalization InstanceNormalization LRN
    LpPool MaxPool SpaceToDepth Upsample
    ai.onnx.ml::LinearClassifier ai.onnx.ml::LinearRegressor ai.onnx.ml::Normalizer ai.onnx.ml::Scaler
    ai.onnx.ml::TreeEnsembleClassifier ai.onnx.ml::TreeEnsembleRegressor`,
  ),
  ...each(leading(1), "GridSample MaxUnpool com.microsoft::SkipLayerNormalization com.microsoft::SkipSimplifiedLayerNormalization"),
  ...each(leading(1, 2), "TensorScatter"),
  ...each(leading(1, 2, 4, 5, 6), "Attention"),
  ...each(leading(3), "com.microsoft::FusedConv"),
  ...each(cumulative, "CumProd CumSum"),
  ...each(elements, "GatherElements ScatterElements"),
  ...each(indexed, "GatherND ScatterND"),
  ...each(quantize, "DequantizeLinear QuantizeLinear"),
  ...each(recurrent, "GRU LSTM RNN"),
  AffineGrid: affineGrid,
  BatchNormalization: batchNormalization,
  CenterCropPad: centered,
  Compress: compress,
  Concat: concat,
  DFT: spectrum,
  Einsum: einsum,
  Expand: expand,
  Gather: gather,
  Gemm: gemm,
  MatMul: matMul,
  MeanVarianceNormalization: meanVariance,
  OneHot: oneHot,
  Pad: pad,
  Resize: resize,
  RoiAlign: roiAlign,
  RotaryEmbedding: rotary,
  Slice: slice,
  Tile: tile,
  Transpose: transpose,
  Trilu: triangle,
  "com.microsoft::FusedGemm": fusedGemm,
  "com.microsoft::FusedMatMul": fusedMatMul,
};

/** The rule of an operator. @throws NotBatchable where there is none */
export function batchRule(op: string): BatchRule {
  const rule = Object.hasOwn(rules, op) ? rules[op] : undefined;
  if (!rule) throw new NotBatchable(op);
  return rule;
}
