import { intOf } from "../attributes.ts";
import { type Attributes, type Dim, type TensorType, type Value, int, ints, string } from "../ir.ts";
import { unknownShape } from "../shape.ts";
import { shapeOf } from "./like.ts";
import { type GraphBuilder, type InferContext, defineOp } from "./rule.ts";
import { alongAxis, coverage, windowCounts, windowOf } from "./window.ts";

function pooled({ op, types: [x], attributes }: InferContext): TensorType {
  const { element, shape } = x;
  return { element, shape: shape && [...shape.slice(0, 2), ...windowCounts(windowOf(op, attributes), shape.slice(2))] };
}

/** The gradient of values that were taken from x at flat positions: each element of dy added where it came from. */
function scatterFlat(g: GraphBuilder, x: Value, positions: Value, dy: Value): Value {
  const zeros = g.expand(g.scalar(0, dy.type.element), g.reshape(g.op("Size", [x])[0], [1]));
  const flat = g.op("ScatterElements", [zeros, g.reshape(positions, [-1]), g.reshape(dy, [-1])], { axis: int(0), reduction: string("add") })[0];
  return g.op("Reshape", [flat, shapeOf(g, x)], { allowzero: int(1) })[0];
}

/** y = the largest element under each window, and where it is.  dx = dy there: at the first one where several tie, as PyTorch has it. */
export const MaxPool = defineOp({
  operands: ["x"],
  infer: (context) => {
    const type = pooled(context);
    return [type, { element: "int64", shape: type.shape }];
  },
  vjp: (g, { inputs: [x], outputs, dy, attributes }) => {
    const { storage_order: order, ...rest } = attributes;
    const places = order === undefined && outputs[1] ? outputs[1] : g.op("MaxPool", [x], rest, 2)[1]!;
    const { strides, spans, kernel, before, after, same, ceil } = windowOf("MaxPool", attributes);
    const apart = strides.every((stride, i) => stride >= spans[i]! && before[i] === 0 && after[i] === 0) && !same && !ceil;
    // Where no two windows share an element, nothing is added up, and the engine has a faster scatter, if not for float64.
    if (apart && dy.type.element === "float32" && kernel.length <= 3)
      return [g.op("MaxUnpool", [dy, places, shapeOf(g, x)], { kernel_shape: ints(kernel), strides: ints(strides) })[0]];
    return [scatterFlat(g, x, places, dy)];
  },
});

/** Σ over windows of values at their positions, seen from the windows: each element of dy added to all positions under its window. */
function spread(g: GraphBuilder, op: string, attributes: Attributes, x: Value, dy: Value, share: "sum" | "mean" | "mean of x"): Value {
  const window = windowOf(op, attributes);
  return window.kernel.reduce((sum, _, i) => {
    const { taps, padded } = coverage(g, window, i, x, dy);
    const matrix = g.cast(taps, dy.type.element);
    if (share === "sum") return alongAxis(g, sum, i + 2, matrix);
    const count = share === "mean" ? g.cast(padded, dy.type.element) : g.reduceSum(matrix, [1]);
    return alongAxis(g, sum, i + 2, g.div(matrix, count));
  }, dy);
}

/**
 * y = the mean under each window; padding counts as zeros if `count_include_pad`, else not at all.  dx = dy, divided by the number of elements of its
 * window, at all of them. A window is the product of one on each axis, so that this is one small product along each.
 */
export const AveragePool = defineOp({
  operands: ["x"],
  infer: (context) => [pooled(context)],
  vjp: (g, { inputs: [x], dy, attributes }) => [
    spread(g, "AveragePool", attributes, x, dy, intOf(attributes, "count_include_pad", 0) === 1 ? "mean" : "mean of x"),
  ],
});

/** What the gradients of both p-norms need: dy·y^(1−p), and 0 where y = 0, as for ReduceL2. */
export const perNorm = (g: GraphBuilder, p: number, y: Value, dy: Value) =>
  p === 1 ? dy : g.div(dy, g.where(g.equal(y, 0), 1, p === 2 ? y : g.pow(y, p - 1)));
/** |x|^(p−1)·sign(x) */
export const power = (g: GraphBuilder, p: number, x: Value) => (p === 2 ? x : p === 1 ? g.sign(x) : g.mul(g.sign(x), g.pow(g.abs(x), p - 1)));

/** y = (Σ |x|^p)^(1/p) under each window.  dx = |x|^(p−1)·sign(x)·Σ dy·y^(1−p) over the windows above it. */
export const LpPool = defineOp({
  operands: ["x"],
  infer: (context) => [pooled(context)],
  vjp: (g, { inputs: [x], outputs: [y], dy, attributes }) => {
    const p = intOf(attributes, "p", 2);
    return [g.mul(power(g, p, x), spread(g, "LpPool", attributes, x, perNorm(g, p, y, dy), "sum"))];
  },
});

/** y = zeros with each element of x at the flat position that the second operand says.  dx = dy there. */
export const MaxUnpool = defineOp({
  operands: ["x", "positions", "shape?"],
  infer: ({ op, types: [x, , given], ints: [, , wish], attributes }) => {
    const { element, shape } = x;
    if (given) return [{ element, shape: wish ?? unknownShape(shape?.length) }];
    const { strides, kernel, before, after } = windowOf(op, attributes);
    const out = (dim: Dim, i: number): Dim =>
      typeof dim === "number" ? (dim - 1) * strides[i]! - before[i]! - after[i]! + kernel[i]! : `?${dim}*${strides[i]}-${kernel[i]}`;
    return [{ element, shape: shape && [...shape.slice(0, 2), ...shape.slice(2).map(out)] }];
  },
  vjp: (g, { inputs: [x, positions], dy }) => {
    const taken = g.op("GatherElements", [g.reshape(dy, [-1]), g.reshape(positions, [-1])], { axis: int(0) })[0];
    return [g.op("Reshape", [taken, shapeOf(g, x)], { allowzero: int(1) })[0]];
  },
});
