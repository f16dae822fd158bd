import { fromBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema } from "onnx-buf";
import { SignflipError } from "../util/errors.ts";
import { GraphBuilder } from "./builder.ts";
import type { ExternalData } from "./decode/external.ts";
import { functionKey, isOwnDomain, readGraph } from "./decode/graph.ts";
import { type Model, opset } from "./ir.ts";
import { newestOpset, oldestOpset } from "./opset.ts";

export type { ExternalData };

export interface DecodeOptions {
  /** Reads weights that are kept in other files. Without it, a model that has such weights is refused. */
  readonly external?: ExternalData | undefined;
}

/**
 * Reads an .onnx file of opset 1 to 26 and brings it to ours. Functions of the file are written out where they are called.
 * @param name its name in errors, a file's name say.
 * @throws SF_ONNX where the bytes are no such model.
 */
export function decodeModel(bytes: Uint8Array, name = "model", { external }: DecodeOptions = {}): Model {
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
  const own = proto.opsetImport.find(({ domain }) => isOwnDomain(domain))?.version;
  // A model whose every node calls a function need not have an opset of its own.
  const version = own === undefined && proto.functions.length > 0 ? opset : Number(own ?? 0);
  if (version < oldestOpset || version > newestOpset) fail(`expected an opset from ${oldestOpset} to ${newestOpset}, got ${version}`);
  const functions = new Map(proto.functions.map((f) => [functionKey(isOwnDomain(f.domain) ? "" : f.domain, f.name, f.overload), f]));
  const imports = [...proto.functions.flatMap(({ opsetImport }) => opsetImport), ...proto.opsetImport];
  try {
    const g = new GraphBuilder(proto.graph.name || name);
    readGraph(proto.graph, g, { version, functions, external, calls: [], caller: "", given: undefined, count: { nodes: 0 } });
    return {
      graph: g.graph,
      domains: Object.fromEntries(imports.filter(({ domain }) => !isOwnDomain(domain)).map(({ domain, version }) => [domain, Number(version)])),
      metadata: Object.fromEntries(proto.metadataProps.map(({ key, value }) => [key, value])),
      ...(proto.docString ? { doc: proto.docString } : {}),
      origin: { opset: version, irVersion: Number(proto.irVersion), producer: [proto.producerName, proto.producerVersion].filter(Boolean).join(" ") },
    };
  } catch (cause) {
    return fail(words(cause), cause);
  }
}
