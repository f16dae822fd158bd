import type { GraphBuilder } from "../../src/graph/builder.ts";
import { type Attributes, type Dim, type Value, float, int, ints, string } from "../../src/graph/ir.ts";
import type { OpName } from "../../src/graph/ops/index.ts";
import type { Draw } from "./support.ts";

/** A graph around an operator, whose gradient is compared with central differences. */
export interface GradientCase {
  readonly what: string;
  /** Shapes of the inputs; symbols take the sizes below. */
  readonly inputs: Readonly<Record<string, readonly Dim[]>>;
  readonly build: (g: GraphBuilder, inputs: Readonly<Record<string, Value>>) => Value | readonly Value[];
  readonly draw?: Draw;
  /** Sizes of the symbols, one run for each; n = 2 and n = 3 by default. */
  readonly sizes?: readonly Readonly<Record<string, number>>[];
  /** Checked in float32 and more loosely, because ONNX Runtime's CPU has no float64 kernel for these. */
  readonly float32?: string;
}

type Options = Pick<GradientCase, "draw" | "sizes" | "float32">;

const example = <K extends string>(
  what: string,
  inputs: Readonly<Record<K, readonly Dim[]>>,
  build: (g: GraphBuilder, inputs: Readonly<Record<K, Value>>) => Value | readonly Value[],
  options: Options = {},
): GradientCase => ({ what, inputs, build: build as GradientCase["build"], ...options });

/** An operator on one tensor: a matrix, a scalar, and a batch of unknown size. */
const unary = (op: string, attributes: Attributes = {}, options: Options = {}): GradientCase[] => [
  example("a matrix", { x: [2, 3] }, (g, { x }) => g.op(op, [x], attributes), options),
  example("a scalar", { x: [] }, (g, { x }) => g.op(op, [x], attributes), options),
  example("a batch of unknown size", { x: ["n", 2] }, (g, { x }) => g.op(op, [x], attributes), options),
];

/** An operator on two tensors, broadcast in every way there is. */
const binary = (op: string, options: Options = {}): GradientCase[] =>
  (
    [
      ["one shape", [2, 3], [2, 3]],
      ["a row", [2, 3], [3]],
      ["a column", [2, 1], [2, 3]],
      ["both ways", [3, 1, 2], [2, 1]],
      ["scalars", [], []],
      ["a scalar and a batch of unknown size", ["n", 2], []],
      ["a row and a batch of unknown size", [2], ["n", 2]],
      ["two batches of unknown sizes, one of them 1", ["n", 2], ["k", 2]],
    ] satisfies [string, Dim[], Dim[]][]
  ).map(([what, a, b]) =>
    example(what, { a, b }, (g, { a, b }) => g.op(op, [a, b]), {
      ...options,
      ...(what.startsWith("two")
        ? {
            sizes: [
              { n: 3, k: 1 },
              { n: 1, k: 2 },
              { n: 2, k: 2 },
            ],
          }
        : {}),
    }),
  );

/** A reduction, with all ways to give its axes. */
const reduction = (op: string, options: Options = {}): GradientCase[] => [
  example("all axes", { x: [2, 3] }, (g, { x }) => g.op(op, [x]), options),
  example("all axes, not kept", { x: [2, 3] }, (g, { x }) => g.op(op, [x], { keepdims: int(0) }), options),
  example("one axis", { x: [2, 3, 2] }, (g, { x }) => g.op(op, [x, g.ints([1])]), options),
  example("negative axes, not kept", { x: [2, 3, 2] }, (g, { x }) => g.op(op, [x, g.ints([-1, 0])], { keepdims: int(0) }), options),
  example("no axes are all", { x: [2, 3] }, (g, { x }) => g.op(op, [x, g.ints([])], { keepdims: int(0) }), options),
  example("no axes are none", { x: [2, 2] }, (g, { x }) => g.op(op, [x, g.ints([])], { noop_with_empty_axes: int(1) }), { draw: "positive", ...options }),
  example("a batch of unknown size, reduced", { x: ["n", 2] }, (g, { x }) => g.op(op, [x, g.ints([0])], { keepdims: int(0) }), options),
  example("a batch of unknown size, kept", { x: ["n", 2] }, (g, { x }) => g.op(op, [x, g.ints([1])], { keepdims: int(0) }), options),
  example("a scalar", { x: [] }, (g, { x }) => g.op(op, [x]), options),
  example(
    "axes known only when it runs",
    { x: ["n", 3] },
    (g, { x }) =>
      g.op(op, [x, g.sub(g.shape(g.reduceSum(x, [0])), g.constant({ element: "int64", shape: [2], data: BigInt64Array.of(1n, 2n) }))], { keepdims: int(0) }),
    options,
  ),
];

const f32 = (op: string): Options => ({ float32: `ONNX Runtime's CPU has no float64 kernel for ${op}` });
const indices = (g: GraphBuilder, shape: number[], values: number[]) => g.constant({ element: "int64", shape, data: BigInt64Array.from(values, BigInt) });
const maskOf = (g: GraphBuilder, x: Value) => g.greater(x, 0.1);

const activations = (op: string, attributes: Attributes[]): GradientCase[] => [
  ...unary(op, {}, f32(op)),
  ...attributes.map((chosen) => example(`with ${Object.keys(chosen).join(" and ")}`, { x: [2, 3] }, (g, { x }) => g.op(op, [x], chosen), f32(op))),
];

/** Examples for every operator with a gradient rule; the contract test fails for one without. */
export const gradientCases: Readonly<Partial<Record<OpName, readonly GradientCase[]>>> = {
  Abs: unary("Abs"),
  Add: binary("Add"),
  Cast: [
    example("to the same type", { x: [2] }, (g, { x }) => g.op("Cast", [x], { to: int(11) })),
    example("to another type and back", { x: [2] }, (g, { x }) => g.cast(g.mul(g.cast(x, "float64"), 3), "float32"), { float32: "the other type is float64" }),
    example("a mask", { x: [4] }, (g, { x }) => g.mul(x, g.cast(maskOf(g, x), x.type.element))),
  ],
  Clip: [
    example("both bounds", { x: [6] }, (g, { x }) => g.clip(x, -0.5, 0.7)),
    example("a low bound", { x: [6] }, (g, { x }) => g.clip(x, -0.5)),
    example("a high bound", { x: ["n", 3] }, (g, { x }) => g.clip(x, undefined, 0.4)),
    example("no bound", { x: [3] }, (g, { x }) => g.clip(x)),
    example("bounds that are values", { x: [2, 4], low: [], high: [] }, (g, { x, low, high }) => g.clip(x, g.sub(low, 1), g.add(high, 1))),
    example("bounds that cross", { x: [6], low: [], high: [] }, (g, { x, low, high }) => g.clip(x, g.add(low, 2), g.sub(high, 2))),
  ],
  Concat: [
    example("two", { a: [2, 1], b: [2, 2] }, (g, { a, b }) => g.concat([a, b], 1)),
    example("three, along a negative axis", { a: [2, 1], b: [2, 2], c: [2, 1] }, (g, { a, b, c }) => g.concat([a, b, c], -1)),
    example("one", { a: [2] }, (g, { a }) => g.concat([a], 0)),
    example("sizes known only when it runs", { a: ["n", 2], b: [1, 2] }, (g, { a, b }) => g.concat([a, b], 0)),
  ],
  Cos: unary("Cos"),
  CumSum: [
    example("forward", { x: [2, 3] }, (g, { x }) => g.op("CumSum", [x, g.int(1)])),
    example("backward", { x: [3, 2] }, (g, { x }) => g.op("CumSum", [x, g.int(0)], { reverse: int(1) })),
    example("exclusive", { x: ["n", 3] }, (g, { x }) => g.op("CumSum", [x, g.int(-1)], { exclusive: int(1) })),
  ],
  Div: binary("Div", { draw: "positive" }),
  Dropout: [
    example("inference", { x: [2, 3] }, (g, { x }) => g.op("Dropout", [x])[0]),
    example("training switched off", { x: [2] }, (g, { x }) => g.op("Dropout", [x, g.scalar(0.5, "float32"), g.scalar(0, "bool")])[0]),
  ],
  Elu: activations("Elu", [{ alpha: float(1.7) }]),
  Erf: activations("Erf", []),
  Exp: unary("Exp"),
  Expand: [
    example("rows", { x: [3] }, (g, { x }) => g.expand(x, [2, 3])),
    example("a column", { x: [2, 1] }, (g, { x }) => g.expand(x, [3, 1, 2])),
    example("smaller than x", { x: [2, 3] }, (g, { x }) => g.expand(x, [3])),
    example("the shape of another value", { x: [], y: ["n", 2] }, (g, { x, y }) => g.mul(g.expand(x, g.shape(y)), y)),
  ],
  Flatten: [
    example("a batch", { x: ["n", 2, 2] }, (g, { x }) => g.flatten(x)),
    example("all", { x: [2, 3] }, (g, { x }) => g.flatten(x, 0)),
    example("a negative axis", { x: [2, 3, 2] }, (g, { x }) => g.flatten(x, -1)),
    example("behind the last axis", { x: [2, 3] }, (g, { x }) => g.flatten(x, 2)),
  ],
  Gather: [
    example("rows", { x: [3, 2] }, (g, { x }) => g.gather(x, indices(g, [4], [0, 2, -1, 0]))),
    example("one column", { x: ["n", 3] }, (g, { x }) => g.gather(x, g.int(1), 1)),
    example("a matrix of columns", { x: [2, 3, 2] }, (g, { x }) => g.gather(x, indices(g, [2, 2], [0, 2, 2, 1]), -2)),
    example("a vector", { x: [4] }, (g, { x }) => g.gather(x, indices(g, [1, 3], [3, 3, 0]))),
  ],
  GatherElements: [
    example("with repetition", { x: [2, 3] }, (g, { x }) => g.op("GatherElements", [x, indices(g, [2, 2], [0, 2, 1, 1])], { axis: int(1) })),
    example("by default, rows", { x: [3, 2] }, (g, { x }) => g.op("GatherElements", [x, indices(g, [2, 2], [0, -1, 2, 0])])),
  ],
  GatherND: [
    example("elements", { x: [2, 3] }, (g, { x }) => g.op("GatherND", [x, indices(g, [3, 2], [0, 1, 1, 2, 0, 1])])),
    example("rows", { x: ["n", 3] }, (g, { x }) => g.op("GatherND", [x, indices(g, [2, 1], [1, 0])])),
  ],
  Gelu: activations("Gelu", [{ approximate: string("tanh") }]),
  Gemm: [
    ...[0, 1, 2, 3].map((bits) => {
      const [transA, transB] = [(bits & 1) === 1, bits >= 2];
      return example(
        `${transA ? "Aᵀ" : "A"}·${transB ? "Bᵀ" : "B"}`,
        { A: transA ? [3, "n"] : ["n", 3], B: transB ? [2, 3] : [3, 2], C: [2] },
        (g, { A, B, C }) => g.gemm(A, B, { transA, transB, c: C, alpha: 0.5, beta: 1.5 }),
      );
    }),
    example("without C", { A: [2, 3], B: [3, 1] }, (g, { A, B }) => g.gemm(A, B)),
    example("C a scalar", { A: [2, 3], B: [3, 1], C: [] }, (g, { A, B, C }) => g.gemm(A, B, { c: C })),
    example("C a column", { A: [2, 3], B: [3, 2], C: [2, 1] }, (g, { A, B, C }) => g.gemm(A, B, { c: C })),
  ],
  HardSigmoid: activations("HardSigmoid", [{ alpha: float(0.7), beta: float(0.4) }]),
  HardSwish: [...activations("HardSwish", []), example("beyond both ends", { x: [4] }, (g, { x }) => g.op("HardSwish", [g.mul(x, 2.5)]), f32("HardSwish"))],
  Identity: unary("Identity"),
  LeakyRelu: activations("LeakyRelu", [{ alpha: float(0.3) }]),
  Log: unary("Log", {}, { draw: "positive" }),
  LogSoftmax: [
    example("the last axis", { x: ["n", 3] }, (g, { x }) => g.logSoftmax(x)),
    example("the first axis", { x: [3, 2] }, (g, { x }) => g.logSoftmax(x, 0)),
  ],
  MatMul: [
    example("matrices", { A: [2, 3], B: [3, 2] }, (g, { A, B }) => g.matMul(A, B)),
    example("a batch of unknown size", { A: ["n", 3], B: [3, 1] }, (g, { A, B }) => g.matMul(A, B)),
    example("two vectors", { A: [3], B: [3] }, (g, { A, B }) => g.matMul(A, B)),
    example("a vector on the left", { A: [3], B: [2, 3, 2] }, (g, { A, B }) => g.matMul(A, B)),
    example("a vector on the right", { A: [2, 2, 3], B: [3] }, (g, { A, B }) => g.matMul(A, B)),
    example("a vector on the right of a matrix", { A: ["n", 3], B: [3] }, (g, { A, B }) => g.matMul(A, B)),
    example("stacks of matrices", { A: [2, 2, 3], B: [2, 3, 1] }, (g, { A, B }) => g.matMul(A, B)),
    example("stacks that broadcast", { A: [2, 1, 2, 2], B: [3, 2, 1] }, (g, { A, B }) => g.matMul(A, B)),
    example("one weight under a stack", { A: ["n", 2, 3], B: [3, 2] }, (g, { A, B }) => g.matMul(A, B)),
    example("one matrix over a stack", { A: [2, 3], B: ["n", 3, 2] }, (g, { A, B }) => g.matMul(A, B)),
  ],
  Max: [
    ...binary("Max"),
    example("three", { a: [2, 3], b: [3], c: [] }, (g, { a, b, c }) => g.op("Max", [a, b, c])),
    example("one", { a: [2] }, (g, { a }) => g.op("Max", [a])),
  ],
  Mean: [...binary("Mean", f32("Mean")), example("three", { a: [2, 3], b: [3], c: [] }, (g, { a, b, c }) => g.op("Mean", [a, b, c]), f32("Mean"))],
  Min: [...binary("Min"), example("three", { a: [2, 3], b: [3], c: [] }, (g, { a, b, c }) => g.op("Min", [a, b, c]))],
  Mul: [...binary("Mul"), example("a square", { a: [3] }, (g, { a }) => g.mul(a, a))],
  Neg: unary("Neg"),
  PRelu: [
    example("a slope for each column", { x: ["n", 3], slope: [3] }, (g, { x, slope }) => g.op("PRelu", [x, slope]), f32("PRelu")),
    example("one slope", { x: [2, 3], slope: [1] }, (g, { x, slope }) => g.op("PRelu", [x, slope]), f32("PRelu")),
  ],
  Pad: [
    example("zeros", { x: [2, 3] }, (g, { x }) => g.op("Pad", [x, g.ints([1, 0, 0, 2])])),
    example("a value", { x: ["n", 2], c: [] }, (g, { x, c }) => g.op("Pad", [x, g.ints([1, 0, 1, 1]), c])),
    example("taking away", { x: [3, 3] }, (g, { x }) => g.op("Pad", [x, g.ints([-1, 1, 0, -2])])),
    example("one axis", { x: [2, 3] }, (g, { x }) => g.op("Pad", [x, g.ints([1, 2]), undefined, g.ints([-1])])),
    example("known only when it runs", { x: ["n", 2] }, (g, { x }) => g.op("Pad", [x, g.mul(g.concat([g.shape(x), g.ints([0, 1])], 0), 1)])),
  ],
  Pow: [
    ...binary("Pow", { draw: "positive" }),
    ...[0, 1, 2, 3, -1, 0.5, 2.5].map((power) => example(`to the power ${power}`, { x: [2, 3] }, (g, { x }) => g.pow(x, power), { draw: "positive" })),
    ...[2, 3, 5, -2].map((power) => example(`of numbers of both signs, to the power ${power}`, { x: [5] }, (g, { x }) => g.pow(x, power))),
    example("to a whole number of another type", { x: [3] }, (g, { x }) => g.op("Pow", [x, g.int(3)])),
    example("to the power of a vector of whole numbers", { x: [2, 3] }, (g, { x }) => g.op("Pow", [x, g.ints([2, 0, 3])])),
  ],
  Range: [
    example("of 3 elements, wherever it starts", { start: [], delta: [] }, (g, { start, delta }) =>
      g.op("Range", [start, g.add(start, g.mul(delta, 2.5)), delta]),
    ),
    example("of 2 elements backward", { start: [], delta: [] }, (g, { start, delta }) => {
      const step = g.neg(g.mul(delta, delta));
      return g.op("Range", [start, g.add(start, g.mul(step, 1.5)), step]);
    }),
  ],
  Reciprocal: unary("Reciprocal", {}, { draw: "positive" }),
  ReduceL1: reduction("ReduceL1"),
  ReduceL2: reduction("ReduceL2"),
  ReduceLogSum: reduction("ReduceLogSum", { draw: "positive" }),
  ReduceLogSumExp: reduction("ReduceLogSumExp"),
  ReduceMax: reduction("ReduceMax", { draw: "distinct" }),
  ReduceMean: reduction("ReduceMean"),
  ReduceMin: reduction("ReduceMin", { draw: "distinct" }),
  ReduceProd: [
    ...reduction("ReduceProd"),
    ...[1, 2].map((zeros) =>
      example(`${zeros} zero${zeros > 1 ? "s" : ""}`, { x: [4] }, (g, { x }) =>
        g.op("ReduceProd", [
          g.mul(x, g.constant({ element: x.type.element as "float64", shape: [4], data: Float64Array.from([1, 1, 1, 1].fill(0, 0, zeros)) })),
        ]),
      ),
    ),
  ],
  ReduceSum: reduction("ReduceSum"),
  ReduceSumSquare: reduction("ReduceSumSquare"),
  Relu: unary("Relu"),
  Reshape: [
    example("fixed", { x: [2, 3] }, (g, { x }) => g.reshape(x, [3, 2])),
    example("0 and −1", { x: ["n", 2, 3] }, (g, { x }) => g.reshape(x, [0, -1])),
    example("to another's shape", { x: ["n", 2], y: [2, "n"] }, (g, { x, y }) => g.mul(g.reshape(x, g.shape(y)), y)),
    example("to a scalar", { x: [1, 1] }, (g, { x }) => g.reshape(x, [])),
  ],
  ScatterElements: [
    example("written", { x: [3, 2], u: [2, 2] }, (g, { x, u }) => g.op("ScatterElements", [x, indices(g, [2, 2], [0, 2, 2, 1]), u])),
    example("added", { x: [2, 3], u: [2, 2] }, (g, { x, u }) =>
      g.op("ScatterElements", [x, indices(g, [2, 2], [0, 0, 2, -2]), u], { axis: int(1), reduction: string("add") }),
    ),
  ],
  ScatterND: [
    example("written", { x: [3, 2], u: [2, 2] }, (g, { x, u }) => g.op("ScatterND", [x, indices(g, [2, 1], [2, 0]), u])),
    example("added", { x: [2, 3], u: [3] }, (g, { x, u }) => g.op("ScatterND", [x, indices(g, [3, 2], [0, 0, 1, 2, 0, 0]), u], { reduction: string("add") })),
  ],
  Selu: activations("Selu", [{ alpha: float(1.1), gamma: float(1.2) }]),
  Sigmoid: unary("Sigmoid"),
  Sin: unary("Sin"),
  Slice: [
    example("rows", { x: [4, 2] }, (g, { x }) => g.slice(x, [1], [3], [0])),
    example("two axes, from behind", { x: [3, 4] }, (g, { x }) => g.slice(x, [-2, 0], [2 ** 40, -1], [0, 1])),
    example("steps", { x: [5, 2] }, (g, { x }) => g.slice(x, [0, 1], [5, 2], [0, -1], [2, 1])),
    example("backward", { x: [4] }, (g, { x }) => g.slice(x, [-1], [-(2 ** 40)], [0], [-1])),
    example("a batch of unknown size", { x: ["n", 3] }, (g, { x }) => g.slice(x, [-1], [2 ** 40], [0])),
    example("columns of a batch of unknown size", { x: ["n", 3] }, (g, { x }) => g.slice(x, [1], [3], [1])),
    example("bounds known only when it runs", { x: [3, 2], y: ["n"] }, (g, { x, y }) => g.slice(x, g.ints([0]), g.sub(g.shape(y), 1), [0])),
    example("nothing", { x: [3, 2] }, (g, { x }) => g.slice(x, [2], [1], [0])),
    example("axes left out", { x: [3, 4] }, (g, { x }) => g.op("Slice", [x, g.ints([1, 1]), g.ints([3, 3])])),
  ],
  Softmax: [example("the last axis", { x: ["n", 3] }, (g, { x }) => g.softmax(x)), example("the first axis", { x: [3, 2] }, (g, { x }) => g.softmax(x, 0))],
  Softplus: activations("Softplus", []),
  Split: [
    example("equal parts", { x: [4, 2] }, (g, { x }) => g.op("Split", [x], { num_outputs: int(2) }, 2)),
    example("a smaller last part", { x: [2, 5] }, (g, { x }) => g.op("Split", [x], { axis: int(1), num_outputs: int(3) }, 3)),
    example("sizes", { x: ["n", 3] }, (g, { x }) => g.op("Split", [x, g.ints([1, 2])], { axis: int(-1) }, 2)),
    example("a part that nothing reads", { x: [3] }, (g, { x }) => g.mul(g.op("Split", [x, g.ints([1, 2])], {}, 2)[1]!, 2)),
  ],
  Sqrt: unary("Sqrt", {}, { draw: "positive" }),
  Squeeze: [example("all", { x: [1, 3, 1] }, (g, { x }) => g.squeeze(x)), example("one axis", { x: [1, "n", 1] }, (g, { x }) => g.squeeze(x, [-1]))],
  Sub: binary("Sub"),
  Sum: [...binary("Sum"), example("three", { a: [2, 3], b: [3], c: [] }, (g, { a, b, c }) => g.op("Sum", [a, b, c]))],
  Tanh: unary("Tanh"),
  Tile: [
    example("both axes", { x: [2, 3] }, (g, { x }) => g.op("Tile", [x, g.ints([2, 3])])),
    example("a batch of unknown size", { x: ["n", 2] }, (g, { x }) => g.op("Tile", [x, g.ints([2, 1])])),
    example("a scalar", { x: [] }, (g, { x }) => g.op("Tile", [x, g.ints([])])),
  ],
  TopK: [
    example("largest", { x: ["n", 4] }, (g, { x }) => g.op("TopK", [x, g.ints([2])], {}, 2), { draw: "distinct" }),
    example("smallest, by rows", { x: [4, 2] }, (g, { x }) => g.op("TopK", [x, g.ints([2])], { axis: int(0), largest: int(0) }, 2), { draw: "distinct" }),
  ],
  Transpose: [
    example("reversed", { x: [2, 3] }, (g, { x }) => g.transpose(x)),
    example("a cycle", { x: [2, "n", 3] }, (g, { x }) => g.op("Transpose", [x], { perm: ints([1, 2, 0]) })),
  ],
  Unsqueeze: [
    example("front and back", { x: ["n", 2] }, (g, { x }) => g.unsqueeze(x, [0, -1])),
    example("a scalar", { x: [] }, (g, { x }) => g.unsqueeze(x, [0])),
  ],
  Where: [
    ...(["one shape", "a row", "a scalar"] as const).map((what, i) =>
      example(what, { a: [2, 3], b: [[2, 3], [3], []][i]! }, (g, { a, b }) => g.where(maskOf(g, a), a, b)),
    ),
    example("a mask that broadcasts", { m: ["n", 1], a: [2], b: ["n", 2] }, (g, { m, a, b }) => g.where(maskOf(g, m), a, b)),
  ],
};
