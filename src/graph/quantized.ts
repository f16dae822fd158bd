import { isFloat } from "../tensor/tensor.ts";
import type { GraphBuilder } from "./builder.ts";
import { type Node, type Value, carriesGradient } from "./ir.ts";
import { ruleOf } from "./ops/index.ts";

/**
 * Whether a gradient flows through an output although it holds integers: they stand for real numbers where an operator quantizes, and
 * wherever such integers are moved, or cast to other integers.
 */
export function standsForReals({ op, inputs }: Node, output: Value, index: number, values: ReadonlySet<Value>): boolean {
  const rule = ruleOf(op);
  if (!rule || "none" in rule.vjp || output.type.element === "bool") return false;
  if (rule.quantizes) return index === 0;
  return inputs.some(
    (input) => input && values.has(input) && !carriesGradient(input.type.element) && (input.type.element === output.type.element || op === "Cast"),
  );
}

/** A node as one on real numbers, so that its rule can compute with them: each integer that a gradient flows through is cast. */
export function onReals(g: GraphBuilder, node: Node, values: ReadonlySet<Value>): Node {
  if (ruleOf(node.op)?.quantizes || node.op === "DequantizeLinear" || node.op === "Cast") return node;
  const real = <V extends Value | undefined>(value: V) =>
    value && values.has(value) && !carriesGradient(value.type.element) && !isFloat(value.type.element) ? g.cast(value, "float32") : value;
  return { ...node, inputs: node.inputs.map(real), outputs: node.outputs.map((output) => real(output)!) };
}
