import { expect } from "vitest";
import { buildGraph } from "../../../src/graph/builder.ts";
import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { encodeModel } from "../../../src/graph/encode.ts";
import type { TensorType, Value } from "../../../src/graph/ir.ts";
import { type LoadOptions } from "../../../src/model/onnx/options.ts";
import { type OnnxClassifier, loadClassifier } from "../../../src/model/onnx/load.ts";
import { useNodeEngine } from "../../../src/platform/node/engine.ts";
import { type Tensor, sizeOf, tensorOf } from "../../../src/tensor/tensor.ts";
import { random } from "../../../src/util/random.ts";
import { scoresOf } from "../../../src/model/classifier.ts";
import { withSession } from "../../../src/runtime/session.ts";
import { f32 } from "../../../src/graph/ir.ts";

useNodeEngine();

/** Weights drawn at random. */
export function weights(shape: readonly number[], seed = 1): Tensor<"float32"> {
  const data = random(seed, "test", shape.join()).fillNormal(new Float32Array(sizeOf(shape)));
  return tensorOf(
    "float32",
    shape,
    data.map((value) => value / Math.sqrt(shape.at(0)!)),
  );
}

type Build = (g: GraphBuilder, x: Value, ...more: Value[]) => Value | Readonly<Record<string, Value>>;

/** The bytes of a file with an input x (and others) and what is built from it as its output y, or as several. */
export function fileOf(type: TensorType | Readonly<Record<string, TensorType>>, build: Build, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const inputs = ("element" in type ? { x: type } : type) as Readonly<Record<string, TensorType>>;
  const model = buildGraph(
    "test",
    (g) => {
      const built = build(g, ...(Object.entries(inputs).map(([name, one]) => g.input(name, one)) as [Value, ...Value[]]));
      return "type" in built ? { y: built as Value } : (built as Record<string, Value>);
    },
    metadata,
  );
  return encodeModel(model);
}

export const loadBuilt = (type: Parameters<typeof fileOf>[0], build: Build, options: LoadOptions = {}): Promise<OnnxClassifier> =>
  loadClassifier(fileOf(type, build), options);

/** The scores of points, as attacks see them: `[n, K]`, or the difference of two logits. */
export async function scoresAt(model: OnnxClassifier, x: Float32Array): Promise<number[][]> {
  const d = sizeOf(model.inputShape);
  const n = x.length / d;
  const graph = buildGraph("scores", (g) => ({ scores: scoresOf(model, g, g.input("x", f32(["n", d])), {}) }));
  const { scores } = await withSession(graph, { threads: 1 }, (session) => session.run({ x: { element: "float32", shape: [n, d], data: x } }));
  const width = scores!.data.length / n;
  return Array.from({ length: n }, (_, i) => Array.from(scores!.data.slice(i * width, (i + 1) * width) as Float32Array));
}

export const points = (model: OnnxClassifier, n = 3, seed = 5): Float32Array =>
  random(seed, "test", "points").fillNormal(new Float32Array(n * sizeOf(model.inputShape)));

/** Several samples at once have the scores that the model's own file gives each of them, to 1e-5. The model is disposed of. */
export async function expectScoresOfFile(model: OnnxClassifier, x: Float32Array): Promise<void> {
  const ours = await scoresAt(model, x);
  const theirs = await model.predictOriginal(x);
  await model.dispose();
  theirs.forEach(({ scores }, i) => {
    const wanted = scores.length === 2 ? [scores[1]! - scores[0]!] : [...scores];
    expect(ours[i]).toHaveLength(wanted.length);
    ours[i]!.forEach((z, k) => expect(Math.abs(z - wanted[k]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(wanted[k]!))));
  });
}
