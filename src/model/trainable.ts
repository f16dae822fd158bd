import { GraphBuilder } from "../graph/builder.ts";
import { type Graph, type Model, type Node, type TensorType, type Value, f32 } from "../graph/ir.ts";
import { type Tensor, isFloat, sizeOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import type { Classifier } from "./classifier.ts";

/**
 * Which operands of an operator are weights, by position. BatchNormalization keeps the mean and variance of its training data: they are statistics,
 * not weights, and stay as they are.
 */
const weightOperands: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [0, 1],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GroupNormalization: [1, 2],
  RMSNormalization: [1],
  PRelu: [1],
  LSTM: [1, 2, 3],
  GRU: [1, 2, 3],
  RNN: [1, 2, 3],
};

/** Operators that compute with quantized weights: steps of training would be lost in their rounding. */
const isQuantized = (op: string) => op === "QuantizeLinear" || op === "DequantizeLinear" || op.startsWith("QLinear") || op.endsWith("Integer");

/**
 * A classifier whose weights are inputs of its graph, so that they can be trained: those of convolutions, products, normalizations and recurrent layers, and
 * what is added to or multiplied with their results. Constants before the first of them (such as a mean that is taken off the input) stay. A weight that
 * is used in several places is one weight. A model that has its weights as inputs is returned as it is.
 * @throws SF_NETWORK (usage) where there is nothing to train, or the weights are quantized
 */
export function trainable(model: Classifier): Classifier {
  if (Object.keys(model.parameterTypes).length > 0) return model;
  const { name, inputShape } = model;
  const fail = (why: string) => new SignflipError("SF_NETWORK", `${name} ${why}`, { usage: true });
  if (model.mostRows === 1) throw fail("takes one sample at a time, and training needs several");
  const g = new GraphBuilder("trainable");
  const x = g.input("x", f32(["n", ...inputShape]));
  g.finish([model.scores(g, x, {})], ["scores"]);
  const { graph } = g;
  const quantized = nodesOf(graph).find(({ op }) => isQuantized(op));
  if (quantized) throw fail(`is quantized (it has ${quantized.op}) and cannot be trained: train the model that it was made from, and quantize that`);
  const chosen = weightsOf(graph);
  if (chosen.length === 0) throw fail("has no weights that could be trained");

  const parameterTypes: Record<string, TensorType> = {};
  const parameters: Record<string, Tensor> = {};
  for (const value of chosen) {
    let own = value.name;
    for (let i = 1; own in parameters || own === x.name; i++) own = `${value.name}_${i}`;
    parameters[own] = value.constant!;
    parameterTypes[own] = value.type;
    value.name = own;
    delete value.constant;
  }
  const weights = new Set(chosen);
  const kept: Model = {
    graph: { ...graph, inputs: [x, ...chosen], initializers: graph.initializers.filter((value) => !weights.has(value)) },
    metadata: {},
  };
  const { channelAxis, classes, output, domain, preprocessing, numbersPerSample } = model;
  return {
    name,
    inputShape,
    channelAxis,
    classes,
    output,
    domain,
    preprocessing,
    numbersPerSample,
    parameterTypes,
    parameters,
    scores: (b, points, values) => b.inline(kept, { ...values, x: points })["scores"]!,
  };
}

/** The constants of a graph that are weights, in the order in which they are used. */
function weightsOf(graph: Graph): Value[] {
  const weights = new Set<Value>();
  const trained = new Set<Value>();
  const isWeight = (value: Value | undefined): value is Value =>
    value?.constant !== undefined && isFloat(value.type.element) && value.type.element !== "float16";
  for (const { op, inputs, outputs } of nodesOf(graph)) {
    const positions = weightOperands[op] ?? [];
    for (const position of positions) if (isWeight(inputs[position])) weights.add(inputs[position]);
    // A bias or a scale of its own node: more than one number, and what it meets has been through weights.
    if (op === "Add" || op === "Mul")
      for (const [own, other] of [inputs, inputs.toReversed()])
        if (isWeight(own) && sizeOf(own.constant!.shape) > 1 && other && trained.has(other)) weights.add(own);
    if (inputs.some((value) => value && (weights.has(value) || trained.has(value)))) for (const value of outputs) trained.add(value);
  }
  return [...weights];
}

/** All nodes, those of loops and branches included. */
function nodesOf({ nodes }: Graph): Node[] {
  const inside = (node: Node) => Object.values(node.attributes).flatMap((attribute) => (attribute.kind === "graph" ? nodesOf(attribute.value) : []));
  return nodes.flatMap((node) => [node, ...inside(node)]);
}
