import { SignflipError, internal } from "../util/errors.ts";
import { type SameLength, mapTuple } from "../util/tuple.ts";
import type { Operand } from "./builder-nodes.ts";
import { OperatorBuilder } from "./builder-operators.ts";
import {
  type Attribute,
  type Attributes,
  type Graph,
  type Model,
  type TensorType,
  type Value,
  agreedElement,
  freshDim,
  reads,
  refined,
  showType,
} from "./ir.ts";

export type { Operand };

export interface LoopBody {
  /** The carried values of the next iteration, in the order of the state. */
  readonly state: readonly Value[];
  /** Another iteration only while this is true; without it, all of them. */
  readonly while?: Value;
  /** Values stacked over the iterations. */
  readonly scan?: readonly Value[];
}

/**
 * Writes a graph node by node; every method adds the ONNX operator of its name and returns its output. A
 * builder with a parent writes a subgraph (the body of a `Loop`, a branch of an `If`) and may read the parent's values.
 */
export class GraphBuilder extends OperatorBuilder {
  /** ONNX `Loop`: at most `trips` iterations over carried values. */
  loop<const State extends readonly Value[]>(
    trips: Operand,
    state: State,
    body: (b: GraphBuilder, state: SameLength<State, Value>, iteration: Value) => LoopBody,
  ): { state: SameLength<State, Value>; scan: Value[] } {
    const b = new GraphBuilder(`${this.graph.name}-loop`, this);
    const iteration = b.input("iteration", { element: "int64", shape: [] });
    const before = b.input("continue", { element: "bool", shape: [] });
    const carried = mapTuple(state, (value, i) => b.input(`state_${i}`, value.type));
    const next = body(b, carried, iteration);
    if (next.state.length !== state.length) throw internal(`loop in ${this.graph.name}: ${state.length} carried values in, ${next.state.length} out`);
    next.state.forEach((value, i) => {
      const was = state[i]!.type;
      if (!agreedElement(value.type.element, was.element) || (value.type.shape && was.shape && value.type.shape.length !== was.shape.length))
        throw new SignflipError(
          "SF_GRAPH",
          `loop in ${this.graph.name}: carried value ${i} is ${showType(was)} before an iteration and ${showType(value.type)} after it`,
        );
    });
    const scan = next.scan ?? [];
    b.finish([next.while ?? before, ...next.state, ...scan]);
    const limit = typeof trips === "number" ? this.int(trips) : trips;
    const outputs = this.op("Loop", [limit, this.scalar(1, "bool"), ...state], { body: { kind: "graph", value: b.graph } }, state.length + scan.length);
    return { state: mapTuple(state, (_, i) => outputs[i]!), scan: outputs.slice(state.length) };
  }

  /** ONNX `If`: one of two branches, each giving the same number of values of the same types. */
  if<const Results extends readonly Value[]>(
    condition: Value,
    then: (b: GraphBuilder) => Results,
    otherwise: (b: GraphBuilder) => SameLength<NoInfer<Results>, Value>,
  ): SameLength<Results, Value> {
    const branch = <Built extends readonly Value[]>(name: string, build: (b: GraphBuilder) => Built) => {
      const b = new GraphBuilder(`${this.graph.name}-${name}`, this);
      const built = build(b);
      b.finish(built);
      return { built, attribute: { kind: "graph", value: b.graph } as const };
    };
    const [first, second] = [branch("then", then), branch("else", otherwise)];
    const outputs = this.op("If", [condition], { then_branch: first.attribute, else_branch: second.attribute }, first.built.length);
    return mapTuple(first.built, (_, i) => outputs[i]!);
  }

  /**
   * Copies the nodes of another model's graph into this one, its inputs replaced by values of this graph.
   * @returns its outputs, by name.
   */
  inline(model: Model, inputs: Readonly<Record<string, Value>>): Record<string, Value> {
    const map = new Map<Value, Value>();
    const { graph } = model;
    for (const input of graph.inputs) {
      const given = inputs[input.name];
      if (!given) throw new SignflipError("SF_GRAPH", `graph ${graph.name}: input ${input.name} is missing`);
      map.set(input, given);
    }
    const outputs = this.copy(graph, map);
    return Object.fromEntries(graph.outputs.map((output, i) => [output.name, outputs[i]!]));
  }

  /**
   * Copies a graph's nodes into this one.
   * @param replaced what takes the place of its inputs, and of any other value that it reads
   * @returns its outputs, in order
   */
  copy(graph: Graph, replaced: ReadonlyMap<Value, Value>): Value[] {
    const map = new Map(replaced);
    for (const initializer of graph.initializers) map.set(initializer, copyInitializer(initializer, this));
    copyNodes(graph, this, map);
    return graph.outputs.map((output) => map.get(output) ?? output);
  }

  /** Attributes with their subgraphs copied into this graph, where they read what `map` has for the values they read. */
  mapSubgraphs(attributes: Attributes, map: ReadonlyMap<Value, Value>): Attributes {
    return Object.fromEntries(
      Object.entries(attributes).map(([name, attribute]) => [name, attribute.kind === "graph" ? copyGraph(attribute.value, this, map) : attribute]),
    );
  }

  /**
   * Declares the outputs. ONNX wants each computed in this graph and once: others pass through an `Identity`. An input may be an output of the same name.
   * Nodes that no output needs (such as parts of a gradient that nobody asked for) are left out, because an engine would compute them.
   */
  finish(outputs: readonly Value[], names?: readonly string[]): void {
    const own = new Set(this.graph.nodes.flatMap((node) => node.outputs));
    outputs.forEach((value, i) => {
      const passed = !this.isSubgraph && names?.[i] === value.name && this.graph.inputs.includes(value);
      const output = (own.has(value) || passed) && !this.graph.outputs.includes(value) ? value : this.identity(value);
      if (names) output.name = names[i]!;
      if (names && !passed && !this.isSubgraph && this.graph.inputs.some(({ name }) => name === output.name))
        throw internal(`graph ${this.graph.name}: ${output.name} is the name of an input and an output`);
      this.graph.outputs.push(output);
    });
    const needed = new Set<Value>(this.graph.outputs);
    const kept = this.graph.nodes.toReversed().filter((node) => {
      if (!node.outputs.some((output) => needed.has(output))) return false;
      for (const value of reads(node)) needed.add(value);
      return true;
    });
    this.graph.nodes.splice(0, Infinity, ...kept.reverse());
    const initializers = this.graph.initializers.filter((initializer) => needed.has(initializer));
    this.graph.initializers.splice(0, Infinity, ...initializers);
  }
}

/** What holds of a type in another graph, whose symbols mean nothing here and whose sizes may have been those of other inputs. */
const elsewhere = ({ element, shape }: TensorType): TensorType => ({ element, shape: shape?.map(freshDim) });

export const copyInitializer = ({ name, type, constant, opaque }: Value, to: GraphBuilder): Value =>
  constant ? to.constant(constant, name) : to.opaque(opaque!, type);

function copyNodes(from: Graph, to: GraphBuilder, map: Map<Value, Value>): void {
  for (const node of from.nodes) {
    const inputs = node.inputs.map((input) => input && (map.get(input) ?? input));
    const outputs = to.op(node.op, inputs, to.mapSubgraphs(node.attributes, map), node.outputs.length, node.name);
    node.outputs.forEach((output, i) => {
      outputs[i]!.name = output.name;
      outputs[i]!.type = refined(outputs[i]!.type, elsewhere(output.type));
      map.set(output, outputs[i]!);
    });
  }
}

function copyGraph(graph: Graph, parent: GraphBuilder, outer: ReadonlyMap<Value, Value>): Attribute {
  const b = new GraphBuilder(graph.name, parent);
  const map = new Map(outer);
  for (const input of graph.inputs) map.set(input, b.input(input.name, input.type));
  b.finish(b.copy(graph, map));
  return { kind: "graph", value: b.graph };
}

/** Builds a whole graph; the names of the record returned are the names of its outputs. */
export function buildGraph(name: string, build: (g: GraphBuilder) => Readonly<Record<string, Value>>, metadata: Readonly<Record<string, string>> = {}): Model {
  const g = new GraphBuilder(name);
  const outputs = build(g);
  g.finish(Object.values(outputs), Object.keys(outputs));
  return { graph: g.graph, metadata };
}
