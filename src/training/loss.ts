import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/ir.ts";

/**
 * The logistic loss log(1 + exp(−v)) of margins v = y f, written so that no exponential overflows and the gradient
 * at v = 0 is −1/2 (ONNX's `Softplus` would do, but the CPU engine has it in float32 only).
 */
export function logisticLoss(g: GraphBuilder, margin: Value): Value {
  return g.add(g.max(g.neg(margin), 0), g.log(g.add(g.exp(g.neg(g.abs(margin))), 1)));
}
