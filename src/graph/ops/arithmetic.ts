import { intOf } from "../attributes.ts";
import type { Dim } from "../ir.ts";
import { arithmetic, broadcast, likeFirst } from "./elementwise.ts";
import { defineOp } from "./rule.ts";

const numbers = (a: Dim, b: Dim, compute: (a: number, b: number) => number): number | undefined =>
  typeof a === "number" && typeof b === "number" ? compute(a, b) : undefined;

/** y = a + b.  da = dy, db = dy. */
export const Add = defineOp({
  operands: ["a", "b"],
  infer: arithmetic((a, b) => (a === 0 ? b : b === 0 ? a : numbers(a, b, (x, y) => x + y))),
  vjp: (_, { dy }) => [dy, dy],
  broadcasts: true,
});

/** y = a − b.  da = dy, db = −dy. */
export const Sub = defineOp({
  operands: ["a", "b"],
  infer: arithmetic((a, b) => (a === b ? 0 : b === 0 ? a : numbers(a, b, (x, y) => x - y))),
  vjp: (g, { dy, wanted }) => [dy, wanted[1] ? g.neg(dy) : undefined],
  broadcasts: true,
});

/** y = a·b.  da = dy·b, db = dy·a. */
export const Mul = defineOp({
  operands: ["a", "b"],
  infer: arithmetic((a, b) => (a === 0 || b === 0 ? 0 : a === 1 ? b : b === 1 ? a : numbers(a, b, (x, y) => x * y))),
  vjp: (g, { inputs: [a, b], dy, wanted }) => [wanted[0] ? g.mul(dy, b) : undefined, wanted[1] ? g.mul(dy, a) : undefined],
  broadcasts: true,
});

/** y = a/b (integers: cut towards 0).  da = dy/b, db = −dy·y/b. */
export const Div = defineOp({
  operands: ["a", "b"],
  infer: arithmetic((a, b) => (b === 1 ? a : b === 0 ? undefined : numbers(a, b, (x, y) => Math.trunc(x / y)))),
  vjp: (g, { inputs: [, b], outputs: [y], dy, wanted }) => {
    const da = g.div(dy, b);
    return [da, wanted[1] ? g.neg(g.mul(da, y)) : undefined];
  },
  broadcasts: true,
});

/** y = −x.  dx = −dy. */
export const Neg = defineOp({
  operands: ["x"],
  infer: ({ types: [x], ints: [known] }) => [{ type: x, ints: known?.every((dim) => typeof dim === "number") ? known.map((dim) => -dim) : undefined }],
  vjp: (g, { dy }) => [g.neg(dy)],
});

/** y = a + b + …  Each gets dy. */
export const Sum = defineOp({
  operands: ["first", "...others"],
  infer: broadcast,
  vjp: (_, { inputs, dy }) => inputs.map(() => dy),
  broadcasts: true,
});

/** y = (a + b + …)/n.  Each gets dy/n. */
export const Mean = defineOp({
  operands: ["first", "...others"],
  infer: broadcast,
  vjp: (g, { inputs, dy }) => {
    const share = g.div(dy, inputs.length);
    return inputs.map(() => share);
  },
  broadcasts: true,
});

/** y = 1/x.  dx = −dy·y². */
export const Reciprocal = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy }) => [g.neg(g.mul(dy, g.mul(y, y)))],
});

/** y = what is left of a divided by b, with the sign of b, or of a if `fmod`: y = a − b·q, q whole.  da = dy, db = −dy·q. */
export const Mod = defineOp({
  operands: ["a", "b"],
  infer: (context) => {
    const whole = intOf(context.attributes, "fmod", 0) === 1 ? Math.trunc : Math.floor;
    return arithmetic((a, b) => (b === 0 ? undefined : numbers(a, b, (x, y) => x - y * whole(x / y))))(context);
  },
  vjp: (g, { inputs: [a, b], outputs: [y], dy, wanted }) => [dy, wanted[1] ? g.mul(dy, g.div(g.sub(y, a), b)) : undefined],
  broadcasts: true,
});
