import { type MessageInitShape, create, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "onnx-buf";
import type { Dim } from "../../src/graph/ir.ts";

/** Files as other programs write them, in few words. */

export type ModelInit = MessageInitShape<typeof ModelProtoSchema>;
export type GraphInit = MessageInitShape<typeof GraphProtoSchema>;
export type NodeInit = MessageInitShape<typeof NodeProtoSchema>;

/** The bytes of a model with one graph, of opset 21 unless told otherwise. */
export function fileOf(graph: GraphInit, { opset = 21, ...rest }: Omit<ModelInit, "graph"> & { opset?: number } = {}): Uint8Array<ArrayBuffer> {
  const opsetImport = [{ domain: "", version: BigInt(opset) }];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 10n, opsetImport, graph: { name: "graph", ...graph }, ...rest } as ModelInit));
}

/** An input, an output or what a file says of a value between them; −1 and names are dimensions that are not fixed. Element 1 is float32. */
export function info(name: string, shape?: readonly Dim[], elemType = 1): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape?.map((size) => ({
    value: typeof size === "number" ? { case: "dimValue" as const, value: BigInt(size) } : { case: "dimParam" as const, value: size },
  }));
  return { name, type: { value: { case: "tensorType", value: { elemType, ...(dim ? { shape: { dim } } : {}) } } } };
}

/** What an attribute is made of: a bigint is an integer, a number a float. */
export type Plain = bigint | number | string | readonly bigint[] | readonly number[] | readonly string[] | TensorProto | { readonly graph: GraphInit };

const text = new TextEncoder();

export function attribute(name: string, value: Plain): AttributeProto {
  const make = (init: MessageInitShape<typeof AttributeProtoSchema>) => create(AttributeProtoSchema, { name, ...init });
  if (typeof value === "bigint") return make({ type: AttributeType.INT, i: value });
  if (typeof value === "number") return make({ type: AttributeType.FLOAT, f: value });
  if (typeof value === "string") return make({ type: AttributeType.STRING, s: text.encode(value) });
  if (Array.isArray(value)) {
    if (typeof value[0] === "number") return make({ type: AttributeType.FLOATS, floats: value as number[] });
    if (typeof value[0] === "string") return make({ type: AttributeType.STRINGS, strings: (value as string[]).map((word) => text.encode(word)) });
    return make({ type: AttributeType.INTS, ints: value as bigint[] });
  }
  if ("graph" in value) return make({ type: AttributeType.GRAPH, g: { name: "subgraph", ...value.graph } as GraphInit });
  return make({ type: AttributeType.TENSOR, t: value as TensorProto });
}

/** A node, its operator with a domain before "::" where it has one. */
export function node(op: string, input: readonly string[], output: readonly string[], attributes: Readonly<Record<string, Plain>> = {}, name = ""): NodeInit {
  const [domain, opType] = op.includes("::") ? op.split("::") : ["", op];
  return {
    opType: opType!,
    domain: domain!,
    name,
    input: [...input],
    output: [...output],
    attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
  };
}

export const floats = (name: string, dims: readonly number[], floatData: readonly number[]): TensorProto =>
  create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: 1, floatData: [...floatData] });

export const int64s = (name: string, dims: readonly number[], int64Data: readonly bigint[]): TensorProto =>
  create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: 7, int64Data: [...int64Data] });
