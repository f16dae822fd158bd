import { intOf } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { type Attribute, type Graph, type Model, type Node, type Value, holds } from "../graph/ir.ts";
import { arrayTypes } from "../tensor/tensor.ts";

/** The outputs of an operator whose first input has no elements. */
type Empty = (b: GraphBuilder, node: Node) => Value[];

const zeros = (b: GraphBuilder, x: Value, shape: Value) =>
  holds(x.type.element) ? b.expand(b.constant({ element: x.type.element, shape: [], data: new arrayTypes[x.type.element](1) }), shape) : x;

const noSteps: Empty = (b, { inputs: [x, W, R], outputs }) => {
  const dim = (value: Value | undefined, axis: number) => b.slice(b.shape(value!), [axis], [axis + 1], [0]);
  const [steps, state] = [dim(x, 0), [dim(W, 0), dim(x, 1), dim(R, 2)]];
  return outputs.map((_, i) => zeros(b, x!, b.concat(i === 0 ? [steps, ...state] : state, 0)));
};

/** What ONNX Runtime ends the process for if the first input has no elements. */
const ending: Readonly<Record<string, Empty>> = {
  GRU: noSteps,
  LSTM: noSteps,
  RNN: noSteps,
  TopK: (b, { inputs: [x, k], outputs, attributes }) => {
    const axis = intOf(attributes, "axis", -1);
    const shape = b.shape(x!);
    const sizes = b.concat([b.slice(shape, [0], [axis], [0]), k!, b.slice(shape, [axis === -1 ? 2 ** 31 - 1 : axis + 1], [2 ** 31 - 1], [0])], 0);
    return [zeros(b, x!, sizes), b.expand(b.int(0), sizes)].slice(0, outputs.length);
  },
};

/**
 * A graph that the engine can run whatever is fed: some operators end the process if their input has no elements, so that where it may have
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
    if (!Object.hasOwn(ending, node.op) || certain) return [inner];
    const guard = guardedNode(inner, ending[node.op]!);
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

function guardedNode(node: Node, empty: Empty): Pick<Graph, "nodes" | "initializers"> {
  const { op, inputs, outputs, attributes } = node;
  const x = inputs[0];
  if (!x || inputs[1] === undefined || !holds(x.type.element)) return { nodes: [node], initializers: [] };
  const g = new GraphBuilder("guard");
  const nothing = subgraph("empty", (b) => empty(b, node));
  const filled = subgraph("filled", (b) => b.op(op, inputs, attributes, outputs.length));
  g.append({ op: "If", inputs: [g.equal(g.count(x, "int64"), 0)], outputs, attributes: { then_branch: nothing, else_branch: filled } });
  return g.graph;
}

function subgraph(name: string, build: (b: GraphBuilder) => readonly Value[]): Attribute {
  const b = new GraphBuilder(name);
  b.finish(build(b));
  return { kind: "graph", value: b.graph };
}
