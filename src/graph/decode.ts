import { fromBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataLocation as DataLocation,
  type ValueInfoProto,
} from "onnx-buf";
import { type Tensor, arrayTypes, sizeOf, tensorOf } from "../tensor/tensor.ts";
import { SignflipError, internal } from "../util/errors.ts";
import { GraphBuilder } from "./builder.ts";
import { type Attributes, type Model, type TensorType, type Value, anyElementOf, bool, elementOf, freshDim, holds, i64, refined } from "./ir.ts";
import { newestOpset, oldestOpset } from "./opset.ts";
import { type OldNode, upgrade } from "./upgrade/index.ts";

/**
 * Reads an .onnx file of opset 1 to 26 and brings it to ours.
 * @param name its name in errors, a file's name say.
 * @throws SF_ONNX where the bytes are no such model.
 */
export function decodeModel(bytes: Uint8Array, name = "model"): Model {
  // Names come from the file and may hold anything: what is not printable stays out of messages.
  const fail = (why: string, cause?: unknown): never => {
    throw new SignflipError("SF_ONNX", `${name}: ${why.replace(/\p{C}+/gu, " ")}`, { cause });
  };
  const words = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
  let proto: ModelProto;
  try {
    proto = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    return fail(`not an ONNX model (${words(cause)})`, cause);
  }
  if (!proto.graph || proto.opsetImport.length === 0) return fail("not an ONNX model (it has no graph or no opset)");
  const version = Number(proto.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version ?? 0);
  if (version < oldestOpset || version > newestOpset) fail(`expected an opset from ${oldestOpset} to ${newestOpset}, got ${version}`);
  if (proto.functions.length > 0) fail("models with local functions are not supported; inline them when exporting");
  try {
    const g = new GraphBuilder(proto.graph.name || name);
    readGraph(proto.graph, g, version, new Map());
    return {
      graph: g.graph,
      domains: Object.fromEntries(
        proto.opsetImport.flatMap(({ domain, version }) => (domain === "" || domain === "ai.onnx" ? [] : [[domain, Number(version)]])),
      ),
      metadata: Object.fromEntries(proto.metadataProps.map(({ key, value }) => [key, value])),
      ...(proto.docString ? { doc: proto.docString } : {}),
    };
  } catch (cause) {
    return fail(words(cause), cause);
  }
}

/** @param types those of the inputs, for a body that does not say them itself */
function readGraph(
  proto: GraphProto,
  g: GraphBuilder,
  version: number,
  outer: ReadonlyMap<string, Value>,
  types: readonly (TensorType | undefined)[] = [],
): void {
  if (proto.sparseInitializer.length > 0) throw new SignflipError("SF_ONNX", "sparse initializers are not supported");
  const scope = new Map(outer);
  const known = new Map([...proto.valueInfo, ...proto.output].map((info) => [info.name, info]));
  const initialized = new Set(proto.initializer.map((initializer) => initializer.name));
  for (const initializer of proto.initializer) scope.set(initializer.name, readInitializer(initializer, g));
  for (const [i, input] of proto.input.entries()) {
    if (initialized.has(input.name)) continue; // a default value: older exporters list every weight as an input
    const type = decodeType(input) ?? (input.type ? undefined : types[i]);
    if (!type) throw new SignflipError("SF_ONNX", `input ${input.name} is not a tensor`);
    scope.set(input.name, g.input(input.name, type));
  }
  const find = (name: string, op: string): Value | undefined => {
    if (name === "") return undefined;
    const value = scope.get(name);
    if (!value) throw new SignflipError("SF_ONNX", `${op} reads ${name}, which no node before it computes`);
    return value;
  };
  for (const node of proto.node) {
    const op = node.domain === "" || node.domain === "ai.onnx" ? node.opType : `${node.domain}::${node.opType}`;
    const inputs = node.input.map((name) => find(name, op));
    const bodyTypes = op === "Loop" ? [i64([]), bool([]), ...inputs.slice(2).map((input) => input && { element: input.type.element, shape: undefined })] : [];
    const attributes = Object.fromEntries(node.attribute.map((attribute) => [attribute.name, decodeAttribute(attribute, g, version, scope, bodyTypes)]));
    while (inputs.length > 0 && inputs.at(-1) === undefined) inputs.pop();
    const now = upgrade({ op, inputs, outputs: node.output.length, attributes }, version, g);
    const outputs = "op" in now ? addNode(g, now, node.name) : now;
    node.output.forEach((name, i) => {
      const output = outputs[i];
      if (!output || name === "") return;
      output.name = name;
      const info = known.get(name);
      const told = info && decodeType(info);
      if (told) output.type = refined(output.type, told);
      scope.set(name, output);
    });
  }
  g.finish(
    proto.output.map((output) => find(output.name, "the graph's output")!),
    proto.output.map((output) => output.name),
  );
}

function readInitializer(proto: TensorProto, g: GraphBuilder): Value {
  if (!isOpaque(proto)) return g.constant(decodeTensor(proto), proto.name);
  return g.opaque(proto, { element: anyElementOf(proto.dataType)!, shape: proto.dims.map(Number) });
}

/** Adds a node that may be missing what its rule takes for granted. */
function addNode(g: GraphBuilder, { op, inputs, attributes, outputs }: OldNode, name: string): Value[] {
  try {
    return g.op(op, inputs, attributes, outputs, name);
  } catch (cause) {
    if (cause instanceof SignflipError) throw cause;
    throw new SignflipError("SF_ONNX", `${op} lacks inputs or attributes that it needs`, { cause });
  }
}

function decodeType(info: ValueInfoProto): TensorType | undefined {
  if (info.type?.value.case !== "tensorType") return undefined;
  const { elemType, shape } = info.type.value.value;
  const element = elemType === 0 ? "unknown" : anyElementOf(elemType);
  if (!element) throw new SignflipError("SF_ONNX", `${info.name} has element type number ${elemType}, which is not supported`);
  return {
    element,
    shape: shape?.dim.map(({ value }) =>
      value.case === "dimValue" ? Number(value.value) : value.case === "dimParam" && value.value !== "" ? value.value : freshDim(),
    ),
  };
}

/** Whether only the engine reads the elements of a tensor. */
function isOpaque({ dataType }: TensorProto): boolean {
  const element = anyElementOf(dataType);
  return element !== undefined && !holds(element);
}

function decodeTensor(proto: TensorProto): Tensor {
  const what = proto.name || "a constant";
  if (proto.dataLocation === DataLocation.EXTERNAL) throw new SignflipError("SF_ONNX", `${what} is kept in another file: save the model with its data inside`);
  const element = elementOf(proto.dataType);
  if (!element) throw new SignflipError("SF_ONNX", `${what} has element type number ${proto.dataType}, which is not supported`);
  const shape = proto.dims.map(Number);
  const size = sizeOf(shape);
  if (shape.some((dim) => dim < 0)) throw new SignflipError("SF_ONNX", `${what} has shape [${shape.join(", ")}]`);
  // Lengths are compared before memory is taken: a damaged file may ask for any amount.
  if (proto.rawData.length > 0) {
    const bytes = size * arrayTypes[element].BYTES_PER_ELEMENT;
    if (proto.rawData.length !== bytes)
      throw new SignflipError("SF_ONNX", `${what}: expected ${bytes} bytes for ${element} [${shape.join(", ")}], got ${proto.rawData.length}`);
    const data = new arrayTypes[element](size);
    new Uint8Array(data.buffer).set(proto.rawData);
    return { element, shape, data };
  }
  const source: readonly (number | bigint)[] =
    element === "float32"
      ? proto.floatData
      : element === "float64"
        ? proto.doubleData
        : element === "int64"
          ? proto.int64Data
          : element === "uint32" || element === "uint64"
            ? proto.uint64Data
            : proto.int32Data;
  if (source.length !== size) throw new SignflipError("SF_ONNX", `${what}: expected ${size} elements, got ${source.length}`);
  return tensorOf(element, shape, source);
}

function decodeAttribute(
  proto: AttributeProto,
  g: GraphBuilder,
  version: number,
  scope: ReadonlyMap<string, Value>,
  bodyTypes: readonly (TensorType | undefined)[],
): Attributes[string] {
  switch (proto.type) {
    case AttributeType.INT:
      return { kind: "int", value: Number(proto.i), ...(Number.isSafeInteger(Number(proto.i)) ? {} : { exact: proto.i }) };
    case AttributeType.FLOAT:
      return { kind: "float", value: proto.f };
    case AttributeType.STRING:
      return { kind: "string", value: new TextDecoder().decode(proto.s) };
    case AttributeType.INTS:
      return { kind: "ints", value: proto.ints.map(Number), ...(proto.ints.map(Number).every(Number.isSafeInteger) ? {} : { exact: proto.ints }) };
    case AttributeType.FLOATS:
      return { kind: "floats", value: proto.floats };
    case AttributeType.STRINGS:
      return { kind: "strings", value: proto.strings.map((bytes) => new TextDecoder().decode(bytes)) };
    case AttributeType.TENSOR:
      if (!proto.t) throw internal(`attribute ${proto.name} without its tensor`);
      return isOpaque(proto.t) ? { kind: "opaque", value: proto } : { kind: "tensor", value: decodeTensor(proto.t) };
    case AttributeType.GRAPH: {
      const b = new GraphBuilder(proto.g?.name || "subgraph", g);
      if (proto.g) readGraph(proto.g, b, version, scope, bodyTypes);
      return { kind: "graph", value: b.graph };
    }
    default:
      throw new SignflipError("SF_ONNX", `attribute ${proto.name} has a type that is not supported (${AttributeType[proto.type] ?? proto.type})`);
  }
}
