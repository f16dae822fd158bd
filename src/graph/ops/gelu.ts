import { stringOf } from "../attributes.ts";
import type { Value } from "../ir.ts";
import { likeFirst } from "./elementwise.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

/** y = 2/√π·∫₀ˣ exp(−t²) dt.  dx = dy·2/√π·exp(−x²). */
export const Erf = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy }) => [g.mul(dy, g.mul(g.exp(g.neg(g.mul(x, x))), 2 / Math.sqrt(Math.PI)))],
});

/**
 * y = x·Φ(x), Φ the normal distribution's: ½·(1 + erf(x/√2)), or for approximate = "tanh" ½·(1 + tanh(u)) with
 * u = √(2/π)·(x + 0.044715·x³).  dx = dy·(Φ(x) + x·Φ'(x)).
 */
export const Gelu = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy, attributes }) => [g.mul(dy, stringOf(attributes, "approximate", "none") === "tanh" ? tanhSlope(g, x) : slope(g, x))],
});

/** ½·(1 + erf(x/√2)) + x·exp(−x²/2)/√(2π) */
function slope(g: GraphBuilder, x: Value): Value {
  const below = g.mul(g.add(g.op("Erf", [g.mul(x, Math.SQRT1_2)])[0], 1), 0.5);
  const density = g.mul(g.exp(g.mul(g.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return g.add(below, g.mul(x, density));
}

/** ½·(1 + t) + ½·x·(1 − t²)·u', t = tanh(u) */
function tanhSlope(g: GraphBuilder, x: Value): Value {
  const c = Math.sqrt(2 / Math.PI);
  const square = g.mul(x, x);
  const t = g.tanh(g.mul(g.mul(x, g.add(g.mul(square, 0.044715), 1)), c));
  const du = g.mul(g.add(g.mul(square, 3 * 0.044715), 1), c);
  return g.mul(g.add(g.add(t, 1), g.mul(g.mul(x, g.sub(1, g.mul(t, t))), du)), 0.5);
}
