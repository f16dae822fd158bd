import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { InferenceSession, Tensor as EngineTensor } from "onnxruntime-node";
import { ModelProtoSchema } from "onnx-buf";
import { GraphBuilder } from "../../../src/graph/builder.ts";
import { encodeModel } from "../../../src/graph/encode.ts";
import type { Attributes, Value } from "../../../src/graph/ir.ts";
import { type ElementType, type Tensor, isFloat } from "../../../src/tensor/tensor.ts";

/** A model of one node, as a file of an older opset has it. */
export interface OldModel {
  readonly op: string;
  readonly version: number;
  /** The node's inputs by name; one that is left out is undefined. */
  readonly inputs: Readonly<Record<string, Tensor | undefined>>;
  readonly attributes: Attributes;
  /** The element types of its outputs. */
  readonly outputs: readonly ElementType[];
}

/**
 * How a file can have the same node: every input fed, all but the first fixed, or the sizes of the first unknown until it runs, where
 * it may also be of unknown rank.
 */
export const forms = ["fed", "fixed", "of unknown sizes"] as const;
export type Form = (typeof forms)[number];

const isFed = (form: Form, index: number) => index === 0 || form === "fed";

/** The bytes of the file. Nothing in them has been through the upgrade. */
export function oldFile({ op, version, inputs, attributes, outputs }: OldModel, form: Form): Uint8Array {
  const g = new GraphBuilder("old");
  const values = Object.entries(inputs).map(([name, t], i) => {
    if (!t || !isFed(form, i)) return t && g.constant(t, name);
    const shape = form === "of unknown sizes" && isFloat(t.element) ? t.shape.map((_, axis) => `d${axis}`) : t.shape;
    return g.input(name, { element: t.element, shape });
  });
  const results = outputs.map((element, i): Value => ({ name: `y${i}`, type: { element, shape: undefined } }));
  g.append({ op, inputs: values, outputs: results, attributes });
  g.graph.outputs.push(...results);
  const proto = fromBinary(ModelProtoSchema, encodeModel({ graph: g.graph, metadata: {} }));
  proto.opsetImport.find(({ domain }) => domain === "")!.version = BigInt(version);
  return toBinary(ModelProtoSchema, proto);
}

/** Runs a file in the engine, as it is. */
export async function runFile(
  bytes: Uint8Array,
  { inputs }: OldModel,
  form: Form,
): Promise<Record<string, { dims: readonly number[]; type: string; data: unknown }>> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4, intraOpNumThreads: 1 });
  try {
    const fed = Object.entries(inputs).filter(([, t], i) => t && isFed(form, i));
    const feeds = fed.map(([name, t]) => [name, new EngineTensor(t!.element as "float32", t!.data as Float32Array, t!.shape)]);
    const results = await session.run(Object.fromEntries(feeds) as Record<string, EngineTensor>);
    return Object.fromEntries(Object.entries(results).map(([name, { dims, type, data }]) => [name, { dims, type, data }]));
  } finally {
    await session.release();
  }
}
