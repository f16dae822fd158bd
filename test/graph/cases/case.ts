import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { type Attributes, type Dim, type Value, int } from "../../../src/graph/ir.ts";
import type { OpName } from "../../../src/graph/ops/index.ts";
import type { Draw } from "../support.ts";

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
  /** Why the engine cannot run it with n = 0, without any gradient; every other case with an n is run so too. */
  readonly zeroRows?: string;
}

export type Options = Pick<GradientCase, "draw" | "sizes" | "float32" | "zeroRows">;

export const example = <K extends string>(
  what: string,
  inputs: Readonly<Record<K, readonly Dim[]>>,
  build: (g: GraphBuilder, inputs: Readonly<Record<K, Value>>) => Value | readonly Value[],
  options: Options = {},
): GradientCase => ({ what, inputs, build: build as GradientCase["build"], ...options });

/** An operator on one tensor: a matrix, a scalar, and a batch of unknown size. */
export const unary = (op: string, attributes: Attributes = {}, options: Options = {}): GradientCase[] => [
  example("a matrix", { x: [2, 3] }, (g, { x }) => g.op(op, [x], attributes), options),
  example("a scalar", { x: [] }, (g, { x }) => g.op(op, [x], attributes), options),
  example("a batch of unknown size", { x: ["n", 2] }, (g, { x }) => g.op(op, [x], attributes), options),
];

/** An operator on two tensors, broadcast in every way there is. */
export const binary = (op: string, options: Options = {}): GradientCase[] =>
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
export const reduction = (op: string, options: Options = {}): GradientCase[] => [
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

export const f32 = (op: string): Options => ({ float32: `ONNX Runtime's CPU has no float64 kernel for ${op}` });
export const indices = (g: GraphBuilder, shape: number[], values: number[]) =>
  g.constant({ element: "int64", shape, data: BigInt64Array.from(values, BigInt) });
export const maskOf = (g: GraphBuilder, x: Value) => g.greater(x, 0.1);

export const activations = (op: string, attributes: Attributes[], options: Options = f32(op)): GradientCase[] => [
  ...unary(op, {}, options),
  ...attributes.map((chosen) => example(`with ${Object.keys(chosen).join(" and ")}`, { x: [2, 3] }, (g, { x }) => g.op(op, [x], chosen), options)),
];

/** Examples for some of the operators. */
export type Cases = Readonly<Partial<Record<OpName, readonly GradientCase[]>>>;
