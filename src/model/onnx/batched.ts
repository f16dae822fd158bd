import { GraphBuilder, copyInitializer } from "../../graph/builder.ts";
import { type Model, type TensorType, type Value, reads } from "../../graph/ir.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { BatchContext, NotBatchable, type Operand, type PerSample, type SampleNode } from "./batch/context.ts";
import { batchRule } from "./batch/index.ts";
import type { OneSample } from "./specialize.ts";

/** A graph from x `[n, …]` to scores `[n, K]`. */
export interface Rewritten {
  readonly model: Model;
  /** Only for n = 1. */
  readonly isAlone: boolean;
}

/** The name of the input and of the output of a graph of many samples. */
const [inputName, outputName] = ["x", "scores"];

/**
 * The graph of one sample as a graph of any number: x `[n, …]` to scores `[n, K]`, each sample's own.
 * @param inputShape the shape of a sample without a first axis of size 1 that stood for the batch
 * @throws NotBatchable where an operator cannot take several samples at once
 */
export function batched({ x: single, y, nodes }: OneSample, inputShape: readonly number[]): Rewritten {
  const g = new GraphBuilder("batched");
  const x = g.input(inputName!, { element: single.type.element, shape: ["n", ...inputShape] });
  const c = new BatchContext(g, x);
  const sample = single.type.shape as number[];
  const map = new Map<Value, Operand>([[single, inputShape.length === sample.length ? { sample, full: x } : { sample, rows: x }]]);
  const operandOf = (value: Value | undefined): Operand | undefined => value && (map.get(value) ?? shared(value));
  const shared = (value: Value): Value => {
    // A rule may leave out what is hardly ever read.
    if (!value.constant && !value.opaque) throw new NotBatchable(value.producer?.op ?? value.name);
    const constant = copyInitializer(value, g);
    map.set(value, constant);
    return constant;
  };
  for (const { op, inputs, outputs, attributes } of nodes) {
    const node: SampleNode = { op, inputs: inputs.map(operandOf), attributes, outputs: outputs.map(({ type }) => type.shape as number[]) };
    const results = batchRule(op)(c, node);
    outputs.forEach((value, i) => {
      const result = results[i];
      if (!result) return;
      for (const made of [result.full, result.rows]) if (made?.producer) made.name = value.name;
      map.set(value, result);
    });
  }
  const result = map.get(y) as PerSample;
  const scores = c.reshaped(result, [c.n, sizeOf(result.sample)]);
  g.finish([scores], [outputName!]);
  return { model: { graph: g.graph, metadata: {} }, isAlone: false };
}

/** The same for one sample at a time: x `[1, …]`. */
export function oneAtATime({ x: single, y, nodes }: OneSample, inputShape: readonly number[]): Rewritten {
  const g = new GraphBuilder("one-at-a-time");
  const x = g.input(inputName!, { element: single.type.element, shape: ["n", ...inputShape] });
  const map = new Map<Value, Value>([[single, g.reshape(x, single.type.shape as number[])]]);
  for (const node of nodes) {
    const { op, inputs, outputs, attributes } = node;
    for (const value of reads(node)) if (!map.has(value)) map.set(value, copyInitializer(value, g));
    const operands = inputs.map((value) => value && map.get(value));
    const made = g.op(op, operands, g.mapSubgraphs(attributes, map), outputs.length);
    outputs.forEach((value, i) => {
      made[i]!.name = value.name;
      made[i]!.type = value.type;
      map.set(value, made[i]!);
    });
  }
  g.finish([g.reshape(map.get(y)!, [1, -1])], [outputName!]);
  return { model: { graph: g.graph, metadata: {} }, isAlone: true };
}

/** Adds a graph of many samples to another one. Its types are known, and only the number of samples is the other's. */
export function addBatched(g: GraphBuilder, { model: { graph } }: Rewritten, x: Value): Value {
  const n = x.type.shape?.[0] ?? "n";
  const typed = ({ element, shape }: TensorType): TensorType => ({
    element,
    shape: shape?.map((dim) =>
      typeof dim !== "string" ? dim : dim === "n" ? n : dim.startsWith("n*") ? (typeof n === "number" ? n * Number(dim.slice(2)) : n + dim.slice(1)) : dim,
    ),
  });
  const map = new Map<Value, Value>([[graph.inputs[0]!, x]]);
  for (const initializer of graph.initializers) map.set(initializer, copyInitializer(initializer, g));
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((value) => value && (map.get(value) ?? value));
    const made = g.op(node.op, inputs, g.mapSubgraphs(node.attributes, map), node.outputs.length);
    node.outputs.forEach((value, i) => {
      made[i]!.name = value.name;
      if (value.type.shape) made[i]!.type = typed(value.type);
      map.set(value, made[i]!);
    });
  }
  return map.get(graph.outputs[0]!)!;
}
