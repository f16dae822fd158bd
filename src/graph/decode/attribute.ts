import { isFieldSet } from "@bufbuild/protobuf";
import { type AttributeProto, AttributeProtoSchema, AttributeProto_AttributeType as AttributeType, type GraphProto } from "onnx-buf";
import { SignflipError } from "../../util/errors.ts";
import type { Attribute, Graph } from "../ir.ts";
import type { ExternalData } from "./external.ts";
import { decodeOpaque, decodeSparse, decodeTensor, isOpaque } from "./tensor.ts";

const text = new TextDecoder();

/** @param subgraph reads a graph that is an attribute */
export function decodeAttribute(proto: AttributeProto, external: ExternalData | undefined, subgraph: (graph: GraphProto) => Graph): Attribute {
  switch (proto.type || typeOf(proto)) {
    case AttributeType.INT: {
      const value = Number(proto.i);
      return Number.isSafeInteger(value) ? { kind: "int", value } : { kind: "int", value, exact: proto.i };
    }
    case AttributeType.FLOAT:
      return { kind: "float", value: proto.f };
    case AttributeType.STRING:
      return { kind: "string", value: text.decode(proto.s) };
    case AttributeType.INTS: {
      const value = proto.ints.map(Number);
      return value.every(Number.isSafeInteger) ? { kind: "ints", value } : { kind: "ints", value, exact: proto.ints };
    }
    case AttributeType.FLOATS:
      return { kind: "floats", value: proto.floats };
    case AttributeType.STRINGS:
      return { kind: "strings", value: proto.strings.map((bytes) => text.decode(bytes)) };
    case AttributeType.TENSOR: {
      if (!proto.t) return lacks(proto, "tensor");
      if (!isOpaque(proto.t)) return { kind: "tensor", value: decodeTensor(proto.t, external) };
      return { kind: "opaque", value: { ...proto, t: decodeOpaque(proto.t, external).proto } };
    }
    case AttributeType.SPARSE_TENSOR:
      return proto.sparseTensor ? { kind: "tensor", value: decodeSparse(proto.sparseTensor, external) } : lacks(proto, "sparse tensor");
    case AttributeType.GRAPH:
      return proto.g ? { kind: "graph", value: subgraph(proto.g) } : lacks(proto, "graph");
    case AttributeType.TYPE_PROTO:
      return { kind: "opaque", value: proto };
    default:
      throw new SignflipError("SF_ONNX", `attribute ${proto.name} has a type that is not supported (${AttributeType[proto.type] ?? proto.type})`);
  }
}

function lacks({ name }: AttributeProto, what: string): never {
  throw new SignflipError("SF_ONNX", `attribute ${name} lacks its ${what}`);
}

/** The type of an attribute that does not say it, as the oldest files have them: that of the field which is filled. */
function typeOf(proto: AttributeProto): AttributeType {
  const { field } = AttributeProtoSchema;
  if (proto.g) return AttributeType.GRAPH;
  if (proto.t) return AttributeType.TENSOR;
  if (proto.ints.length > 0) return AttributeType.INTS;
  if (proto.floats.length > 0) return AttributeType.FLOATS;
  if (proto.strings.length > 0) return AttributeType.STRINGS;
  if (isFieldSet(proto, field.s)) return AttributeType.STRING;
  if (isFieldSet(proto, field.f)) return AttributeType.FLOAT;
  return isFieldSet(proto, field.i) ? AttributeType.INT : AttributeType.INTS;
}
