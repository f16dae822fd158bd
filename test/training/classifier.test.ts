import { beforeAll, describe, expect, test } from "vitest";
import { attack } from "../../src/attack/attack.ts";
import { labelTensor, matrix } from "../../src/attack/samples.ts";
import { parameterName } from "../../src/attack/graph.ts";
import type { Classifier } from "../../src/model/classifier.ts";
import { type NetworkName, networks } from "../../src/model/networks/index.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { withSession } from "../../src/runtime/session.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { type ClassifierTrainingOptions, planOf } from "../../src/training/classifier/plan.ts";
import { afterName, slotName, stepGraph } from "../../src/training/classifier/step-graph.ts";
import { trainClassifier } from "../../src/training/classifier/train.ts";
import { scalar } from "../../src/training/feeds.ts";
import { random } from "../../src/util/random.ts";
import { bars, fragile } from "./classifier-data.ts";

beforeAll(() => useNodeEngine());

type Weights = Record<string, Tensor>;
const numbers = (tensor: Tensor | undefined) => tensor!.data as Float32Array;
const shape = { inputShape: [1, 8, 8], classes: 3, domain: { low: 0, high: 1 } };
const tiny = () => networks.conv.build({ ...shape, width: 6, hidden: 16 });

describe("the gradient of the loss", () => {
  const small: Record<NetworkName, Classifier> = {
    mlp: networks.mlp.build({ ...shape, hidden: [7] }),
    conv: networks.conv.build({ ...shape, width: 3, hidden: 5 }),
    resnet: networks.resnet.build({ ...shape, width: 2, blocks: 2 }),
  };
  test.each(Object.keys(small) as NetworkName[])("of %s agrees with central differences along every weight", async (name) => {
    const model = small[name];
    const stream = random(3, "test", "weights");
    // Fresh weights of a residual network are 0 in part, which hides gradients.
    const weights: Weights = Object.fromEntries(
      Object.entries(model.parameters).map(([key, tensor]) => [key, { ...tensor, data: numbers(tensor).map((w) => w + 0.1 * stream.normal()) }]),
    );
    const plan = planOf(model, { optimizer: "sgd", momentum: 0, lr: 1 });
    const { x, y } = bars(12, 1);
    await withSession(stepGraph(plan), {}, async (session) => {
      const step = (at: Weights) =>
        session.run({
          x: matrix(x, 64),
          y: labelTensor(y, 3),
          lr: scalar(1),
          ...Object.fromEntries(Object.entries(at).map(([key, tensor]) => [parameterName(key), tensor])),
          ...Object.fromEntries(
            Object.entries(at).map(([key, tensor]) => [slotName("velocity", key), { ...tensor, data: new Float32Array(tensor.data.length) }]),
          ),
        });
      const after = await step(weights);
      for (const [key, tensor] of Object.entries(weights)) {
        const gradient = numbers(tensor).map((w, i) => w - numbers(after[afterName(key)])[i]!);
        const length = Math.hypot(...gradient);
        expect(length, key).toBeGreaterThan(0.01);
        const h = 5e-4;
        const at = async (t: number) => {
          const moved = numbers(tensor).map((w, i) => w + (t * gradient[i]!) / length);
          return Number((await step({ ...weights, [key]: { ...tensor, data: moved } }))["loss"]!.data[0]);
        };
        // In float32: the loss is about 1, so that its difference is good to 1e-7/2h; and within h, some ReLU turns.
        const slope = ((await at(h)) - (await at(-h))) / (2 * h);
        expect(Math.abs(slope - length), key).toBeLessThan(1e-3 + 0.02 * length);
      }
    });
  });
});

describe("optimizers", () => {
  /** Softmax regression by hand: the same steps as the graph's, in float64. */
  const { x, y } = bars(30, 2);
  const [n, d, classes] = [30, 64, 3];
  function gradientOf(w: Float64Array): Float64Array {
    const slope = new Float64Array(w.length);
    for (let i = 0; i < n; i++) {
      const row = x.subarray(i * d, (i + 1) * d);
      const z = Array.from({ length: classes }, (_, k) => row.reduce((sum, value, j) => sum + value * w[k * d + j]!, w[classes * d + k]!));
      const total = z.reduce((sum, value) => sum + Math.exp(value), 0);
      z.forEach((value, k) => {
        const error = (Math.exp(value) / total - +(y[i] === k)) / n;
        row.forEach((pixel, j) => (slope[k * d + j]! += error * pixel));
        slope[classes * d + k]! += error;
      });
    }
    return slope;
  }
  const linear = networks.mlp.build({ ...shape, hidden: [] });
  const flat = (model: Classifier) => Float64Array.from([...numbers(model.parameters["logits.weight"]), ...numbers(model.parameters["logits.bias"])]);
  const [steps, lr] = [6, 0.05];
  const descended: Record<string, [ClassifierTrainingOptions, (w: Float64Array) => void]> = {
    "SGD with momentum and decay": [
      { optimizer: "sgd", momentum: 0.8, weightDecay: 0.01 },
      (w) => {
        const v = new Float64Array(w.length);
        for (let t = 0; t < steps; t++) {
          const gradient = gradientOf(w);
          for (let j = 0; j < w.length; j++) w[j]! -= lr * (v[j] = 0.8 * v[j]! + gradient[j]! + 0.01 * w[j]!);
        }
      },
    ],
    "plain SGD with a cosine": [
      { optimizer: "sgd", momentum: 0, schedule: "cosine" },
      (w) => {
        for (let t = 0; t < steps; t++) {
          const gradient = gradientOf(w);
          for (let j = 0; j < w.length; j++) w[j]! -= lr * ((1 + Math.cos((Math.PI * t) / steps)) / 2) * gradient[j]!;
        }
      },
    ],
    "Adam with decay": [
      { optimizer: "adam", weightDecay: 0.1 },
      (w) => {
        const [m, v] = [new Float64Array(w.length), new Float64Array(w.length)];
        for (let t = 1; t <= steps; t++) {
          const gradient = gradientOf(w);
          for (let j = 0; j < w.length; j++) {
            m[j] = 0.9 * m[j]! + 0.1 * gradient[j]!;
            v[j] = 0.999 * v[j]! + 0.001 * gradient[j]! ** 2;
            w[j]! -= lr * (m[j]! / (1 - 0.9 ** t) / (Math.sqrt(v[j]! / (1 - 0.999 ** t)) + 1e-8) + 0.1 * w[j]!);
          }
        }
      },
    ],
  };
  test.each(Object.entries(descended))("%s is what a loop by hand computes", async (_, [options, byHand]) => {
    const { model } = await trainClassifier(linear, { x, y }, { schedule: "constant", ...options, lr, epochs: steps, batch: n });
    const expected = flat(linear);
    const fresh = flat(linear);
    byHand(expected);
    const ours = flat(model);
    expect(Math.max(...expected.map((w, j) => Math.abs(w - fresh[j]!)))).toBeGreaterThan(0.01);
    expect(Math.max(...ours.map((w, j) => Math.abs(w - expected[j]!)))).toBeLessThan(2e-5);
  });
});

describe("training a classifier", () => {
  const [train, held] = [bars(300, 5), bars(150, 6)];

  test("a small convolutional network learns three kinds of pictures", async () => {
    const { model, history } = await trainClassifier(tiny(), train, { epochs: 8, batch: 32, lr: 0.01, test: held });
    expect(history).toHaveLength(8);
    expect(history[7]!.loss).toBeLessThan(history[0]!.loss / 2);
    expect(history[7]!.testAccuracy).toBeGreaterThan(0.95);
    const { summary } = await attack(model, held, { attack: "fgsm", eps: 0 });
    expect(summary.cleanAccuracy).toBeCloseTo(history[7]!.testAccuracy!, 12);
  });

  test("the same seed gives the same bits, whatever the threads; another seed others", async () => {
    const train60 = { x: train.x.subarray(0, 70 * 64), y: Array.from(train.y).slice(0, 70) };
    const run = async (options: ClassifierTrainingOptions) =>
      numbers(
        (await trainClassifier(tiny(), train60, { method: "adversarial", eps: 0.1, steps: 3, epochs: 2, batch: 32, ...options })).model.parameters[
          "conv2.weight"
        ],
      );
    const first = await run({ threads: 1 });
    expect(await run({ threads: 2 })).toEqual(first);
    expect(await run({ threads: 1, seed: 1 })).not.toEqual(first);
  });

  test("frozen weights stay, bit for bit, and the others move", async () => {
    const model = tiny();
    const { model: trained } = await trainClassifier(model, train, { epochs: 1, frozen: ["conv1.weight", "conv1.bias"] });
    expect(trained.parameters["conv1.weight"]).toEqual(model.parameters["conv1.weight"]);
    expect(trained.parameters["conv2.weight"]).not.toEqual(model.parameters["conv2.weight"]);
  });

  test("the model given is not changed", async () => {
    const model = tiny();
    const before = numbers(model.parameters["conv1.weight"]).slice();
    await trainClassifier(model, train, { epochs: 1 });
    expect(numbers(model.parameters["conv1.weight"])).toEqual(before);
  });

  test("flipping and shifting images changes what is learned from, and not their number", async () => {
    const once = { epochs: 1, batch: 64 };
    const [plain, moved] = [await trainClassifier(tiny(), train, once), await trainClassifier(tiny(), train, { ...once, augment: { flip: true, shift: 1 } })];
    expect(moved.history[0]!.loss).not.toBe(plain.history[0]!.loss);
  });

  test("progress counts every step, and a signal stops between two", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const training = trainClassifier(tiny(), train, {
      epochs: 2,
      batch: 100,
      signal: stop.signal,
      onStep: ({ step, steps }) => {
        expect(steps).toBe(6);
        seen.push(step);
        if (step === 4) stop.abort();
      },
    });
    await expect(training).rejects.toMatchObject({ code: "SF_STOPPED", message: "training stopped after 4 of 6 steps" });
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  test("a step that is far too long ends in SF_DIVERGED, and says what to do", async () => {
    const training = trainClassifier(networks.resnet.build({ ...shape, width: 2 }), train, { optimizer: "sgd", lr: 1e6, epochs: 3 });
    await expect(training).rejects.toMatchObject({ code: "SF_DIVERGED", message: expect.stringContaining("try a smaller learning rate") as string });
  });
});

describe("robust training", () => {
  const [train, held] = [fragile(600, 1), fragile(300, 2)];
  const fresh = networks.mlp.build({ inputShape: [21], classes: 2, hidden: [] });
  const pictures = [bars(300, 5), bars(120, 6)] as const;

  test.each(["adversarial", "trades"] as const)("%s training makes a classifier of two classes robust that plain training does not", async (method) => {
    const common = { epochs: 15, batch: 50, lr: 0.02 };
    const robustOf = async (model: Classifier) => (await attack(model, held, { attack: "pgd", norm: "linf", eps: 0.5, steps: 10 })).summary.robustAccuracy;
    const { model: plain } = await trainClassifier(fresh, train, common);
    const { model, history } = await trainClassifier(fresh, train, { ...common, method, eps: 0.5, steps: 5 });
    expect(await robustOf(plain)).toBeLessThan(0.5);
    expect(await robustOf(model)).toBeGreaterThan(0.8);
    expect(history.at(-1)!.robustTrainAccuracy).toBeGreaterThan(0.8);
  });

  test.each(["adversarial", "trades"] as const)("%s training makes a convolutional network of three classes more robust", async (method) => {
    const common = { epochs: 15, batch: 32, lr: 0.01 };
    const robustOf = async (model: Classifier) =>
      (await attack(model, pictures[1], { attack: "pgd", norm: "linf", eps: 0.08, steps: 10, box: model.domain })).summary.robustAccuracy;
    const { model: plain } = await trainClassifier(tiny(), pictures[0], common);
    const { model: robust } = await trainClassifier(tiny(), pictures[0], {
      ...common,
      method,
      eps: 0.1,
      steps: 5,
      ...(method === "trades" ? { beta: 2 } : {}),
    });
    const reached = await robustOf(robust);
    expect(reached).toBeGreaterThan((await robustOf(plain)) + 0.2);
    // A constant prediction is right for a third.
    expect(reached).toBeGreaterThan(0.5);
  });
});

test.each<[ClassifierTrainingOptions, string]>([
  [{ method: "adversarial" }, "the method adversarial needs eps, the budget of its perturbations"],
  [{ eps: 0.1 }, "the method plain perturbs nothing and takes no eps; use adversarial or trades"],
  [{ method: "adversarial", eps: 0.1, beta: 2 }, "the method adversarial takes no beta, which is the weight of a term of trades"],
  [{ method: "adversarial", eps: -1 }, "eps must be a positive number; got -1"],
  [{ method: "adversarial", eps: 1, norm: "l0" }, "norm must be l2, linf or l1; got l0"],
  [{ momentum: 0.5 }, "the optimizer adam takes no momentum"],
  [{ optimizer: "sgd", momentum: 1 }, "momentum must be a number from 0, below 1; got 1"],
  [{ lr: 0 }, "lr must be a positive number; got 0"],
  [{ weightDecay: Number.NaN }, "weightDecay must be a number from 0; got NaN"],
  [{ batch: 0.5 }, "batch must be a whole number from 1; got 0.5"],
  [{ epochs: 0 }, "epochs must be a whole number from 1; got 0"],
  [{ frozen: ["conv1.weigth"] }, "conv has no weights conv1.weigth to freeze: did you mean conv1.weight?"],
  [{ augment: { shift: 8 } }, "a shift must be smaller than the images; got 8 pixels for [1, 8, 8]"],
  [{ method: "trade" as "trades" }, "method must be one of plain, adversarial, trades; got trade: did you mean trades?"],
])("options %o are refused in one line", async (options, message) => {
  await expect(trainClassifier(tiny(), bars(9, 1), options)).rejects.toMatchObject({ code: "SF_OPTION", usage: true, message: `training: ${message}` });
});

test("data that do not fit the model are refused", async () => {
  await expect(trainClassifier(tiny(), { x: new Float32Array(64), y: [3] })).rejects.toMatchObject({
    code: "SF_OPTION",
    message: "training: labels must be class indices from 0 to 2; sample 0 has 3",
  });
  await expect(trainClassifier(tiny(), { x: new Float32Array(60), y: [0] })).rejects.toMatchObject({ code: "SF_NETWORK" });
});
