import { SignflipError } from "../../util/errors.ts";
import { intOf } from "../attributes.ts";
import { type Dim, type TensorType, freshDim } from "../ir.ts";
import { normalAxes, normalAxis, productOf, unknownShape } from "../shape.ts";
import { reshapeLike } from "./like.ts";
import { type InferContext, type Inferred, type Vjp, defineOp } from "./rule.ts";

/** The elements stay where they are, so the gradient only goes back to the old shape. */
const vjp: Vjp = (g, { inputs: [x], dy }) => [reshapeLike(g, dy, x)];

/** Known integers pass through a change of shape, as long as the result has at most one axis. */
function sameElements(type: TensorType, { ints: [known] }: InferContext): Inferred[] {
  return [{ type, ints: type.shape && type.shape.length <= 1 ? known : undefined }];
}

/** The dimension that −1 stands for: what is left of the elements of x, symbols that both sides have canceled. */
function remaining(from: readonly Dim[], to: readonly Dim[]): Dim {
  const left = [...from];
  let divisor = 1;
  for (const dim of to) {
    const at = left.indexOf(dim);
    if (at >= 0) left.splice(at, 1);
    else if (typeof dim === "string") return freshDim();
    else divisor *= dim;
  }
  const symbols = left.filter((dim) => typeof dim === "string");
  const size = productOf(left.filter((dim) => typeof dim === "number")) as number;
  if (symbols.length > 0) return size === divisor ? productOf(symbols) : freshDim();
  if (divisor === 0 || size % divisor !== 0)
    throw new SignflipError("SF_GRAPH", `Reshape: shape [${from.join(", ")}] does not divide into [${to.join(", ")}, …]`);
  return size / divisor;
}

/** y = the elements of x in the shape of the second input: 0 keeps a dimension of x, −1 is whatever is left. */
export const Reshape = defineOp({
  operands: ["x", "shape"],
  infer: (context) => {
    const {
      types: [x, target],
      ints: [, wish],
      attributes,
    } = context;
    const { element, shape: from } = x;
    if (!wish) return [{ element, shape: unknownShape(target?.shape?.[0]) }];
    const keepZeros = intOf(attributes, "allowzero", 0) === 1;
    const shape = wish.map((dim, axis) => (dim === 0 && !keepZeros ? (from?.[axis] ?? freshDim()) : dim));
    const open = shape.indexOf(-1);
    if (open >= 0) shape[open] = from ? remaining(from, shape.toSpliced(open, 1)) : freshDim();
    const [before, after] = [from && productOf(from), productOf(shape)];
    if (typeof before === "number" && typeof after === "number" && before !== after)
      throw new SignflipError("SF_GRAPH", `Reshape: shape [${from!.join(", ")}] has ${before} elements, and [${shape.join(", ")}] has ${after}`);
    return sameElements({ element, shape }, context);
  },
  vjp,
});

/** y = x as a matrix: the axes before `axis` become the rows, the rest the columns. */
export const Flatten = defineOp({
  operands: ["x"],
  infer: ({ op, types: [x], attributes }) => {
    const { element, shape } = x;
    if (!shape) return [{ element, shape: [freshDim(), freshDim()] }];
    const axis = intOf(attributes, "axis", 1);
    const at = axis === shape.length ? axis : normalAxis(op, axis, shape.length);
    return [{ element, shape: [productOf(shape.slice(0, at)), productOf(shape.slice(at))] }];
  },
  vjp,
});

const numbers = (axes: readonly Dim[] | undefined) => (axes?.every((axis) => typeof axis === "number") ? axes : undefined);

/** y = x without axes of size 1: those given, or all. */
export const Squeeze = defineOp({
  operands: ["x", "axes?"],
  infer: (context) => {
    const {
      op,
      types: [x, given],
      ints: [, axesInput],
    } = context;
    const { element, shape } = x;
    const all = shape?.every((dim) => typeof dim === "number") ? shape.flatMap((dim, axis) => (dim === 1 ? [axis] : [])) : undefined;
    const axes = given ? numbers(axesInput) : all;
    if (!shape || !axes) return [{ element, shape: undefined }];
    const gone = new Set(normalAxes(op, axes, shape.length));
    for (const axis of gone)
      if (typeof shape[axis] === "number" && shape[axis] !== 1)
        throw new SignflipError("SF_GRAPH", `Squeeze: axis ${axis} of [${shape.join(", ")}] is not of size 1`);
    return sameElements({ element, shape: shape.filter((_, axis) => !gone.has(axis)) }, context);
  },
  vjp,
});

/** y = x with axes of size 1 put in, counted in the result. */
export const Unsqueeze = defineOp({
  operands: ["x", "axes"],
  infer: (context) => {
    const {
      op,
      types: [x, given],
      ints: [, axesInput],
    } = context;
    const { element, shape } = x;
    const axes = numbers(axesInput);
    const count = given?.shape?.[0];
    if (!shape || !axes) return [{ element, shape: unknownShape(shape && typeof count === "number" ? shape.length + count : undefined) }];
    const result = [...shape];
    for (const axis of normalAxes(op, axes, shape.length + axes.length)) result.splice(axis, 0, 1);
    return sameElements({ element, shape: result }, context);
  },
  vjp,
});

/** y = x.  dx = dy. */
export const Identity = defineOp({
  operands: ["x"],
  infer: ({ types: [x], ints: [known], constants: [constant] }) => [{ type: x, ints: known, ...(constant ? { constant } : {}) }],
  vjp: (_, { dy }) => [dy],
});
