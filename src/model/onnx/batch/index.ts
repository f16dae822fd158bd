import { concat, cumSum, meanVariance, oneAxis, pad, quantize, reduce, slice, triangle } from "./axes.ts";
import { type BatchRule, NotBatchable } from "./context.ts";
import { elementwise } from "./elementwise.ts";
import { leading, resize } from "./image.ts";
import { elements, gather, indexed } from "./index-ops.ts";
import { einsum, gemm, matMul, recurrent } from "./matrix.ts";
import { expand, reshape, tile, transpose } from "./shape.ts";

const each = (rule: BatchRule, ops: string): Record<string, BatchRule> => Object.fromEntries(ops.split(/\s+/).map((op) => [op, rule]));

/** How every operator takes several samples at once. */
const rules: Readonly<Record<string, BatchRule>> = {
  ...each(
    elementwise,
    `Abs Acos Acosh Add And Asin Asinh Atan Atanh BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast CastLike Ceil Celu Clip Cos Cosh Div Dropout Elu
    Equal Erf Exp Floor Gelu Greater GreaterOrEqual HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Less LessOrEqual Log Max Mean Min Mish Mod Mul Neg Not
    Or PRelu Pow Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Sub Sum Swish Tan Tanh ThresholdedRelu Where Xor`,
  ),
  ...each(reshape, "Flatten Reshape Squeeze Unsqueeze"),
  ...each(oneAxis(-1), "Hardmax LayerNormalization LogSoftmax LpNormalization RMSNormalization Softmax TopK"),
  ...each(oneAxis(0), "ArgMax ArgMin Split"),
  ...each(reduce, "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare"),
  ...each(
    leading(),
    `AveragePool BatchNormalization Conv ConvTranspose DepthToSpace GlobalAveragePool GlobalLpPool GlobalMaxPool GroupNormalization InstanceNormalization LRN
    LpPool MaxPool SpaceToDepth Upsample`,
  ),
  ...each(leading(2), "GridSample"),
  ...each(leading(3), "Attention"),
  ...each(elements, "GatherElements ScatterElements"),
  ...each(indexed, "GatherND ScatterND"),
  ...each(quantize, "DequantizeLinear QuantizeLinear"),
  ...each(recurrent, "GRU LSTM RNN"),
  Concat: concat,
  CumSum: cumSum,
  Einsum: einsum,
  Expand: expand,
  Gather: gather,
  Gemm: gemm,
  MatMul: matMul,
  MeanVarianceNormalization: meanVariance,
  Pad: pad,
  Resize: resize,
  Slice: slice,
  Tile: tile,
  Transpose: transpose,
  Trilu: triangle,
};

/** The rule of an operator. @throws NotBatchable where there is none */
export function batchRule(op: string): BatchRule {
  const rule = Object.hasOwn(rules, op) ? rules[op] : undefined;
  if (!rule) throw new NotBatchable(op);
  return rule;
}
