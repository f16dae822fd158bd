import type { Value } from "../ir.ts";
import { likeFirst, sharedShape } from "./elementwise.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

/** y = √x.  dx = dy/(2y), which is infinite at 0. */
export const Sqrt = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { outputs: [y], dy }) => [g.div(g.mul(dy, 0.5), y)],
});

/**
 * y = aᵇ.  da = dy·b·aᵇ⁻¹, and 0 where a = b = 0; db = dy·y·log(a), and 0 where a = 0 ≤ b (PyTorch's choices).
 * A constant exponent gives no NaN for bases of any sign; that of a negative base is one only for db.
 */
export const Pow = defineOp({
  operands: ["a", "b"],
  infer: (context) => [{ element: context.types[0].element, shape: sharedShape(context) }],
  vjp: (g, { inputs: [a, power], outputs: [y], dy, wanted }) => {
    const b = g.cast(power, a.type.element);
    return [wanted[0] ? g.mul(dy, slope(g, a, b, power)) : undefined, wanted[1] ? g.mul(dy, g.mul(y, logBase(g, a, b))) : undefined];
  },
  broadcasts: true,
});

/** b·aᵇ⁻¹ */
function slope(g: GraphBuilder, a: Value, b: Value, power: Value): Value {
  const fixed = power.constant?.data.length === 1 ? Number(power.constant.data[0]) : undefined;
  if (fixed === 1) return g.scalar(1, a.type.element);
  if (fixed === 2) return g.mul(a, 2);
  if (fixed !== undefined && fixed !== 0) return g.mul(g.pow(a, fixed - 1), fixed);
  const bothZero = g.and(g.equal(a, 0), g.equal(b, 0));
  return g.mul(b, g.pow(a, g.sub(g.where(bothZero, 1, b), 1)));
}

/** log(a), and 0 where a = 0 ≤ b: there aᵇ stays 0 (or 1 at b = 0) as b grows. */
function logBase(g: GraphBuilder, a: Value, b: Value): Value {
  return g.log(g.where(g.and(g.equal(a, 0), g.greaterOrEqual(b, 0)), 1, a));
}
