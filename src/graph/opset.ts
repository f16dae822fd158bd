import { type Graph, type Node, opset } from "./ir.ts";

/** Files are read from the first opset on. ONNX Runtime itself promises to run models from 7 on, and runs some older ones. */
export const oldestOpset = 1;
/** The newest that ONNX Runtime 1.30 knows. */
export const newestOpset = 26;

/** From which opset on an operator exists, where that is newer than ours. */
const operatorSince: Readonly<Record<string, number>> = {
  Attention: 23,
  RMSNormalization: 23,
  RotaryEmbedding: 23,
  Swish: 24,
  TensorScatter: 24,
  BitCast: 26,
  CumProd: 26,
};

/** The same for an attribute of an operator that exists in ours. */
const attributeSince: Readonly<Record<string, number>> = {
  "QuantizeLinear.precision": 23,
  "DequantizeLinear.output_dtype": 23,
  "Cast.round_mode": 24,
  "CastLike.round_mode": 24,
  "Attention.left_window_size": 25,
  "Attention.right_window_size": 25,
};

/** The seventh input of Attention, the number of keys that are not padding, is of opset 24. */
const inputSince = ({ op, inputs }: Node) => (op === "Attention" && inputs.length > 6 ? 24 : opset);

/**
 * The opset to write a graph in: ours, or the oldest that has all its operators. Nothing that exists in ours changed its meaning
 * up to the newest (the tests of `upgrade/` compare), so no node depends on which of them it is.
 */
export function opsetOf(graph: Graph): number {
  let needed = opset;
  for (const node of graph.nodes) {
    needed = Math.max(needed, operatorSince[node.op] ?? opset, inputSince(node));
    for (const [name, attribute] of Object.entries(node.attributes))
      needed = Math.max(needed, attribute.kind === "graph" ? opsetOf(attribute.value) : (attributeSince[`${node.op}.${name}`] ?? opset));
  }
  return needed;
}
