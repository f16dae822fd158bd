import type { Attribute, Graph, Model, Node, Value } from "../graph/ir.ts";

/** Constants of more bytes than this are not kept twice. */
const largest = 2 ** 24;

/**
 * The model with each constant in the graphs that read it. The builder keeps all of them in the outermost graph; but the engine packs the weights of a convolution, and
 * computes what follows from constants alone once and for all, only if they stand in the graph of their readers: in the body of a loop, a step of a
 * convolutional network takes 1.2 times as long without this. A large constant that several graphs read stays where it is.
 */
export function placed(model: Model): Model {
  const readers = new Map<Value, Set<Graph>>();
  countReaders(model.graph, readers);
  const outermost = new Set(model.graph.initializers.filter((value) => movable(value, readers.get(value))));
  if (![...outermost].some((value) => [...readers.get(value)!].some((graph) => graph !== model.graph))) return model;
  const graph = placedIn(model.graph, outermost, new Map());
  const kept = model.graph.initializers.filter((value) => !outermost.has(value) || readers.get(value)!.has(model.graph));
  return { ...model, graph: { ...graph, initializers: kept } };
}

const movable = ({ constant }: Value, readers: ReadonlySet<Graph> | undefined): boolean =>
  constant !== undefined && readers !== undefined && (readers.size === 1 || constant.data.byteLength <= largest);

/** Which graphs have a node or an output that reads a value. */
function countReaders(graph: Graph, readers: Map<Value, Set<Graph>>): void {
  const read = (value: Value | undefined) => value && readers.set(value, (readers.get(value) ?? new Set()).add(graph));
  for (const { inputs, attributes } of graph.nodes) {
    inputs.forEach(read);
    for (const attribute of Object.values(attributes)) if (attribute.kind === "graph") countReaders(attribute.value, readers);
  }
  graph.outputs.forEach(read);
}

/** @param own what stands for the constants of the outermost graph here; filled on the way */
function placedIn(graph: Graph, constants: ReadonlySet<Value>, own: Map<Value, Value>, isBody = false): Graph {
  const here = (value: Value): Value => {
    if (!isBody || !constants.has(value)) return value;
    const known = own.get(value) ?? { ...value };
    own.set(value, known);
    return known;
  };
  const nodes = graph.nodes.map((node): Node => ({
    ...node,
    inputs: node.inputs.map((value) => value && here(value)),
    attributes: Object.fromEntries(Object.entries(node.attributes).map(([name, attribute]) => [name, placedAttribute(attribute, constants)])),
  }));
  const outputs = graph.outputs.map(here);
  return { ...graph, nodes, outputs, initializers: [...graph.initializers, ...own.values()] };
}

const placedAttribute = (attribute: Attribute, constants: ReadonlySet<Value>): Attribute =>
  attribute.kind === "graph" ? { kind: "graph", value: placedIn(attribute.value, constants, new Map(), true) } : attribute;
