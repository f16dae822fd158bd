import type { AttributeProto, FunctionProto, GraphProto, NodeProto, ValueInfoProto } from "onnx-buf";
import { SignflipError } from "../../util/errors.ts";
import { GraphBuilder } from "../builder.ts";
import { type Attribute, type Graph, type TensorType, type Value, bool, i64, refined } from "../ir.ts";
import { type OldNode, upgrade } from "../upgrade/index.ts";
import { decodeAttribute } from "./attribute.ts";
import type { ExternalData } from "./external.ts";
import { inOrder, inWords } from "./order.ts";
import { decodeOpaque, decodeSparse, decodeTensor, decodeType, isOpaque } from "./tensor.ts";

/** Functions that call functions can make any number of nodes of a small file. */
const mostNodes = 100_000;

/** What holds at a place in a file. */
export interface Place {
  /** The version of ONNX's own operators: functions have their own. */
  readonly version: number;
  /** The functions of the file, by `functionKey`. */
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly external: ExternalData | undefined;
  /** The functions around this place, outermost first, and the name of the node that called the last. */
  readonly calls: readonly string[];
  readonly caller: string;
  /** The attributes that the last of them was called with; undefined outside functions. */
  readonly given: ReadonlyMap<string, AttributeProto> | undefined;
  /** Nodes of the file so far. */
  readonly count: { nodes: number };
}

export const functionKey = (domain: string, name: string, overload: string): string => JSON.stringify([domain, name, overload]);
export const isOwnDomain = (domain: string): boolean => domain === "" || domain === "ai.onnx";

/** Values by the names that a graph of a file has for them. An input of a function that is left out is there, without a value. */
class Scope {
  readonly #values = new Map<string, Value | undefined>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  define(name: string, value: Value | undefined): void {
    if (this.#values.has(name)) throw new SignflipError("SF_ONNX", `the name ${name} is given to two values`);
    this.#values.set(name, value);
  }

  find(name: string, reader: string): Value | undefined {
    if (name === "") return undefined;
    if (this.#values.has(name)) return this.#values.get(name);
    if (this.#outer) return this.#outer.find(name, reader);
    throw new SignflipError("SF_ONNX", `${reader} reads ${name}, which no node before it computes`);
  }
}

/**
 * Reads a graph into a builder.
 * @param types those of the inputs, for a body that does not say them itself
 */
export function readGraph(proto: GraphProto, g: GraphBuilder, place: Place, outer?: Scope, types: readonly (TensorType | undefined)[] = []): void {
  const scope = new Scope(outer);
  // A default value may be given anew by whoever feeds the graph. It counts as fixed: the oldest exporters list every weight as an input.
  const fixed = new Set<string>();
  for (const initializer of proto.initializer) {
    fixed.add(initializer.name);
    const opaque = isOpaque(initializer) ? decodeOpaque(initializer, place.external) : undefined;
    scope.define(initializer.name, opaque ? g.opaque(opaque.proto, opaque.type) : g.constant(decodeTensor(initializer, place.external), initializer.name));
  }
  for (const sparse of proto.sparseInitializer) {
    const name = sparse.values?.name ?? "";
    fixed.add(name);
    scope.define(name, g.constant(decodeSparse(sparse, place.external), name));
  }
  for (const [i, input] of proto.input.entries()) {
    if (fixed.has(input.name)) continue;
    const type = decodeType(input.type, input.name) ?? types[i] ?? (outer ? { element: "unknown", shape: undefined } : undefined);
    if (!type || input.name === "" || (!outer && type.element === "none"))
      throw new SignflipError("SF_ONNX", input.name ? `input ${input.name} is not a tensor` : "an input has no name");
    const value: Value = { name: input.name, type };
    scope.define(input.name, value);
    g.graph.inputs.push(value);
  }
  readNodes(proto.node, g, scope, place, new Map([...proto.valueInfo, ...proto.output].map((info) => [info.name, info])));
  const outputs = proto.output.map(({ name }) => {
    const value = scope.find(name, "the graph's output");
    if (!value) throw new SignflipError("SF_ONNX", "an output has no name");
    return value;
  });
  const names = proto.output.map(({ name }) => name);
  const twice = outer ? undefined : names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new SignflipError("SF_ONNX", `${twice} is an output twice`);
  g.finish(outputs, names);
}

function readNodes(nodes: readonly NodeProto[], g: GraphBuilder, scope: Scope, place: Place, known: ReadonlyMap<string, ValueInfoProto>): void {
  if ((place.count.nodes += nodes.length) > mostNodes) throw new SignflipError("SF_ONNX", `its functions make more than ${mostNodes} nodes`);
  const named = new WeakSet<Value>();
  for (const node of inOrder(nodes)) {
    const op = isOwnDomain(node.domain) ? node.opType : `${node.domain}::${node.opType}`;
    const inputs = node.input.map((name) => scope.find(name, op));
    while (inputs.length > 0 && inputs.at(-1) === undefined) inputs.pop();
    const outputs = readNode(node, op, inputs, g, scope, place);
    node.output.forEach((name, i) => {
      let output = outputs[i];
      if (!output || name === "") return;
      // What a function or a change of an operator passes on has a name already, or is a constant that others share.
      if (!output.producer || inputs.includes(output) || named.has(output)) output = g.identity(output);
      named.add(output);
      output.name = name;
      const info = known.get(name);
      const told = info && decodeType(info.type, name);
      if (told) output.type = refined(output.type, told);
      scope.define(name, output);
    });
  }
}

function readNode(
  node: NodeProto,
  op: string,
  inputs: readonly (Value | undefined)[],
  g: GraphBuilder,
  scope: Scope,
  place: Place,
): readonly (Value | undefined)[] {
  const called = place.functions.get(functionKey(isOwnDomain(node.domain) ? "" : node.domain, node.opType, node.overload));
  const given = node.attribute.flatMap((attribute) => attributeAt(attribute, place));
  if (called) return callFunction(node, called, given, inputs, g, place);
  // The carried values of a loop may change their shape.
  const carried = inputs.slice(2).map((input) => input && { element: input.type.element, shape: undefined });
  const types = op === "Loop" ? [i64([]), bool([]), ...carried] : [];
  const subgraph = (graph: GraphProto): Graph => {
    const b = new GraphBuilder(graph.name || "subgraph", g);
    readGraph(graph, b, place, scope, types);
    return b.graph;
  };
  // A sparse constant is written out when it is read.
  const attributes = Object.fromEntries(
    given.map((attribute): [string, Attribute] => [
      attribute.name === "sparse_value" ? "value" : attribute.name,
      decodeAttribute(attribute, place.external, subgraph),
    ]),
  );
  try {
    const now: OldNode | readonly Value[] = upgrade({ op, inputs, outputs: node.output.length, attributes }, place.version, g);
    const name = [place.caller, node.name].filter((part) => part !== "").join("/");
    return "op" in now ? g.op(now.op, now.inputs, now.attributes, now.outputs, name) : now;
  } catch (cause) {
    // A rule may be missing what it takes for granted.
    if (!(cause instanceof SignflipError)) throw new SignflipError("SF_ONNX", `${inWords(node)} lacks inputs or attributes that it needs`, { cause });
    throw cause;
  }
}

/** An attribute as it is where a function was called with a value for it; none where there is no value. */
function attributeAt(attribute: AttributeProto, { given }: Place): AttributeProto[] {
  if (attribute.refAttrName === "") return [attribute];
  if (!given) throw new SignflipError("SF_ONNX", `attribute ${attribute.name} refers to ${attribute.refAttrName} outside a function`);
  const value = given.get(attribute.refAttrName);
  return value ? [{ ...value, name: attribute.name }] : [];
}

/** Writes the nodes of a function in place of its call. @returns its outputs */
function callFunction(
  node: NodeProto,
  called: FunctionProto,
  attributes: readonly AttributeProto[],
  inputs: readonly (Value | undefined)[],
  g: GraphBuilder,
  place: Place,
): readonly (Value | undefined)[] {
  const key = functionKey(called.domain, called.name, called.overload);
  if (place.calls.includes(key)) throw new SignflipError("SF_ONNX", `${inWords(node)}: the function ${called.name} calls itself`);
  const scope = new Scope();
  called.input.forEach((name, i) => scope.define(name, inputs[i]));
  const version = called.opsetImport.find(({ domain }) => isOwnDomain(domain))?.version;
  readNodes(
    called.node,
    g,
    scope,
    {
      ...place,
      version: version === undefined ? place.version : Number(version),
      calls: [...place.calls, key],
      caller: [place.caller, node.name].filter((part) => part !== "").join("/"),
      given: new Map([...called.attributeProto, ...attributes].map((attribute) => [attribute.name, attribute])),
    },
    new Map(called.valueInfo.map((info) => [info.name, info])),
  );
  return called.output.map((name) => scope.find(name, `the output of ${called.name}`));
}
