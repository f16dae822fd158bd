import { type Dim, type TensorType, type Value, freshDim, int } from "../ir.ts";
import { intOf } from "../attributes.ts";
import { fixedShape, normalAxes, productOf, unknownShape } from "../shape.ts";
import { expandLike } from "./like.ts";
import { type GraphBuilder, type InferContext, type Inferred, defineOp } from "./rule.ts";

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

/** What the gradient of a reduction is made of. */
interface Reduction {
  readonly x: Value;
  readonly y: Value;
  readonly dy: Value;
  /** A reduced value with its axes back, at size 1, so that it broadcasts against x. */
  kept(value: Value): Value;
  /** Another reduction of a value over the same axes, which are kept. */
  alike(op: string, value: Value): Value;
}

/** A reduction whose gradient is `dx`. */
const reduction = (dx: (g: GraphBuilder, at: Reduction) => Value, inferred: (context: InferContext) => readonly Inferred[] = infer) =>
  defineOp({
    operands: ["x", "axes?"],
    infer: inferred,
    vjp: (g, { inputs: [x, axes], outputs: [y], dy, attributes }) => {
      const asItIs = (value: Value) => intOf(attributes, "keepdims", 1) === 1 || !axes || axes.ints?.length === 0 || value.type.shape?.length === 0;
      const kept = (value: Value) => (asItIs(value) ? value : g.op("Unsqueeze", [value, axes])[0]);
      const alike = (op: string, value: Value) => g.op(op, axes ? [value, axes] : [value], { ...attributes, keepdims: int(1) })[0];
      return [dx(g, { x, y, dy, kept, alike })];
    },
  });

/** y = Σ x.  dx = dy, repeated. */
export const ReduceSum = reduction((g, { x, dy, kept }) => expandLike(g, kept(dy), x));

/** y = Σ x / n.  dx = dy/n, repeated. */
export const ReduceMean = reduction((g, { x, y, dy, kept }) => {
  const [size, count] = [fixedShape(x.type.shape), fixedShape(y.type.shape)];
  const n = size && count ? (productOf(size) as number) / (productOf(count) as number) : g.div(g.count(x, x.type.element), g.count(y, x.type.element));
  return expandLike(g, kept(g.div(dy, n)), x);
});

/** y = max x or min x.  dx = dy/k at each of the k elements that attain it, else 0 (as PyTorch's amax and amin share). */
const extremum = reduction((g, { x, y, dy, kept, alike }) => {
  const taken = g.equal(x, kept(y));
  const ties = alike("ReduceSum", g.cast(taken, x.type.element));
  return g.where(taken, g.div(kept(dy), ties), 0);
});
/** y = max x.  dx = dy where x = y, shared by those that tie. */
export const ReduceMax = extremum;
/** y = min x.  dx = dy where x = y, shared by those that tie. */
export const ReduceMin = extremum;

/** y = Σ |x|.  dx = dy·sign(x) (0 at 0). */
export const ReduceL1 = reduction((g, { x, dy, kept }) => g.mul(kept(dy), g.sign(x)));

/** y = √Σ x².  dx = dy·x/y, and 0 where y = 0 (PyTorch's choice). */
export const ReduceL2 = reduction((g, { x, y, dy, kept }) => g.mul(x, kept(g.div(dy, g.where(g.equal(y, 0), 1, y)))));

/** y = Σ x².  dx = 2·dy·x. */
export const ReduceSumSquare = reduction((g, { x, dy, kept }) => g.mul(x, kept(g.mul(dy, 2))));

/** y = log Σ x.  dx = dy·exp(−y), repeated. */
export const ReduceLogSum = reduction((g, { x, y, dy, kept }) => expandLike(g, kept(g.mul(dy, g.exp(g.neg(y)))), x));

/** y = log Σ exp(x).  dx = dy·exp(x − y). */
export const ReduceLogSumExp = reduction((g, { x, y, dy, kept }) => g.mul(kept(dy), g.exp(g.sub(x, kept(y)))));

/**
 * y = Π x.  dx_i = dy·Π_{j≠i} x_j, computed as Π x'/x'_i with zeros replaced by 1 in x', and 0 where another
 * element is zero. Its own gradient is right where no element is zero.
 */
export const ReduceProd = reduction(
  (g, { x, dy, kept, alike }) => {
    const zero = g.equal(x, 0);
    const ones = g.cast(zero, x.type.element);
    const others = g.sub(alike("ReduceSum", ones), ones);
    const safe = g.where(zero, 1, x);
    const product = g.div(alike("ReduceProd", safe), safe);
    return g.where(g.greater(others, 0), 0, g.mul(kept(dy), product));
  },
  (context) => {
    const type = reduced(context);
    const known = context.ints[0];
    return [{ type, ints: known && type.shape && (type.shape.length === 0 || type.shape[0] === 1) ? [productOf(known satisfies readonly Dim[])] : undefined }];
  },
);
