import { floatOf, intOf } from "../graph/attributes.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/ir.ts";

/**
 * One step of gradient descent, w − lr · dw. Where the gradient comes fresh out of a `Gemm`, the step is made part
 * of that product (C = w, α = −lr): the engine then never writes the gradient to memory, which for wide layers
 * costs as much as the product itself.
 */
export function descend(g: GraphBuilder, w: Value, dw: Value, lr: number): Value {
  const node = dw.producer;
  if (node?.op === "Gemm" && node.inputs.length === 2) {
    const { attributes } = node;
    return g.gemm(node.inputs[0]!, node.inputs[1]!, {
      c: w,
      transA: intOf(attributes, "transA", 0) === 1,
      transB: intOf(attributes, "transB", 0) === 1,
      alpha: -lr * floatOf(attributes, "alpha", 1),
    });
  }
  return g.sub(w, g.mul(dw, lr));
}
