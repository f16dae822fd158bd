import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { decodeModel } from "../../src/graph/decode.ts";
import { f32 } from "../../src/graph/ir.ts";
import { exportGradient } from "../../src/measure/export-gradient.ts";
import { questionsTo } from "../../src/measure/questions.ts";
import { quantityNames } from "../../src/measure/saliency/quantity.ts";
import type { Classifier } from "../../src/model/classifier.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { random } from "../../src/util/random.ts";
import { loadBuilt, weights } from "../model/onnx/support.ts";

/** A small convolutional network with a softmax, a fixed batch of 1 and normalized inputs. */
const convolutional = () =>
  loadBuilt(
    f32([1, 3, 6, 6]),
    (g, x) => {
      const [hidden] = g.op("Conv", [x, g.constant(weights([4, 3, 3, 3]))]);
      return g.softmax(g.gemm(g.flatten(g.relu(hidden)), g.constant(weights([64, 5]))));
    },
    { mean: [0.4, 0.5, 0.6], std: 3 },
  );

const inputs = (n: number, d: number) => random(1, "test", "x").fillNormal(new Float32Array(n * d));

/** The file in the engine alone, as any program would run it. */
async function runFile(file: Uint8Array, feeds: ort.InferenceSession.FeedsType): Promise<ort.InferenceSession.ReturnType> {
  const session = await ort.InferenceSession.create(file);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}
const floats = (outputs: ort.InferenceSession.ReturnType, name: string) => outputs[name]!.data as Float32Array;

describe("a file with the gradient in it", () => {
  test.each(quantityNames)("gives the scores, the %s and its gradient for any class and any number of samples", async (of) => {
    const model = await convolutional();
    const file = exportGradient(model, { of });
    expect(decodeModel(file).metadata).toEqual({ "signflip.of": of });
    const questions = questionsTo(model);
    for (const n of [1, 4]) {
      const x = inputs(n, 108);
      const classes = Array.from({ length: n }, (_, i) => (2 * i + 1) % 5);
      const feeds = { x: new ort.Tensor("float32", x, [n, 3, 6, 6]), class: new ort.Tensor("int64", BigInt64Array.from(classes, BigInt), [n]) };
      const outputs = await runFile(file, feeds);
      const { value, gradient } = await questions.gradient(x, { of, class: classes });
      expect(outputs["gradient"]!.dims).toEqual([n, 3, 6, 6]);
      expect(gradient.some((slope) => Math.abs(slope) > 1e-3)).toBe(true);
      gradient.forEach((slope, i) => expect(floats(outputs, "gradient")[i]).toBeCloseTo(slope, 5));
      value.forEach((one, i) => expect(floats(outputs, "value")[i]).toBeCloseTo(one, 5));
      (await questions.logits(x)).forEach((z, i) => expect(floats(outputs, "logits")[i]).toBeCloseTo(z, 5));
    }
    await questions.dispose();
    await model.dispose();
  });

  test("has no input for a class that was given", async () => {
    const model = await convolutional();
    const file = exportGradient(model, { class: 3 });
    expect(decodeModel(file).graph.inputs.map(({ name }) => name)).toEqual(["x"]);
    const x = inputs(2, 108);
    const outputs = await runFile(file, { x: new ort.Tensor("float32", x, [2, 3, 6, 6]) });
    const questions = questionsTo(model);
    const { gradient } = await questions.gradient(x, { class: 3 });
    gradient.forEach((slope, i) => expect(floats(outputs, "gradient")[i]).toBeCloseTo(slope, 5));
    await questions.dispose();
    await model.dispose();
  });

  test("has the weights of a network whose weights may change", async () => {
    const network = twoLayer({ d: 7, m: 9, seed: 2 });
    const x = inputs(3, 7);
    const outputs = await runFile(exportGradient(network, { class: 1 }), { x: new ort.Tensor("float32", x, [3, 7]) });
    const questions = questionsTo(network);
    const { value, gradient } = await questions.gradient(x, { class: 1 });
    gradient.forEach((slope, i) => expect(floats(outputs, "gradient")[i]).toBeCloseTo(slope, 6));
    expect(floats(outputs, "logits")).toEqual(value);
    await questions.dispose();
  });

  test("takes one sample where the model does", async () => {
    const linear: Classifier = {
      name: "alone",
      inputShape: [2],
      classes: 3,
      output: "logits",
      parameterTypes: {},
      parameters: {},
      numbersPerSample: 3,
      mostRows: 1,
      scores: (g, x) => g.matMul(x, g.constant(weights([2, 3]))),
    };
    const { graph } = decodeModel(exportGradient(linear));
    expect(graph.inputs.map(({ type }) => type.shape)).toEqual([[1, 2], [1]]);
    const questions = questionsTo(linear);
    expect((await questions.gradient(inputs(3, 2), { class: [0, 1, 2] })).gradient).toHaveLength(6);
    await questions.dispose();
  });

  test("is refused for a class or a quantity that does not exist", async () => {
    const network = twoLayer({ d: 3, m: 2, seed: 0 });
    expect(() => exportGradient(network, { class: 2 })).toThrow(/classes 0 to 1; got 2/);
    // @ts-expect-error: a caller in plain JavaScript can give anything
    expect(() => exportGradient(network, { of: "entropy" })).toThrow(/of must be one of/);
  });
});
