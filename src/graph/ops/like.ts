import { SignflipError } from "../../util/errors.ts";
import { type Value, int, string } from "../ir.ts";
import { fixedShape, sameShape } from "../shape.ts";
import type { GraphBuilder } from "./rule.ts";

/** The shape of a value as an operand: a constant where it is known, read when the graph runs where not. */
export function shapeOf(g: GraphBuilder, x: Value): Value {
  const fixed = fixedShape(x.type.shape);
  return fixed ? g.ints(fixed) : g.shape(x);
}

/** The elements of one value in the shape of another with as many elements. */
export function reshapeLike(g: GraphBuilder, y: Value, x: Value): Value {
  return sameShape(y.type.shape, x.type.shape) ? y : g.reshape(y, shapeOf(g, x));
}

/** A value repeated to the shape of another. */
export function expandLike(g: GraphBuilder, y: Value, x: Value): Value {
  return sameShape(y.type.shape, x.type.shape) ? y : g.expand(y, shapeOf(g, x));
}

/** Dimensions of a value from one axis up to another, as an operand. */
export function dimsOf(g: GraphBuilder, x: Value, from: number, to: number): Value {
  return g.slice(g.shape(x), [from], [to], [0]);
}

/**
 * The gradient of an operator that only moves, repeats or leaves out elements of x: each element of dy is added where it came from. Where that
 * is, the operator tells itself, given the positions 0, 1, 2, … in the shape of x.
 */
export function scatterBack(g: GraphBuilder, x: Value, dy: Value, take: (positions: Value) => Value): Value {
  const size = g.count(x, "int64");
  const taken = take(g.reshape(g.op("Range", [g.int(0), size, g.int(1)])[0], shapeOf(g, x)));
  const zeros = g.expand(g.scalar(0, dy.type.element), g.reshape(size, [1]));
  const flat = g.op("ScatterElements", [zeros, g.reshape(taken, [-1]), g.reshape(dy, [-1])], { axis: int(0), reduction: string("add") })[0];
  return g.reshape(flat, shapeOf(g, x));
}

/** Rank of a value, for rules that cannot be written without it. */
export function rankOf(op: string, x: Value): number {
  if (!x.type.shape)
    throw new SignflipError("SF_GRADIENT", `no gradient through ${op}: the rank of ${x.name} is not known; give the graph's inputs shapes with a known rank`);
  return x.type.shape.length;
}
