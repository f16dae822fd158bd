import { SignflipError } from "../util/errors.ts";
import { type Dim, freshDim } from "./ir.ts";

type Shape = readonly Dim[];

/** One dimension of a broadcast; undefined where the two cannot go together. */
function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === "number" && typeof b === "number") return undefined;
  if (typeof a === "number") return a;
  if (typeof b === "number") return b;
  return freshDim();
}

/** The shape of an elementwise operation on operands of these shapes (numpy's rule); undefined if one is. */
export function broadcastShapes(op: string, ...shapes: readonly (Shape | undefined)[]): Dim[] | undefined {
  let result: Dim[] = [];
  for (const shape of shapes) {
    if (shape === undefined) return undefined;
    const rank = Math.max(result.length, shape.length);
    result = Array.from({ length: rank }, (_, axis) => {
      const a = result[axis - rank + result.length] ?? 1;
      const b = shape[axis - rank + shape.length] ?? 1;
      const dim = broadcastDim(a, b);
      if (dim === undefined) throw new SignflipError("SF_GRAPH", `${op}: shapes [${result.join(", ")}] and [${shape.join(", ")}] do not broadcast`);
      return dim;
    });
  }
  return result;
}

/** An axis counted from the front; negative ones count from the back. */
export function normalAxis(op: string, axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= Math.max(rank, 1)) throw new SignflipError("SF_GRAPH", `${op}: axis ${axis} is outside rank ${rank}`);
  return normal;
}

export function normalAxes(op: string, axes: readonly number[], rank: number): number[] {
  return axes.map((axis) => normalAxis(op, axis, rank)).sort((a, b) => a - b);
}

/** Whether two shapes are certainly the same. */
export function sameShape(a: Shape | undefined, b: Shape | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** All dimensions, if each is a number. */
export function fixedShape(shape: Shape | undefined): number[] | undefined {
  return shape?.every((dim) => typeof dim === "number") ? (shape as number[]) : undefined;
}

/** A shape of which only the rank is known, if that is. */
export function unknownShape(rank: Dim | undefined): Dim[] | undefined {
  return typeof rank === "number" && rank >= 0 && rank <= 64 ? Array.from({ length: rank }, freshDim) : undefined;
}

/** The product of dimensions: a number, the only symbol where all others are 1, or unknown. */
export function productOf(dims: Shape): Dim {
  const symbols = dims.filter((dim) => typeof dim === "string");
  const size = dims.reduce<number>((product, dim) => (typeof dim === "number" ? product * dim : product), 1);
  if (symbols.length === 0 || size === 0) return size;
  return symbols.length === 1 && size === 1 ? symbols[0]! : freshDim();
}
