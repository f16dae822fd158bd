import { create, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProtoSchema,
  type TensorShapeProto_Dimension,
  TensorShapeProto_DimensionSchema,
  TypeProtoSchema,
  TypeProto_TensorSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { Tensor } from "../tensor/tensor.ts";
import { type Attribute, type Dim, type Graph, type Model, type Value, elementNumber, irVersion, onnxElement } from "./ir.ts";
import { opsetOf } from "./opset.ts";

/** The bytes of a model as an .onnx file. Names of inputs and outputs are kept, all others made unique. */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  const names = new Names();
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opsetOf(model.graph)) }),
      ...domainsOf(model.graph).map((domain) => create(OperatorSetIdProtoSchema, { domain, version: BigInt(model.domains?.[domain] ?? 1) })),
    ],
    producerName: "signflip",
    docString: model.doc ?? "",
    graph: encodeGraph(model.graph, names),
    metadataProps: Object.entries(model.metadata).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
  return toBinary(ModelProtoSchema, proto);
}

class Names {
  readonly #taken = new Set<string>();
  readonly #names = new Map<Value, string>();
  readonly #nodes = new Set<string>();

  /** An engine refuses two nodes of one name, which copies of a graph have. */
  ofNode(name = ""): string {
    let unique = name;
    for (let i = 1; this.#nodes.has(unique); i++) unique = `${name}_${i}`;
    if (name !== "") this.#nodes.add(unique);
    return unique;
  }

  reserve(value: Value): void {
    if (this.#names.has(value)) return;
    if (this.#taken.has(value.name)) return; // a subgraph's input with a name in use: made unique when first read
    this.#taken.add(value.name);
    this.#names.set(value, value.name);
  }

  of(value: Value): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    let name = value.name;
    for (let i = 1; name === "" || this.#taken.has(name); i++) name = `${value.name}_${i}`;
    this.#taken.add(name);
    this.#names.set(value, name);
    return name;
  }
}

function domainsOf(graph: Graph, found = new Set<string>()): string[] {
  for (const node of graph.nodes) {
    const [domain] = splitOp(node.op);
    if (domain) found.add(domain);
    for (const attribute of Object.values(node.attributes)) if (attribute.kind === "graph") domainsOf(attribute.value, found);
  }
  return [...found];
}

function splitOp(op: string): [domain: string, name: string] {
  const at = op.indexOf("::");
  return at < 0 ? ["", op] : [op.slice(0, at), op.slice(at + 2)];
}

function encodeGraph(graph: Graph, names: Names): GraphProto {
  for (const value of [...graph.inputs, ...graph.outputs]) names.reserve(value);
  return create(GraphProtoSchema, {
    name: graph.name,
    input: graph.inputs.map((value) => encodeValueInfo(value, names)),
    output: graph.outputs.map((value) => encodeValueInfo(value, names)),
    initializer: graph.initializers.map((value) =>
      value.constant ? encodeTensor(value.constant, names.of(value)) : { ...value.opaque!, name: names.of(value) },
    ),
    node: graph.nodes.map((node) => {
      const [domain, opType] = splitOp(node.op);
      return create(NodeProtoSchema, {
        opType,
        domain,
        name: names.ofNode(node.name),
        input: node.inputs.map((value) => (value ? names.of(value) : "")),
        output: node.outputs.map((value) => names.of(value)),
        attribute: Object.entries(node.attributes).map(([name, attribute]) => encodeAttribute(name, attribute, names)),
      });
    }),
  });
}

/** What is not known is not written, and neither is what no dimension can be: an engine says it better. */
function encodeDim(dim: Dim): TensorShapeProto_Dimension["value"] {
  if (typeof dim === "string") return dim.startsWith("?") ? { case: undefined } : { case: "dimParam", value: dim };
  return Number.isSafeInteger(dim) && dim >= 0 ? { case: "dimValue", value: BigInt(dim) } : { case: undefined };
}

function encodeValueInfo(value: Value, names: Names): ValueInfoProto {
  const { element, shape } = value.type;
  const elemType = elementNumber(element);
  // An engine finds out by itself what is not written.
  if (elemType === undefined) return create(ValueInfoProtoSchema, { name: names.of(value) });
  const dims = shape?.map((dim) => create(TensorShapeProto_DimensionSchema, { value: encodeDim(dim) }));
  const tensorType = create(TypeProto_TensorSchema, {
    elemType,
    ...(dims ? { shape: create(TensorShapeProtoSchema, { dim: dims }) } : {}),
  });
  return create(ValueInfoProtoSchema, { name: names.of(value), type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensorType } }) });
}

function encodeTensor(t: Tensor, name: string): TensorProto {
  const rawData = new Uint8Array(t.data.buffer as ArrayBuffer, t.data.byteOffset, t.data.byteLength);
  return create(TensorProtoSchema, { name, dims: t.shape.map(BigInt), dataType: onnxElement[t.element], rawData });
}

function encodeAttribute(name: string, attribute: Attribute, names: Names): AttributeProto {
  switch (attribute.kind) {
    case "int":
      return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: attribute.exact ?? BigInt(attribute.value) });
    case "float":
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: attribute.value });
    case "string":
      return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(attribute.value) });
    case "ints":
      return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: [...(attribute.exact ?? attribute.value.map(BigInt))] });
    case "floats":
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...attribute.value] });
    case "strings":
      return create(AttributeProtoSchema, { name, type: AttributeType.STRINGS, strings: attribute.value.map((value) => new TextEncoder().encode(value)) });
    case "tensor":
      return create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: encodeTensor(attribute.value, "") });
    case "graph":
      return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: encodeGraph(attribute.value, names) });
    case "opaque":
      return { ...attribute.value, name };
  }
}
