import { beforeAll, describe, expect, test } from "vitest";
import { scoresGraph } from "../../src/attack/graph.ts";
import { parameterName } from "../../src/attack/graph.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { decodeModel } from "../../src/graph/decode.ts";
import { f32, float } from "../../src/graph/ir.ts";
import { type Classifier, dimensionOf } from "../../src/model/classifier.ts";
import { type NetworkName, networkNames, networks } from "../../src/model/networks/index.ts";
import { loadClassifier } from "../../src/model/onnx/load.ts";
import { saveClassifier } from "../../src/model/save.ts";
import { trainable } from "../../src/model/trainable.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { withSession } from "../../src/runtime/session.ts";
import { type Tensor, sizeOf, tensorOf } from "../../src/tensor/tensor.ts";
import { trainClassifier } from "../../src/training/classifier/train.ts";
import { random } from "../../src/util/random.ts";

beforeAll(() => useNodeEngine());

const image = { inputShape: [3, 16, 16], classes: 5, domain: { low: 0, high: 255 }, preprocessing: { mean: [100, 120, 130], std: 60 } };
const pixels = (model: Classifier, n: number) =>
  random(1, "test", "pixels")
    .fillNormal(new Float32Array(n * dimensionOf(model)))
    .map((v) => 128 + 40 * v);

async function scoresOf(model: Classifier, x: Float32Array): Promise<Float32Array> {
  const n = x.length / dimensionOf(model);
  const weights = Object.fromEntries(Object.entries(model.parameters).map(([name, tensor]) => [parameterName(name), tensor]));
  const { scores } = await withSession(scoresGraph(model), {}, (session) =>
    session.run({ x: { element: "float32", shape: [n, dimensionOf(model)], data: x }, ...weights }),
  );
  return scores!.data as Float32Array;
}

describe.each(networkNames)("the network %s", (name) => {
  const build = (options = {}) => networks[name].build({ ...image, ...options });

  test("gives a logit for each class, one for two classes, and the same for the same seed", async () => {
    const model = build();
    expect((await scoresOf(model, pixels(model, 3))).length).toBe(15);
    expect(await scoresOf(build(), pixels(model, 3))).toEqual(await scoresOf(model, pixels(model, 3)));
    expect(await scoresOf(build({ seed: 1 }), pixels(model, 3))).not.toEqual(await scoresOf(model, pixels(model, 3)));
    const two = build({ classes: 2 });
    expect((await scoresOf(two, pixels(two, 3))).length).toBe(3);
  });

  test("is saved as a file of its own, from raw units to logits", async () => {
    const model = build();
    const x = pixels(model, 4);
    const classNames = ["a", "b", "c", "d", "e"];
    const file = decodeModel(saveClassifier(model, { classNames, training: { epochs: 3 } }), "saved");
    expect(file.metadata).toEqual({ "signflip.bounds": "[0,255]", "signflip.classes": JSON.stringify(classNames), "signflip.training": '{"epochs":3}' });
    const { logits } = await withSession(file, {}, (session) => session.run({ x: { element: "float32", shape: [4, 3, 16, 16], data: x } }));
    const expected = await scoresOf(model, x);
    expect(logits!.shape).toEqual([4, 5]);
    (logits!.data as Float32Array).forEach((score, i) => expect(score).toBeCloseTo(expected[i]!, 4));
  });
});

test("the networks have as many weights as they say", () => {
  const count = (model: Classifier) => Object.values(model.parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  expect(Math.round(count(networks.conv.build({ inputShape: [1, 28, 28], classes: 10 })) / 1000)).toBe(166);
  expect(Math.round(count(networks.resnet.build({ inputShape: [3, 32, 32], classes: 10 })) / 1000)).toBe(165);
});

test.each<[NetworkName, object, string]>([
  ["conv", { inputShape: [784] }, "network: the layer conv1 takes samples of shape [channels, height, width]; got [784]"],
  ["mlp", { classes: 1 }, "network: mlp must have 2 classes or more; got 1"],
])("%s with %o is refused in one line", (name, options, message) => {
  expect(() => networks[name].build({ ...image, preprocessing: undefined, ...options })).toThrow(message);
});

test("there are as many names as classes", () => {
  expect(() => saveClassifier(networks.mlp.build(image), { classNames: ["a"] })).toThrow("save: mlp has 5 classes; got 1 names");
});

describe("a model with its weights as constants", () => {
  const stream = random(2, "test", "constants");
  const drawn = (...shape: number[]): Tensor => ({ element: "float32", shape, data: stream.fillNormal(new Float32Array(sizeOf(shape))) });
  const [mean, w, b, scale, shift, average, variance, v, bias] = [
    tensorOf("float32", [1, 3, 1, 1], [1, 2, 3]),
    drawn(4, 3, 3, 3),
    drawn(4),
    drawn(4),
    drawn(4),
    drawn(4),
    tensorOf("float32", [4], [1, 2, 3, 4]),
    drawn(4 * 36, 5),
    drawn(5),
  ] as const;
  /** As exporters write it: the mean taken off, a convolution, normalization, a product and what is added to it; one kernel in two places. */
  const model: Classifier = {
    name: "constants",
    inputShape: [3, 8, 8],
    classes: 5,
    output: "logits",
    parameterTypes: {},
    parameters: {},
    numbersPerSample: 1000,
    scores(g, x) {
      const kernel = g.constant(w, "conv.weight");
      const at = g.sub(x, g.constant(mean, "mean"));
      const one = g.op("Conv", [at, kernel, g.constant(b, "conv.bias")])[0];
      const two = g.op("Conv", [g.abs(at), kernel])[0];
      const norm = [scale, shift, average, variance].map((tensor, i) => g.constant(tensor, `norm.${i}`));
      const normal = g.op("BatchNormalization", [g.add(one, two), ...norm], { epsilon: float(1e-5) })[0];
      return g.add(g.matMul(g.flatten(g.relu(normal)), g.constant(v, "dense")), g.constant(bias, "dense.bias"));
    },
  };

  test("becomes one with the same scores and its weights as inputs; constants before them and statistics stay", async () => {
    const open = trainable(model);
    expect(Object.keys(open.parameterTypes)).toEqual(["conv.weight", "conv.bias", "norm.0", "norm.1", "dense", "dense.bias"]);
    const x = pixels(model, 3);
    const expected = await scoresOf(model, x);
    // The engine makes one operator of a convolution and a normalization whose weights it knows, which rounds differently.
    (await scoresOf(open, x)).forEach((score, i) => expect(Math.abs(score - expected[i]!)).toBeLessThan(1e-5 * Math.max(...expected.map(Math.abs))));
  });

  test("is trained, and the file saved has the new weights and the old mean", async () => {
    const x = random(4, "test", "x").fillNormal(new Float32Array(40 * 192));
    const y = Array.from({ length: 40 }, (_, i) => i % 5);
    const { model: trained, history } = await trainClassifier(model, { x, y }, { epochs: 20, batch: 20, lr: 0.01 });
    expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss / 3);
    const { graph } = decodeModel(saveClassifier(trained), "saved");
    const constant = (name: string) => graph.initializers.find((value) => value.name === name)?.constant?.data;
    expect(constant("mean")).toEqual(mean.data);
    expect(constant("norm.2")).toEqual(average.data);
    expect(constant("conv.weight")).toEqual(trained.parameters["conv.weight"]!.data);
    expect(constant("conv.weight")).not.toEqual(w.data);
  });

  test("a quantized one, and one without weights, are refused", () => {
    const quantized = {
      ...model,
      scores: (g: GraphBuilder, x: Parameters<Classifier["scores"]>[1]) =>
        g.op("DequantizeLinear", [
          g.op("QuantizeLinear", [model.scores(g, x, {}), g.scalar(0.1, "float32"), g.scalar(0, "int8")])[0],
          g.scalar(0.1, "float32"),
          g.scalar(0, "int8"),
        ])[0],
    };
    expect(() => trainable(quantized)).toThrow(
      "constants is quantized (it has QuantizeLinear) and cannot be trained: train the model that it was made from, and quantize that",
    );
    const bare: Classifier = { ...model, scores: (g, x) => g.slice(g.flatten(x), [0], [5], [1]) };
    expect(() => trainable(bare)).toThrow("constants has no weights that could be trained");
  });
});

test("a file that was saved is read as the classifier that it was, and is trained on", async () => {
  const fresh = networks.resnet.build({ ...image, width: 2 });
  const classNames = ["a", "b", "c", "d", "e"];
  const read = await loadClassifier(saveClassifier(fresh, { classNames }), { name: "read" });
  expect(read).toMatchObject({ classes: 5, inputShape: [3, 16, 16], domain: { low: 0, high: 255 }, classNames });
  const x = pixels(fresh, 20);
  const expected = await scoresOf(fresh, x);
  (await scoresOf(read, x)).forEach((score, i) => expect(score).toBeCloseTo(expected[i]!, 4));
  expect(Object.keys(trainable(read).parameterTypes).toSorted()).toEqual(Object.keys(fresh.parameterTypes).toSorted());
  const y = Array.from({ length: 20 }, (_, i) => i % 5);
  const options = { epochs: 3, batch: 20, augment: { flip: true } } as const;
  const [ours, theirs] = [await trainClassifier(fresh, { x, y }, options), await trainClassifier(read, { x, y }, options)];
  expect(theirs.history.map(({ loss }) => loss)).toEqual(ours.history.map(({ loss }) => expect.closeTo(loss, 4) as number));
  expect("predictOriginal" in theirs.model).toBe(false);
  await read.dispose();
});

test("types of weights are those of the graph", () => {
  expect(networks.mlp.build({ inputShape: [4], classes: 3, hidden: [2] }).parameterTypes).toEqual({
    "hidden1.weight": f32([2, 4]),
    "hidden1.bias": f32([2]),
    "logits.weight": f32([3, 2]),
    "logits.bias": f32([3]),
  });
});
