import { describe, expect, test } from "vitest";
import { attack } from "../../src/attack/attack.ts";
import type { AttackName } from "../../src/attack/index.ts";
import type { FunctionPair } from "../../src/attack/oracle/functions.ts";
import type { Classifier } from "../../src/model/classifier.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { tensorOf } from "../../src/tensor/tensor.ts";
import { random } from "../../src/util/random.ts";
import { norm, row, softmax } from "./support.ts";

useNodeEngine();

const d = 12;
const direction = random(0, "test", "direction").fillNormal(new Float32Array(d));
const w = direction.map((value) => value / norm(direction));

/** f(x) = s (w·x) with ‖w‖₂ = 1. */
const linear = (s: number): Classifier => ({
  name: "a linear model",
  inputShape: [d],
  classes: 2,
  output: "logit",
  parameterTypes: {},
  parameters: {},
  numbersPerSample: 4,
  scores: (g, x) => g.mul(g.matMul(x, g.constant(tensorOf("float32", [d, 1], w))), s),
});

/** At distance 0.2 from where f is 0, on both sides. */
const points = { x: Float32Array.from({ length: 4 * d }, (_, i) => (i < 2 * d ? 0.2 : -0.2) * w[i % d]!), y: [1, 1, 0, 0] };

describe.each(["single-step", "fgsm", "pgd", "apgd"] as const)("%s", (name: AttackName) => {
  test.each([1e-37, 1e-24, 1e-12, 1, 1e20, 1e36])("flips a linear model whose logits are as large as %d", async (s) => {
    const call = { attack: name, norm: "l2" as const, ...(name.endsWith("pgd") ? { steps: 20 } : {}) };
    const found = await attack(linear(s), points, { ...call, eps: 0.25 });
    expect([...found.samples.success]).toEqual([1, 1, 1, 1]);
    expect(found.summary.zeroGradient).toBe(0);
    const short = await attack(linear(s), points, { ...call, eps: 0.19 });
    expect([...short.samples.success]).toEqual([0, 0, 0, 0]);
  });
});

test("a power of two in front of the logits changes no bit of what is found", async () => {
  const calls = [{ attack: "pgd", steps: 20 } as const, { attack: "apgd", steps: 20 } as const, { attack: "single-step" } as const];
  for (const call of calls) {
    const found = await attack(linear(1), points, { ...call, norm: "l2", eps: 0.25 });
    for (const s of [2 ** -80, 2 ** 90]) expect((await attack(linear(s), points, { ...call, norm: "l2", eps: 0.25 })).points).toEqual(found.points);
  }
});

test("samples without a gradient are reported, and change nothing for those beside them", async () => {
  // relu(x_0) − 1: no gradient where x_0 is below 0, and none that is finite where the root of x_1 = 0 comes in.
  const model: Classifier = {
    ...linear(1),
    scores(g, x) {
      const column = (k: number) => g.slice(x, [k], [k + 1], [1]);
      return g.sub(g.add(g.relu(column(0)), g.sqrt(g.relu(column(1)))), 1);
    },
  };
  const x = new Float32Array(3 * d).fill(0.5);
  x.set([-1, -1], 0);
  x.set([0.5, 0], d);
  for (const call of [
    { attack: "pgd", norm: "l2", steps: 10 } as const,
    { attack: "fgsm", norm: "linf" } as const,
    { attack: "pgd", norm: "l1", steps: 10 } as const,
  ]) {
    const { samples, summary, points: found } = await attack(model, { x, y: [0, 0, 1] }, { ...call, eps: 0.4 });
    expect(samples.zeroGradient[0]).toBe(1);
    expect(samples.zeroGradient[2]).toBe(0);
    expect(summary.zeroGradient).toBe(samples.zeroGradient[0]! + samples.zeroGradient[1]!);
    const alone = await attack(model, { x: x.slice(2 * d), y: [1] }, { ...call, eps: 0.4 });
    expect(row(found, 2, d)).toEqual(alone.points);
  }
});

describe("a pair of functions", () => {
  const { target, data, logits } = softmax({ classes: 5 });
  const K = 5;
  const [W, b, V] = ["x", "b", "V"].map((name) => target.parameters[name]!.data as Float32Array);
  const inputs = target.inputShape[0]!;
  const hidden = b!.length;
  let [forward, backward] = [0, 0];
  const pair: FunctionPair = {
    name: "functions",
    inputShape: [inputs],
    classes: K,
    logits(x, n) {
      forward += n;
      return Float32Array.from(Array.from({ length: n }, (_, i) => logits(row(x, i, inputs))).flat());
    },
    gradient(x, dlogits, n) {
      backward += n;
      const result = new Float32Array(n * inputs);
      for (let i = 0; i < n; i++)
        for (let s = 0; s < hidden; s++) {
          let z = b![s]!;
          let slope = 0;
          for (let j = 0; j < inputs; j++) z += W![s * inputs + j]! * x[i * inputs + j]!;
          for (let k = 0; k < K; k++) slope += V![k * hidden + s]! * dlogits[i * K + k]!;
          if (z > 0) for (let j = 0; j < inputs; j++) result[i * inputs + j]! += slope * W![s * inputs + j]!;
        }
      return result;
    },
  };

  test.each([
    { attack: "single-step", norm: "l2" } as const,
    { attack: "fgsm", norm: "linf" } as const,
    { attack: "pgd", norm: "l2", steps: 8 } as const,
    { attack: "apgd-ce", norm: "linf", steps: 8 } as const,
    { attack: "apgd-dlr", norm: "l2", steps: 8 } as const,
    { attack: "apgd-t", norm: "l2", steps: 5 } as const,
  ])("is attacked by $attack as the graph of the same model is, in as many passes as are counted", async (call) => {
    [forward, backward] = [0, 0];
    const own = await attack(pair, data, { ...call, eps: 0.3 });
    expect([own.summary.forward, own.summary.backward]).toEqual([forward, backward]);
    const graph = await attack(target, data, { ...call, eps: 0.3 });
    expect(own.summary).toMatchObject({ cleanAccuracy: graph.summary.cleanAccuracy, forward: graph.summary.forward, backward: graph.summary.backward });
    const same = own.samples.success.filter((success, i) => success === graph.samples.success[i]).length;
    expect(same).toBeGreaterThanOrEqual(data.y.length - 1);
    expect(own.samples.marginAfter.filter((margin, i) => Math.abs(margin - graph.samples.marginAfter[i]!) < 1e-2).length).toBeGreaterThan(0.9 * data.y.length);
  });

  test("with two classes may give one logit or two", async () => {
    const f = (x: Float32Array, n: number) => Array.from({ length: n }, (_, i) => row(x, i, d).reduce((sum, value, j) => sum + value * w[j]!, 0));
    const one: FunctionPair = {
      name: "one logit",
      inputShape: [d],
      classes: 2,
      logits: f,
      gradient: (_, dz, n) => Float32Array.from({ length: n * d }, (_, i) => dz[Math.floor(i / d)]! * w[i % d]!),
    };
    const two: FunctionPair = {
      ...one,
      logits: (x, n) => f(x, n).flatMap((value) => [1, 1 + value]),
      gradient: (_, dz, n) => Promise.resolve(Float32Array.from({ length: n * d }, (_, i) => dz[2 * Math.floor(i / d) + 1]! * w[i % d]!)),
    };
    for (const model of [one, two]) {
      const { samples } = await attack(model, points, { attack: "apgd", norm: "l2", steps: 10, eps: 0.25, stopAtSuccess: true });
      expect([...samples.success]).toEqual([1, 1, 1, 1]);
      expect(Math.max(...samples.backward)).toBeLessThan(10);
    }
  });
});

describe("targeted", () => {
  const { target, data, logits } = softmax({ classes: 5, n: 120 });
  const inputs = target.inputShape[0]!;
  const predicted = (point: Float32Array) => {
    const z = logits(point);
    return z.indexOf(Math.max(...z));
  };

  test.each([
    { attack: "single-step", norm: "l2" } as const,
    { attack: "fgsm", norm: "l2" } as const,
    { attack: "pgd", norm: "l1", steps: 20 } as const,
    { attack: "pgd", norm: "l2", steps: 20 } as const,
    { attack: "apgd-ce", norm: "l2", steps: 20 } as const,
    { attack: "apgd-dlr", norm: "l2", steps: 20 } as const,
    { attack: "apgd-t", norm: "l2", steps: 20 } as const,
  ])("$attack $norm succeeds where the prediction is the target, and nowhere else", async (call) => {
    const targets = Array.from(data.y, (y, i) => (y + 1 + (i % 4)) % 5);
    const { samples, points } = await attack(target, data, { ...call, eps: 1, target: targets });
    let hits = 0;
    targets.forEach((aim, i) => {
      const there = predicted(row(points, i, inputs));
      expect(samples.success[i]).toBe(+(there === aim));
      expect(samples.predictionAfter[i]).toBe(there);
      expect(samples.marginAfter[i]! < 0).toBe(there === aim);
      hits += +(there === aim);
    });
    const before = targets.filter((aim, i) => predicted(row(data.x, i, inputs)) === aim).length;
    expect(hits).toBeGreaterThan(before + (call.attack === "single-step" || call.attack === "fgsm" ? 5 : 20));
  });

  test("one target is one for all; two classes work too", async () => {
    const call = { attack: "pgd", norm: "l2", steps: 10, eps: 0.5 } as const;
    expect(await attack(target, data, { ...call, target: 2 })).toEqual(await attack(target, data, { ...call, target: Array.from(data.y, () => 2) }));
    const { samples } = await attack(linear(1), points, { ...call, target: 0 });
    expect([...samples.predictionAfter]).toEqual([0, 0, 0, 0]);
    expect([...samples.success]).toEqual([1, 1, 1, 1]);
  });
});

test("what the model's own file does not confirm is no success", async () => {
  let asked = 0;
  const model: Classifier = {
    ...linear(1),
    predictOriginal(x) {
      asked += x.length / d;
      // The file says 1 for every other one that it is asked about.
      return Promise.resolve([{ class: asked % 2 }]);
    },
  };
  const { samples, summary } = await attack(model, points, { attack: "pgd", norm: "l2", steps: 10, eps: 0.25 });
  expect(asked).toBe(4);
  expect([...samples.unconfirmed]).toEqual([1, 0, 0, 1]);
  expect([...samples.success]).toEqual([0, 1, 1, 0]);
  expect(summary).toMatchObject({ unconfirmed: 2, robustAccuracy: 0.5 });
});
