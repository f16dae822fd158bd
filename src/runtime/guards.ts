import { intOf } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { type Attribute, type Graph, type Model, type Node, type Value, holds } from "../graph/ir.ts";
import { arrayTypes } from "../tensor/tensor.ts";

/**
 * A graph that the engine can run whatever is fed: ONNX Runtime's TopK ends the process if its input has no elements, so that where it may have
 * none, an `If` gives the empty result instead.
 */
export function guarded(model: Model): Model {
  const graph = guardedGraph(model.graph);
  return graph === model.graph ? model : { ...model, graph };
}

function guardedGraph(graph: Graph): Graph {
  const initializers: Value[] = [];
  const nodes = graph.nodes.flatMap((node) => {
    const attributes = Object.fromEntries(Object.entries(node.attributes).map(([name, attribute]) => [name, guardedAttribute(attribute)]));
    const changed = Object.entries(attributes).some(([name, attribute]) => attribute !== node.attributes[name]);
    const inner = changed ? { ...node, attributes } : node;
    const certain = node.inputs[0]?.type.shape?.every((dim) => typeof dim === "number" && dim > 0);
    if (node.op !== "TopK" || certain) return [inner];
    const guard = guardedTopK(inner);
    initializers.push(...guard.initializers);
    return guard.nodes;
  });
  return nodes.length === graph.nodes.length && nodes.every((node, i) => node === graph.nodes[i])
    ? graph
    : { ...graph, nodes, initializers: [...graph.initializers, ...initializers] };
}

function guardedAttribute(attribute: Attribute): Attribute {
  if (attribute.kind !== "graph") return attribute;
  const value = guardedGraph(attribute.value);
  return value === attribute.value ? attribute : { kind: "graph", value };
}

function guardedTopK(node: Node): Pick<Graph, "nodes" | "initializers"> {
  const {
    inputs: [x, k],
    outputs,
    attributes,
  } = node;
  const element = x?.type.element;
  if (!x || !k || !element || !holds(element)) return { nodes: [node], initializers: [] };
  const g = new GraphBuilder("top-k");
  const axis = intOf(attributes, "axis", -1);
  const empty = subgraph("empty", (b) => {
    const shape = b.shape(x);
    const sizes = b.concat([b.slice(shape, [0], [axis], [0]), k, b.slice(shape, [axis === -1 ? 2 ** 31 - 1 : axis + 1], [2 ** 31 - 1], [0])], 0);
    return [b.expand(b.constant({ element, shape: [], data: new arrayTypes[element](1) }), sizes), b.expand(b.int(0), sizes)].slice(0, outputs.length);
  });
  const filled = subgraph("filled", (b) => b.op("TopK", [x, k], attributes, outputs.length));
  g.append({ op: "If", inputs: [g.equal(g.count(x, "int64"), 0)], outputs, attributes: { then_branch: empty, else_branch: filled } });
  return g.graph;
}

function subgraph(name: string, build: (b: GraphBuilder) => readonly Value[]): Attribute {
  const b = new GraphBuilder(name);
  b.finish(build(b));
  return { kind: "graph", value: b.graph };
}
