import { type Dim, type TensorType, type Value, freshDim, int } from "../ir.ts";
import { intOf } from "../attributes.ts";
import { fixedShape, normalAxes, productOf, unknownShape } from "../shape.ts";
import { expandLike } from "./like.ts";
import { type GraphBuilder, type InferContext, type VjpContext, defineOp } from "./rule.ts";

/** The type of a reduction: the axes are the second input, all of them where it is left out or empty. */
function reduced({ op, types: [x, axesInput], ints: [, given], attributes }: InferContext): TensorType {
  const { element, shape } = x;
  const keep = intOf(attributes, "keepdims", 1) === 1;
  const known = axesInput === undefined ? [] : given?.every((axis) => typeof axis === "number") ? given : undefined;
  if (known?.length === 0) {
    if (intOf(attributes, "noop_with_empty_axes", 0) === 1) return { element, shape };
    return { element, shape: keep ? shape?.map(() => 1) : [] };
  }
  if (!shape) return { element, shape };
  if (known) {
    const axes = new Set(normalAxes(op, known, shape.length));
    return { element, shape: keep ? shape.map((dim, axis) => (axes.has(axis) ? 1 : dim)) : shape.filter((_, axis) => !axes.has(axis)) };
  }
  if (keep) return { element, shape: shape.map((dim) => (dim === 1 ? 1 : freshDim())) };
  const count = axesInput?.shape?.[0];
  return { element, shape: unknownShape(typeof count === "number" && count > 0 ? shape.length - count : undefined) };
}

const infer = (context: InferContext) => [reduced(context)];

/** A reduced value with its axes back, at size 1, so that it broadcasts against the input. */
function kept(g: GraphBuilder, value: Value, { inputs: [, axes], attributes }: VjpContext): Value {
  const asItIs = intOf(attributes, "keepdims", 1) === 1 || !axes || axes.ints?.length === 0 || value.type.shape?.length === 0;
  return asItIs ? value : g.op("Unsqueeze", [value, axes])[0];
}

/** Another reduction of a value over the same axes, which are kept. */
function alike(g: GraphBuilder, op: string, x: Value, { inputs: [, axes], attributes }: VjpContext): Value {
  return g.op(op, axes ? [x, axes] : [x], { ...attributes, keepdims: int(1) })[0];
}

/** y = Σ x.  dx = dy, repeated. */
export const ReduceSum = defineOp({
  operands: ["x", "axes?"],
  infer,
  vjp: (g, context) => [expandLike(g, kept(g, context.dy, context), context.inputs[0])],
});

/** y = Σ x / n.  dx = dy/n, repeated. */
export const ReduceMean = defineOp({
  operands: ["x", "axes?"],
  infer,
  vjp: (g, context) => {
    const {
      inputs: [x],
      outputs: [y],
      dy,
    } = context;
    const [size, count] = [fixedShape(x.type.shape), fixedShape(y.type.shape)];
    const n = size && count ? (productOf(size) as number) / (productOf(count) as number) : g.div(g.count(x, x.type.element), g.count(y, x.type.element));
    return [expandLike(g, kept(g, g.div(dy, n), context), x)];
  },
});

/** y = max x or min x.  dx = dy/k at each of the k elements that attain it, else 0 (as PyTorch's amax and amin share). */
const extremum = defineOp({
  operands: ["x", "axes?"],
  infer,
  vjp: (g, context) => {
    const {
      inputs: [x],
      outputs: [y],
      dy,
    } = context;
    const taken = g.equal(x, kept(g, y, context));
    const ties = alike(g, "ReduceSum", g.cast(taken, x.type.element), context);
    return [g.where(taken, g.div(kept(g, dy, context), ties), 0)];
  },
});
/** y = max x.  dx = dy where x = y, shared by those that tie. */
export const ReduceMax = extremum;
/** y = min x.  dx = dy where x = y, shared by those that tie. */
export const ReduceMin = extremum;

/** y = Σ |x|.  dx = dy·sign(x) (0 at 0). */
export const ReduceL1 = defineOp({
  operands: ["x", "axes?"],
  infer,
  vjp: (g, context) => [g.mul(kept(g, context.dy, context), g.sign(context.inputs[0]))],
});

/** y = √Σ x².  dx = dy·x/y, and 0 where y = 0 (PyTorch's choice). */
export const ReduceL2 = defineOp({
  operands: ["x", "axes?"],
  infer,
  vjp: (g, context) => {
    const {
      inputs: [x],
      outputs: [y],
      dy,
    } = context;
    const length = g.where(g.equal(y, 0), 1, y);
    return [g.mul(x, kept(g, g.div(dy, length), context))];
  },
});

/** y = Σ x².  dx = 2·dy·x. */
export const ReduceSumSquare = defineOp({
  operands: ["x", "axes?"],
  infer,
  vjp: (g, context) => [g.mul(context.inputs[0], kept(g, g.mul(context.dy, 2), context))],
});

/** y = log Σ x.  dx = dy·exp(−y), repeated. */
export const ReduceLogSum = defineOp({
  operands: ["x", "axes?"],
  infer,
  vjp: (g, context) => [expandLike(g, kept(g, g.mul(context.dy, g.exp(g.neg(context.outputs[0]))), context), context.inputs[0])],
});

/** y = log Σ exp(x).  dx = dy·exp(x − y). */
export const ReduceLogSumExp = defineOp({
  operands: ["x", "axes?"],
  infer,
  vjp: (g, context) => {
    const {
      inputs: [x],
      outputs: [y],
      dy,
    } = context;
    return [g.mul(kept(g, dy, context), g.exp(g.sub(x, kept(g, y, context))))];
  },
});

/**
 * y = Π x.  dx_i = dy·Π_{j≠i} x_j, computed as Π x'/x'_i with zeros replaced by 1 in x', and 0 where another
 * element is zero. Its own gradient is right where no element is zero.
 */
export const ReduceProd = defineOp({
  operands: ["x", "axes?"],
  infer: (context) => {
    const type = reduced(context);
    const known = context.ints[0];
    return [{ type, ints: known && type.shape && (type.shape.length === 0 || type.shape[0] === 1) ? [productOf(known satisfies readonly Dim[])] : undefined }];
  },
  vjp: (g, context) => {
    const {
      inputs: [x],
      dy,
    } = context;
    const zero = g.equal(x, 0);
    const ones = g.cast(zero, x.type.element);
    const others = g.sub(alike(g, "ReduceSum", ones, context), ones);
    const safe = g.where(zero, 1, x);
    const product = g.div(alike(g, "ReduceProd", safe, context), safe);
    return [g.where(g.greater(others, 0), 0, g.mul(kept(g, dy, context), product))];
  },
});
