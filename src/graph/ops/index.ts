import { Add, Div, Mean, Mul, Neg, Reciprocal, Sub, Sum } from "./arithmetic.ts";
import { Cast } from "./cast.ts";
import { And, Equal, Greater, GreaterOrEqual, IsInf, IsNaN, Less, LessOrEqual, Not, Or, Xor } from "./comparison.ts";
import { Concat, Split } from "./concat.ts";
import { Constant, ConstantOfShape, Range } from "./constant.ts";
import { If, Loop } from "./control.ts";
import { CumSum } from "./cumsum.ts";
import { Dropout } from "./dropout.ts";
import { Elu, Selu } from "./elu.ts";
import { Expand, Tile } from "./expand.ts";
import { Exp, Log, Sigmoid, Softplus, Tanh } from "./exponential.ts";
import { Max, Min } from "./extrema.ts";
import { Gather, GatherElements, GatherND } from "./gather.ts";
import { Erf, Gelu } from "./gelu.ts";
import { Gemm } from "./gemm.ts";
import { Clip, HardSigmoid, HardSwish } from "./hard.ts";
import { MatMul } from "./matmul.ts";
import { Pad } from "./pad.ts";
import { Pow, Sqrt } from "./power.ts";
import { ReduceL1, ReduceL2, ReduceLogSum, ReduceLogSumExp, ReduceMax, ReduceMean, ReduceMin, ReduceProd, ReduceSum, ReduceSumSquare } from "./reduce.ts";
import { LeakyRelu, PRelu, Relu } from "./relu.ts";
import { Flatten, Identity, Reshape, Squeeze, Unsqueeze } from "./reshape.ts";
import type { OpRule } from "./rule.ts";
import { ScatterElements, ScatterND } from "./scatter.ts";
import { Shape, Size } from "./shape.ts";
import { Abs, Ceil, Floor, Round, Sign } from "./sign.ts";
import { Slice } from "./slice.ts";
import { LogSoftmax, Softmax } from "./softmax.ts";
import { ArgMax, ArgMin, NonZero, TopK } from "./positions.ts";
import { Transpose } from "./transpose.ts";
import { Cos, Sin } from "./trigonometric.ts";
import { Where } from "./where.ts";

/** Every operator the engine knows, in alphabetical order: a new one is its file and its line here. */
export const ops = {
  Abs,
  Add,
  And,
  ArgMax,
  ArgMin,
  Cast,
  Ceil,
  Clip,
  Concat,
  Constant,
  ConstantOfShape,
  Cos,
  CumSum,
  Div,
  Dropout,
  Elu,
  Equal,
  Erf,
  Exp,
  Expand,
  Flatten,
  Floor,
  Gather,
  GatherElements,
  GatherND,
  Gelu,
  Gemm,
  Greater,
  GreaterOrEqual,
  HardSigmoid,
  HardSwish,
  Identity,
  If,
  IsInf,
  IsNaN,
  LeakyRelu,
  Less,
  LessOrEqual,
  Log,
  LogSoftmax,
  Loop,
  MatMul,
  Max,
  Mean,
  Min,
  Mul,
  Neg,
  NonZero,
  Not,
  Or,
  PRelu,
  Pad,
  Pow,
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
  Relu,
  Reshape,
  Round,
  ScatterElements,
  ScatterND,
  Selu,
  Shape,
  Sigmoid,
  Sign,
  Sin,
  Size,
  Slice,
  Softmax,
  Softplus,
  Split,
  Sqrt,
  Squeeze,
  Sub,
  Sum,
  Tanh,
  Tile,
  TopK,
  Transpose,
  Unsqueeze,
  Where,
  Xor,
} satisfies Readonly<Record<string, OpRule>>;

export type OpName = keyof typeof ops;

/** The rule of an operator; undefined for one that can be run but is not known. */
export function ruleOf(op: string): OpRule | undefined {
  return Object.hasOwn(ops, op) ? (ops as Readonly<Record<string, OpRule>>)[op] : undefined;
}
