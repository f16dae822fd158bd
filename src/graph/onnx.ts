import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorShapeProtoSchema,
  TensorShapeProto_DimensionSchema,
  TypeProtoSchema,
  TypeProto_TensorSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { type Tensor, arrayTypes, sizeOf } from "../tensor/tensor.ts";
import { SignflipError, internal } from "../util/errors.ts";
import { GraphBuilder } from "./builder.ts";
import { type Attribute, type Attributes, type Graph, type Model, type TensorType, type Value, bool, elementOf, freshDim, i64, irVersion, onnxElement, opset } from "./ir.ts";
import { upgrade } from "./upgrade.ts";

const oldestOpset = 13;
const text = { encode: (s: string) => new TextEncoder().encode(s), decode: (b: Uint8Array) => new TextDecoder().decode(b) };

// ---------------------------------------------------------------- writing

/** The bytes of a model as an .onnx file. Names of inputs and outputs are kept, all others made unique. */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  const names = new Names();
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opset) }), ...domainsOf(model.graph).map((domain) => create(OperatorSetIdProtoSchema, { domain, version: 1n }))],
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
    initializer: graph.initializers.map((value) => encodeTensor(value.constant!, names.of(value))),
    node: graph.nodes.map((node) => {
      const [domain, opType] = splitOp(node.op);
      return create(NodeProtoSchema, {
        opType,
        domain,
        input: node.inputs.map((value) => (value ? names.of(value) : "")),
        output: node.outputs.map((value) => names.of(value)),
        attribute: Object.entries(node.attributes).map(([name, attribute]) => encodeAttribute(name, attribute, names)),
      });
    }),
  });
}

function encodeValueInfo(value: Value, names: Names): ValueInfoProto {
  const { element, shape } = value.type;
  const dims = shape?.map((dim) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof dim === "number" ? { case: "dimValue", value: BigInt(dim) } : dim.startsWith("?") ? { case: undefined } : { case: "dimParam", value: dim },
    }),
  );
  const tensorType = create(TypeProto_TensorSchema, { elemType: onnxElement[element], ...(dims ? { shape: create(TensorShapeProtoSchema, { dim: dims }) } : {}) });
  return create(ValueInfoProtoSchema, { name: names.of(value), type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensorType } }) });
}

function encodeTensor(t: Tensor, name: string): TensorProto {
  const rawData = new Uint8Array(t.data.buffer as ArrayBuffer, t.data.byteOffset, t.data.byteLength);
  return create(TensorProtoSchema, { name, dims: t.shape.map(BigInt), dataType: onnxElement[t.element], rawData });
}

function encodeAttribute(name: string, attribute: Attribute, names: Names): AttributeProto {
  switch (attribute.kind) {
    case "int":
      return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(attribute.value) });
    case "float":
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: attribute.value });
    case "string":
      return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: text.encode(attribute.value) });
    case "ints":
      return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: attribute.value.map(BigInt) });
    case "floats":
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...attribute.value] });
    case "strings":
      return create(AttributeProtoSchema, { name, type: AttributeType.STRINGS, strings: attribute.value.map(text.encode) });
    case "tensor":
      return create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: encodeTensor(attribute.value, "") });
    case "graph":
      return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: encodeGraph(attribute.value, names) });
  }
}

// ---------------------------------------------------------------- reading

/**
 * Reads an .onnx file of opset 13 to 21 and brings it to ours.
 * @param name what to call it in errors, a file's name say.
 * @throws SF_ONNX where the bytes are no such model.
 */
export function decodeModel(bytes: Uint8Array, name = "model"): Model {
  const fail = (why: string): never => {
    throw new SignflipError("SF_ONNX", `${name}: ${why}`);
  };
  let proto: ModelProto;
  try {
    proto = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw new SignflipError("SF_ONNX", `${name}: not an ONNX model (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
  }
  if (!proto.graph || proto.opsetImport.length === 0) return fail("not an ONNX model (it has no graph or no opset)");
  const version = Number(proto.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version ?? 0);
  if (version < oldestOpset || version > opset) fail(`expected an opset from ${oldestOpset} to ${opset}, got ${version}`);
  if (proto.functions.length > 0) fail("models with local functions are not read: inline them when exporting");
  try {
    const g = new GraphBuilder(proto.graph.name || name);
    readGraph(proto.graph, g, version, new Map());
    return {
      graph: g.graph,
      metadata: Object.fromEntries(proto.metadataProps.map(({ key, value }) => [key, value])),
      ...(proto.docString ? { doc: proto.docString } : {}),
    };
  } catch (error) {
    throw new SignflipError("SF_ONNX", `${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** @param types those of the inputs, for a body that does not say them itself */
function readGraph(proto: GraphProto, g: GraphBuilder, version: number, outer: ReadonlyMap<string, Value>, types: readonly (TensorType | undefined)[] = []): void {
  if (proto.sparseInitializer.length > 0) throw new SignflipError("SF_ONNX", "sparse initializers are not read");
  const scope = new Map(outer);
  const known = new Map([...proto.valueInfo, ...proto.output].map((info) => [info.name, info]));
  const initialized = new Set(proto.initializer.map((initializer) => initializer.name));
  for (const initializer of proto.initializer) scope.set(initializer.name, g.constant(decodeTensor(initializer), initializer.name));
  for (const [i, input] of proto.input.entries()) {
    if (initialized.has(input.name)) continue; // a default value: older exporters list every weight as an input
    const type = decodeType(input) ?? (input.type ? undefined : types[i]);
    if (!type) throw new SignflipError("SF_ONNX", `input ${input.name} is not a tensor`);
    scope.set(input.name, g.input(input.name, type));
  }
  const find = (name: string, op: string): Value | undefined => {
    if (name === "") return undefined;
    const value = scope.get(name);
    if (!value) throw new SignflipError("SF_ONNX", `${op} reads ${name}, which nothing before it computes`);
    return value;
  };
  for (const node of proto.node) {
    const op = node.domain === "" || node.domain === "ai.onnx" ? node.opType : `${node.domain}::${node.opType}`;
    const inputs = node.input.map((name) => find(name, op));
    const bodyTypes = op === "Loop" ? [i64([]), bool([]), ...inputs.slice(2).map((input) => input && { element: input.type.element, shape: undefined })] : [];
    const attributes = Object.fromEntries(node.attribute.map((attribute) => [attribute.name, decodeAttribute(attribute, g, version, scope, bodyTypes)]));
    while (inputs.length > 0 && inputs.at(-1) === undefined) inputs.pop();
    const now = upgrade({ op, inputs, outputs: node.output.length, attributes }, version, (t) => g.constant(t));
    const outputs = g.op(now.op, now.inputs, now.attributes, node.output.length);
    node.output.forEach((name, i) => {
      const output = outputs[i]!;
      if (name === "") return;
      output.name = name;
      const info = known.get(name);
      if (!output.type.shape && info) output.type = decodeType(info) ?? output.type;
      scope.set(name, output);
    });
  }
  g.finish(
    proto.output.map((output) => find(output.name, "the graph's output")!),
    proto.output.map((output) => output.name),
  );
}

function decodeType(info: ValueInfoProto): TensorType | undefined {
  if (info.type?.value.case !== "tensorType") return undefined;
  const { elemType, shape } = info.type.value.value;
  const element = elementOf(elemType);
  if (!element) throw new SignflipError("SF_ONNX", `${info.name} has element type number ${elemType}, which is not read`);
  return {
    element,
    shape: shape?.dim.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : value.case === "dimParam" && value.value !== "" ? value.value : freshDim())),
  };
}

function decodeTensor(proto: TensorProto): Tensor {
  const what = proto.name || "a constant";
  if (proto.dataLocation === DataLocation.EXTERNAL) throw new SignflipError("SF_ONNX", `${what} is kept in another file: save the model with its data inside`);
  const element = elementOf(proto.dataType);
  if (!element) throw new SignflipError("SF_ONNX", `${what} has element type number ${proto.dataType}, which is not read`);
  const shape = proto.dims.map(Number);
  const size = sizeOf(shape);
  if (shape.some((dim) => dim < 0)) throw new SignflipError("SF_ONNX", `${what} has shape [${shape.join(", ")}]`);
  // Lengths are compared before memory is taken: a damaged file may ask for any amount.
  if (proto.rawData.length > 0) {
    const bytes = size * arrayTypes[element].BYTES_PER_ELEMENT;
    if (proto.rawData.length !== bytes) throw new SignflipError("SF_ONNX", `${what}: expected ${bytes} bytes for ${element} [${shape.join(", ")}], got ${proto.rawData.length}`);
    const data = new arrayTypes[element](size);
    new Uint8Array(data.buffer).set(proto.rawData);
    return { element, shape, data };
  }
  const source: readonly (number | bigint)[] =
    element === "float32" ? proto.floatData : element === "float64" ? proto.doubleData : element === "int64" ? proto.int64Data : element === "uint32" || element === "uint64" ? proto.uint64Data : proto.int32Data;
  if (source.length !== size) throw new SignflipError("SF_ONNX", `${what}: expected ${size} elements, got ${source.length}`);
  const wide = element === "int64" || element === "uint64";
  const data = new arrayTypes[element](size);
  for (const [i, number] of source.entries()) (data as unknown as (number | bigint)[])[i] = wide ? BigInt(number) : Number(number);
  return { element, shape, data };
}

function decodeAttribute(proto: AttributeProto, g: GraphBuilder, version: number, scope: ReadonlyMap<string, Value>, bodyTypes: readonly (TensorType | undefined)[]): Attributes[string] {
  switch (proto.type) {
    case AttributeType.INT:
      return { kind: "int", value: Number(proto.i) };
    case AttributeType.FLOAT:
      return { kind: "float", value: proto.f };
    case AttributeType.STRING:
      return { kind: "string", value: text.decode(proto.s) };
    case AttributeType.INTS:
      return { kind: "ints", value: proto.ints.map(Number) };
    case AttributeType.FLOATS:
      return { kind: "floats", value: proto.floats };
    case AttributeType.STRINGS:
      return { kind: "strings", value: proto.strings.map((bytes) => text.decode(bytes)) };
    case AttributeType.TENSOR:
      if (!proto.t) throw internal(`attribute ${proto.name} without its tensor`);
      return { kind: "tensor", value: decodeTensor(proto.t) };
    case AttributeType.GRAPH: {
      const b = new GraphBuilder(proto.g?.name || "subgraph", g);
      if (proto.g) readGraph(proto.g, b, version, scope, bodyTypes);
      return { kind: "graph", value: b.graph };
    }
    default:
      throw new SignflipError("SF_ONNX", `attribute ${proto.name} has a type that is not read (${AttributeType[proto.type] ?? proto.type})`);
  }
}
