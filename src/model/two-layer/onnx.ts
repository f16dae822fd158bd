import { z } from "zod";
import { buildGraph } from "../../graph/builder.ts";
import type { Value } from "../../graph/ir.ts";
import { decodeModel } from "../../graph/decode.ts";
import { encodeModel } from "../../graph/encode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import type { TwoLayerNetwork } from "./network.ts";
import { forward, parameters, valuesOf } from "./two-layer.ts";

/** What a network's file says about how it was made: plain JSON, stored unchanged. */
export type TrainingNote = Readonly<Record<string, unknown>>;

const description = z.strictObject({
  kind: z.literal("two-layer"),
  d: z.int().positive(),
  m: z.int().positive(),
  bias: z.boolean(),
  seed: z.int().nonnegative(),
  outerBias: z.union([z.literal(-1), z.literal(0), z.literal(1)]),
});

/** ONNX files are protocol buffers, which readers take up to 2 GiB. @throws SF_NETWORK (usage) for a network that is larger. */
export function checkSavable({ d, m }: Pick<TwoLayerNetwork, "d" | "m">): void {
  const most = 2 ** 31 - 2 ** 20;
  if (4 * m * (d + 2) > most)
    throw new SignflipError(
      "SF_NETWORK",
      `a network of width ${m} on ${d} inputs does not fit into an .onnx file (2 GiB); the largest width that fits is ${Math.floor(most / 4 / (d + 2))}`,
      { usage: true },
    );
}

/**
 * The network as an .onnx file: one graph from `x` `[n, d]` to `f` `[n, 1]` that any ONNX Runtime opens. Its
 * metadata holds what is not in the weights: the seed of W_0 (`signflip.network`) and the training record (`signflip.training`).
 */
export function saveNetwork(network: TwoLayerNetwork, training?: TrainingNote): Uint8Array<ArrayBuffer> {
  checkSavable(network);
  const { kind, d, m, bias, seed, outerBias } = network;
  const metadata = {
    "signflip.network": JSON.stringify({ kind, d, m, bias, seed, outerBias }),
    ...(training ? { "signflip.training": JSON.stringify(training) } : {}),
  };
  const model = buildGraph(
    "two-layer",
    (g) => {
      const x = g.input("x", { element: "float32", shape: ["n", d] });
      const values = Object.fromEntries(Object.entries(parameters(network)).map(([name, value]): [string, Value] => [name, g.constant(value, name)]));
      return { f: forward(g, x, valuesOf(values), m).f };
    },
    metadata,
  );
  return encodeModel({ ...model, doc: `Two-layer ReLU network with a fixed outer layer, d ${d}, m ${m}. The sign of f is the predicted label.` });
}

/**
 * Reads a network that `saveNetwork` wrote.
 * @param name its name in errors
 * @throws SF_ONNX if the bytes are not an ONNX model, SF_NETWORK if it is not a network saved by Signflip.
 */
export function loadNetwork(bytes: Uint8Array, name = "network"): { network: TwoLayerNetwork; training?: TrainingNote } {
  const fail = (why: string): never => {
    throw new SignflipError("SF_NETWORK", `${name}: ${why}`);
  };
  const { graph, metadata } = decodeModel(bytes, name);
  const text = metadata["signflip.network"];
  if (text === undefined) return fail("expected a two-layer network saved by Signflip, got another ONNX model (it has no signflip.network in its metadata)");
  const parsed = description.safeParse(json(text));
  if (!parsed.success) return fail(`its metadata signflip.network is damaged (${parsed.error.issues[0]?.message})`);
  const { d, m, bias } = parsed.data;
  const weights = (wanted: string, size: number): Float32Array => {
    const found = graph.initializers.find((initializer) => initializer.name === wanted)?.constant as Tensor | undefined;
    if (found?.element !== "float32" || found.data.length !== size)
      return fail(`expected float32 weights ${wanted} with ${size} elements, got ${found ? `${found.element} with ${found.data.length}` : "none"}`);
    return found.data as Float32Array;
  };
  const note = metadata["signflip.training"];
  return {
    network: { ...parsed.data, weights: weights("W", m * d), hiddenBias: bias ? weights("b", m) : new Float32Array(m), outer: weights("a", m) },
    ...(note === undefined ? {} : { training: (json(note) ?? {}) as TrainingNote }),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
