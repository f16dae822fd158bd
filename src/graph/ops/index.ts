import { Add, Div, Mean, Mod, Mul, Neg, Reciprocal, Sub, Sum } from "./arithmetic.ts";
import { Attention, RotaryEmbedding } from "./attention.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { BitShift, BitwiseAnd, BitwiseNot, BitwiseOr, BitwiseXor } from "./bits.ts";
import { Cast, CastLike } from "./cast.ts";
import { And, Equal, Greater, GreaterOrEqual, IsInf, IsNaN, Less, LessOrEqual, Not, Or, Xor } from "./comparison.ts";
import { Col2Im } from "./col2im.ts";
import { Concat, Split } from "./concat.ts";
import { Constant, ConstantOfShape, Range } from "./constant.ts";
import { If, Loop, Scan } from "./control.ts";
import { Conv, ConvTranspose } from "./conv.ts";
import { CumProd, CumSum } from "./cumsum.ts";
import { Dropout } from "./dropout.ts";
import { Einsum } from "./einsum.ts";
import { Celu, Elu, Selu } from "./elu.ts";
import { Expand, Tile } from "./expand.ts";
import { Exp, Log, Sigmoid, Softplus, Tanh } from "./exponential.ts";
import { Max, Min } from "./extrema.ts";
import { Gather, GatherElements, GatherND } from "./gather.ts";
import { Erf, Gelu } from "./gelu.ts";
import { Gemm } from "./gemm.ts";
import { AffineGrid, GridSample } from "./grid-sample.ts";
import { GlobalAveragePool, GlobalLpPool, GlobalMaxPool } from "./global-pool.ts";
import { Clip, HardSigmoid, HardSwish, Shrink } from "./hard.ts";
import { Acosh, Asinh, Atanh, Cosh, Sinh } from "./hyperbolic.ts";
import { NegativeLogLikelihoodLoss, SoftmaxCrossEntropyLoss } from "./loss.ts";
import { LRN } from "./lrn.ts";
import { ConvInteger, MatMulInteger } from "./integer.ts";
import { MatMul } from "./matmul.ts";
import {
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  LpNormalization,
  MeanVarianceNormalization,
  RMSNormalization,
} from "./normalization.ts";
import { CenterCropPad, Pad } from "./pad.ts";
import { AveragePool, LpPool, MaxPool, MaxUnpool } from "./pool.ts";
import { SimplifiedLayerNormalization } from "./microsoft.ts";
import {
  BitCast,
  BlackmanWindow,
  ConcatFromSequence,
  HammingWindow,
  HannWindow,
  ImageDecoder,
  Optional,
  OptionalGetElement,
  OptionalHasElement,
  RegexFullMatch,
  SequenceAt,
  SequenceConstruct,
  SequenceEmpty,
  SequenceErase,
  SequenceInsert,
  SequenceLength,
  SequenceMap,
  SplitToSequence,
  StringConcat,
  StringNormalizer,
  StringSplit,
  TfIdfVectorizer,
} from "./other.ts";
import { ArgMax, ArgMin, NonZero, TopK } from "./positions.ts";
import { Pow, Sqrt } from "./power.ts";
import { DequantizeLinear, DynamicQuantizeLinear, QuantizeLinear } from "./quantize.ts";
import { Bernoulli, EyeLike, Multinomial, RandomNormal, RandomNormalLike, RandomUniform, RandomUniformLike } from "./random.ts";
import { GRU, LSTM, RNN } from "./recurrent.ts";
import { ReduceL1, ReduceL2, ReduceLogSum, ReduceLogSumExp, ReduceMax, ReduceMean, ReduceMin, ReduceProd, ReduceSum, ReduceSumSquare } from "./reduce.ts";
import { LeakyRelu, PRelu, Relu, ThresholdedRelu } from "./relu.ts";
import { DeformConv, MaxRoiPool, RoiAlign } from "./regions.ts";
import { Flatten, Identity, Reshape, Squeeze, Unsqueeze } from "./reshape.ts";
import { Resize } from "./resize.ts";
import { otherDomains } from "./other-domains.ts";
import type { OpRule } from "./rule.ts";
import { ScatterElements, ScatterND, TensorScatter } from "./scatter.ts";
import { Compress, Det, NonMaxSuppression, OneHot, ReverseSequence, Trilu, Unique } from "./select.ts";
import { Shape, Size } from "./shape.ts";
import { Abs, Ceil, Floor, Round, Sign } from "./sign.ts";
import { Slice } from "./slice.ts";
import { Mish, Softsign, Swish } from "./smooth.ts";
import { Hardmax, LogSoftmax, Softmax } from "./softmax.ts";
import { DepthToSpace, SpaceToDepth } from "./space.ts";
import { DFT, MelWeightMatrix, STFT } from "./spectrum.ts";
import { Transpose } from "./transpose.ts";
import { Acos, Asin, Atan, Cos, Sin, Tan } from "./trigonometric.ts";
import { Where } from "./where.ts";

/** Every operator the engine knows, in alphabetical order: a new one is its file and its line here. */
export const ops = {
  Abs,
  Acos,
  Acosh,
  Add,
  AffineGrid,
  And,
  ArgMax,
  ArgMin,
  Asin,
  Asinh,
  Atan,
  Atanh,
  Attention,
  AveragePool,
  BatchNormalization,
  Bernoulli,
  BitCast,
  BitShift,
  BitwiseAnd,
  BitwiseNot,
  BitwiseOr,
  BitwiseXor,
  BlackmanWindow,
  Cast,
  CastLike,
  Ceil,
  Celu,
  CenterCropPad,
  Clip,
  Col2Im,
  Compress,
  Concat,
  ConcatFromSequence,
  Constant,
  ConstantOfShape,
  Conv,
  ConvInteger,
  ConvTranspose,
  Cos,
  Cosh,
  CumProd,
  CumSum,
  DFT,
  DeformConv,
  DepthToSpace,
  DequantizeLinear,
  Det,
  Div,
  Dropout,
  DynamicQuantizeLinear,
  Einsum,
  Elu,
  Equal,
  Erf,
  Exp,
  Expand,
  EyeLike,
  Flatten,
  Floor,
  GRU,
  Gather,
  GatherElements,
  GatherND,
  Gelu,
  Gemm,
  GlobalAveragePool,
  GlobalLpPool,
  GlobalMaxPool,
  Greater,
  GreaterOrEqual,
  GridSample,
  GroupNormalization,
  HammingWindow,
  HannWindow,
  HardSigmoid,
  HardSwish,
  Hardmax,
  Identity,
  If,
  ImageDecoder,
  InstanceNormalization,
  IsInf,
  IsNaN,
  LRN,
  LSTM,
  LayerNormalization,
  LeakyRelu,
  Less,
  LessOrEqual,
  Log,
  LogSoftmax,
  Loop,
  LpNormalization,
  LpPool,
  MatMul,
  MatMulInteger,
  Max,
  MaxPool,
  MaxRoiPool,
  MaxUnpool,
  Mean,
  MeanVarianceNormalization,
  MelWeightMatrix,
  Min,
  Mish,
  Mod,
  Mul,
  Multinomial,
  Neg,
  NegativeLogLikelihoodLoss,
  NonMaxSuppression,
  NonZero,
  Not,
  OneHot,
  Optional,
  OptionalGetElement,
  OptionalHasElement,
  Or,
  PRelu,
  Pad,
  Pow,
  QuantizeLinear,
  RMSNormalization,
  RNN,
  RandomNormal,
  RandomNormalLike,
  RandomUniform,
  RandomUniformLike,
  Range,
  Reciprocal,
  ReduceL1,
  ReduceL2,
  ReduceLogSum,
  ReduceLogSumExp,
  ReduceMax,
  ReduceMean,
  ReduceMin,
  ReduceProd,
  ReduceSum,
  ReduceSumSquare,
  RegexFullMatch,
  Relu,
  Reshape,
  Resize,
  ReverseSequence,
  RoiAlign,
  RotaryEmbedding,
  Round,
  STFT,
  Scan,
  ScatterElements,
  ScatterND,
  Selu,
  SequenceAt,
  SequenceConstruct,
  SequenceEmpty,
  SequenceErase,
  SequenceInsert,
  SequenceLength,
  SequenceMap,
  Shape,
  Shrink,
  Sigmoid,
  Sign,
  SimplifiedLayerNormalization,
  Sin,
  Sinh,
  Size,
  Slice,
  Softmax,
  SoftmaxCrossEntropyLoss,
  Softplus,
  Softsign,
  SpaceToDepth,
  Split,
  SplitToSequence,
  Sqrt,
  Squeeze,
  StringConcat,
  StringNormalizer,
  StringSplit,
  Sub,
  Sum,
  Swish,
  Tan,
  Tanh,
  TensorScatter,
  TfIdfVectorizer,
  ThresholdedRelu,
  Tile,
  TopK,
  Transpose,
  Trilu,
  Unique,
  Unsqueeze,
  Where,
  Xor,
  ...otherDomains,
} satisfies Readonly<Record<string, OpRule>>;

export type OpName = keyof typeof ops;

/** The rule of an operator; undefined for one that can be run but is not known. */
export function ruleOf(op: string): OpRule | undefined {
  return Object.hasOwn(ops, op) ? (ops as Readonly<Record<string, OpRule>>)[op] : undefined;
}
