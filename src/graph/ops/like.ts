import { SignflipError } from "../../util/errors.ts";
import { type Value, int } from "../ir.ts";
import { fixedShape, sameShape } from "../shape.ts";
import type { GraphBuilder } from "./rule.ts";

/** The shape of a value as an operand: a constant where it is known, read when the graph runs where not. */
export function shapeOf(g: GraphBuilder, x: Value): Value {
  const fixed = fixedShape(x.type.shape);
  return fixed ? g.ints(fixed) : g.shape(x);
}

/** The elements of one value in the shape of another with as many elements. */
export function reshapeLike(g: GraphBuilder, y: Value, x: Value): Value {
  return sameShape(y.type.shape, x.type.shape) ? y : g.op("Reshape", [y, shapeOf(g, x)], { allowzero: int(1) })[0];
}

/** A value repeated to the shape of another. */
export function expandLike(g: GraphBuilder, y: Value, x: Value): Value {
  return sameShape(y.type.shape, x.type.shape) ? y : g.expand(y, shapeOf(g, x));
}

/** Rank of a value, for rules that cannot be written without it. */
export function rankOf(op: string, x: Value): number {
  if (!x.type.shape)
    throw new SignflipError("SF_GRADIENT", `no gradient through ${op}: the rank of ${x.name} is not known; give the graph's inputs shapes with a known rank`);
  return x.type.shape.length;
}
