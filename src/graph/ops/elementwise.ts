import { SignflipError } from "../../util/errors.ts";
import { type Dim, type Element, type TensorType, agreedElement, freshDim } from "../ir.ts";
import { broadcastShapes } from "../shape.ts";
import type { InferContext, Inferred } from "./rule.ts";

/** Same type and shape as the first input. */
export const likeFirst = ({ types: [x] }: InferContext): Inferred[] => [{ element: x.element, shape: x.shape }];

/** Shape of the first input, of a fixed element type. */
export const likeFirstAs =
  (element: Element) =>
  ({ types: [x] }: InferContext): Inferred[] => [{ element, shape: x.shape }];

/** The element type that all operands share, as far as it is known. */
export function sharedElement(op: string, types: readonly (TensorType | undefined)[]): Element {
  const elements = types.filter((type) => type !== undefined).map(({ element }) => element);
  if (elements.length === 0) throw new SignflipError("SF_GRAPH", `${op}: it has no operands`);
  const shared = elements.reduce<Element | undefined>((a, b) => a && agreedElement(a, b), "unknown");
  if (!shared) throw new SignflipError("SF_GRAPH", `${op}: operands are ${elements.join(" and ")}, and ONNX does not mix types`);
  return shared;
}

/** The shape that all operands broadcast to; undefined where the rank of one is not known. */
export const sharedShape = ({ op, types }: InferContext): Dim[] | undefined =>
  broadcastShapes(op, ...types.filter((type) => type !== undefined).map(({ shape }) => shape));

/** Broadcast of all inputs, which have one element type. */
export const broadcast = (context: InferContext): Inferred[] => [{ element: sharedElement(context.op, context.types), shape: sharedShape(context) }];

/** Broadcast of all inputs, of a fixed element type: comparisons. */
export const broadcastTo =
  (element: Element) =>
  (context: InferContext): Inferred[] => {
    sharedElement(context.op, context.types);
    return [{ element, shape: sharedShape(context) }];
  };

/** Broadcast of two inputs that also computes with the integers of shapes; `undefined` where an element cannot be told. */
export const arithmetic =
  (compute: (a: Dim, b: Dim) => Dim | undefined) =>
  (context: InferContext): Inferred[] => {
    const type: TensorType = { element: sharedElement(context.op, context.types), shape: sharedShape(context) };
    // What JavaScript rounds, the engine may wrap: sums with such numbers are not known.
    return [{ type, ints: combine(context.ints, (a, b) => (isExact(a) && isExact(b) ? exact(compute(a, b)) : undefined) ?? freshDim()) }];
  };

const isExact = (dim: Dim) => typeof dim === "string" || Number.isSafeInteger(dim);
/** A result, if it is one of the engine's as well. */
const exact = (dim: Dim | undefined) => (dim !== undefined && isExact(dim) ? dim : undefined);

/** Applies a function to two known integer vectors, one of which may have a single element. */
export function combine<T>([a, b]: InferContext["ints"], compute: (a: Dim, b: Dim) => T): T[] | undefined {
  if (!a || !b || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return undefined;
  const length = a.length === 1 ? b.length : a.length;
  return Array.from({ length }, (_, i) => compute(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!));
}
