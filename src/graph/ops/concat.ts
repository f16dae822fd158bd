import { SignflipError } from "../../util/errors.ts";
import { type Dim, type Value, freshDim, int } from "../ir.ts";
import { intOf } from "../attributes.ts";
import { normalAxis } from "../shape.ts";
import { sharedElement } from "./elementwise.ts";
import { rankOf } from "./like.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

/** The common axes of shapes of one rank: a number where any has one, else what they share. */
function agree(op: string, a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number" && a !== b)
    throw new SignflipError("SF_GRAPH", `${op}: sizes ${a} and ${b} differ on an axis that is not joined`);
  return typeof b === "number" ? b : a;
}

function sum(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a + b;
  return a === 0 ? b : b === 0 ? a : freshDim();
}

/** The sizes of values along an axis, as an operand of Split. */
function sizesOf(g: GraphBuilder, values: readonly Value[], axis: number): Value {
  const sizes = values.map((value) => value.type.shape?.[axis]);
  if (sizes.every((size) => typeof size === "number")) return g.ints(sizes);
  return g.concat(
    values.map((value) => g.slice(g.shape(value), [axis], [axis + 1], [0])),
    0,
  );
}

/** y = a, b, … one after the other along an axis.  Each gets its part of dy. */
export const Concat = defineOp({
  operands: ["first", "...others"],
  infer: ({ op, types, ints: known, attributes }) => {
    const element = sharedElement(op, types);
    const ranked = types.map(({ shape }) => shape).filter((shape) => shape !== undefined);
    const rank = ranked[0]?.length;
    if (rank === undefined) return [{ element, shape: undefined }];
    if (ranked.some((shape) => shape.length !== rank))
      throw new SignflipError("SF_GRAPH", `Concat: ranks ${ranked.map((shape) => shape.length).join(" and ")} differ`);
    const axis = normalAxis(op, intOf(attributes, "axis", 0), rank);
    const complete = ranked.length === types.length;
    const shape = ranked.reduce((a, b) => a.map((dim, i) => (i === axis ? sum(dim, b[i]!) : agree(op, dim, b[i]!))));
    const ints = rank === 1 && known.every((part) => part !== undefined) ? known.flat() : undefined;
    return [{ type: { element, shape: complete ? shape : shape.map((dim, i) => (i === axis ? freshDim() : dim)) }, ints }];
  },
  vjp: (g, { inputs, dy, attributes }) => {
    if (inputs.length === 1) return [dy];
    const axis = normalAxis("Concat", intOf(attributes, "axis", 0), rankOf("Concat", dy));
    return g.op("Split", [dy, sizesOf(g, inputs, axis)], { axis: int(axis) }, inputs.length);
  },
});

/** The parts of x along an axis: of the sizes given, or as equal as they can be, the last one smaller.  dx = the parts' dy joined. */
export const Split = defineOp({
  operands: ["x", "sizes?"],
  infer: ({ op, types: [x, given], ints: [, sizes], attributes, outputs }) => {
    const { element, shape } = x;
    if (!shape) return Array.from({ length: outputs }, () => ({ element, shape }));
    const axis = normalAxis(op, intOf(attributes, "axis", 0), shape.length);
    const whole = shape[axis]!;
    const chunk = typeof whole === "number" ? Math.ceil(whole / outputs) : undefined;
    return Array.from({ length: outputs }, (_, i) => {
      const size = given ? sizes?.[i] : chunk === undefined ? undefined : Math.max(0, Math.min(chunk, (whole as number) - i * chunk));
      return { element, shape: shape.with(axis, size ?? freshDim()) };
    });
  },
  vjp: (g, { outputs, dys, attributes }) => [
    g.concat(
      outputs.map((output, i) => dys[i] ?? g.zerosLike(output)),
      intOf(attributes, "axis", 0),
    ),
  ],
});
