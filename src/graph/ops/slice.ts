import { type Dim, type Value, freshDim } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { scatterBack } from "./like.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

/** The positions that a slice takes from an axis of known size: the first, and how many. */
function range(start: number, end: number, step: number, size: number): { first: number; count: number } {
  const cut = (bound: number, low: number, high: number) => Math.min(Math.max(bound < 0 ? bound + size : bound, low), high);
  // Backward, the first is cut to the elements there are (unlike numpy's), and the end may lie before them all.
  const [first, last] = step > 0 ? [cut(start, 0, size), cut(end, 0, size)] : [cut(start, 0, size - 1), cut(end, -1, size - 1)];
  return { first, count: Math.max(0, Math.ceil((last - first) / step)) };
}

/** What a slice leaves of a dimension; a symbol stays where the slice takes all of it. */
function sliced(dim: Dim, start: Dim | undefined, end: Dim | undefined, step: Dim): Dim {
  if (start === 0 && step === 1 && (end === dim || (typeof end === "number" && end >= 2 ** 31 - 1))) return dim;
  if (typeof dim !== "number" || typeof start !== "number" || typeof end !== "number" || typeof step !== "number") return freshDim();
  return range(start, end, step, dim).count;
}

/**
 * y = the elements of x from `starts` up to `ends` along axes.  dx = dy at those elements, 0 elsewhere: a padding
 * where all bounds are known and steps are 1, else a scatter to the positions that the same slice takes from 0, 1, 2, …
 */
export const Slice = defineOp({
  operands: ["x", "starts", "ends", "axes?", "steps?"],
  infer: ({ op, types: [x, startsInput], ints: [data, starts, ends, axesInput, stepsInput], types }) => {
    const { element, shape } = x;
    if (!shape) return [{ element, shape }];
    const count = startsInput.shape?.[0];
    const axes = types[3] ? axesInput : typeof count === "number" ? Array.from({ length: count }, (_, i) => i) : undefined;
    if (!axes) return [{ element, shape: shape.map(() => freshDim()) }];
    const result = [...shape];
    axes.forEach((given, i) => {
      const axis = normalAxis(op, Number(given), shape.length);
      result[axis] = sliced(shape[axis]!, starts?.[i], ends?.[i], types[4] ? (stepsInput?.[i] ?? freshDim()) : 1);
    });
    const [start, end, step] = [starts?.[0], ends?.[0], types[4] ? stepsInput?.[0] : 1];
    if (!data || shape.length !== 1 || typeof start !== "number" || typeof end !== "number" || typeof step !== "number") return [{ element, shape: result }];
    const { first, count: taken } = range(start, end, step, data.length);
    return [{ type: { element, shape: result }, ints: Array.from({ length: taken }, (_, i) => data[first + i * step]!) }];
  },
  vjp: (g, { inputs, dy }) => {
    const [x, ...bounds] = inputs;
    return [padded(g, x, bounds, dy) ?? scatterBack(g, x, dy, (positions) => g.op("Slice", [positions, ...bounds])[0])];
  },
});

function padded(g: GraphBuilder, x: Value, [startsInput, endsInput, axesInput, stepsInput]: readonly (Value | undefined)[], dy: Value): Value | undefined {
  const { shape } = x.type;
  const [starts, ends] = [startsInput?.ints, endsInput?.ints];
  const axes = axesInput ? axesInput.ints : starts?.map((_, i) => i);
  if (!shape || !starts || !ends || !axes || (stepsInput && !stepsInput.ints?.every((step) => step === 1))) return undefined;
  const before = shape.map(() => 0);
  const after = shape.map(() => 0);
  for (const [i, given] of axes.entries()) {
    const axis = normalAxis("Slice", Number(given), shape.length);
    const [start, end, size] = [starts[i], ends[i], shape[axis]];
    if (typeof start !== "number" || typeof end !== "number" || typeof size !== "number") return undefined;
    const { first, count } = range(start, end, 1, size);
    before[axis] = first;
    after[axis] = size - first - count;
  }
  return g.op("Pad", [dy, g.ints([...before, ...after])])[0];
}
