import { beforeAll, describe, expect, test } from "vitest";
import { attack } from "../../src/attack/attack.ts";
import { type EnsembleProgress, ensemble, ensembleParts, ensembleSearches } from "../../src/attack/ensemble.ts";
import { oracleOf } from "../../src/attack/oracle/index.ts";
import { predictionsOf } from "../../src/attack/oracle/oracle.ts";
import type { Points } from "../../src/data/points.ts";
import { ints } from "../../src/graph/ir.ts";
import type { Classifier } from "../../src/model/classifier.ts";
import { classifierOf } from "../../src/model/index.ts";
import { smallest } from "../../src/attack/search/smallest.ts";
import { tensorOf } from "../../src/tensor/tensor.ts";
import { random } from "../../src/util/random.ts";
import { linear } from "./search/support.ts";
import { norm, row, softmax, trained } from "./support.ts";

const models: Record<"two classes" | "three classes" | "five classes", { target: Classifier; data: Points; eps: number }> = {} as never;
beforeAll(async () => {
  const { network, test: data } = await trained(11, { testN: 30 });
  models["two classes"] = { target: classifierOf(network), data, eps: 0.12 };
  models["three classes"] = { ...softmax({ classes: 3, seed: 3, n: 30 }), eps: 0.3 };
  models["five classes"] = { ...softmax({ classes: 5, seed: 5, n: 30 }), eps: 0.25 };
});

test("its parts have losses that exist for the number of classes, and are in the norm", () => {
  const names = (classes: number, kind: "l1" | "l2") => ensembleParts(classes, kind).map(({ attack: name }) => name);
  expect(names(2, "l2")).toEqual(["fgsm", "apgd-ce"]);
  expect(names(3, "l2")).toEqual(["fgsm", "apgd-ce", "apgd-dlr"]);
  expect(names(4, "l2")).toEqual(["fgsm", "apgd-ce", "apgd-dlr", "apgd-t"]);
  expect(names(9, "l1")).toEqual(["fgsm", "apgd-ce", "apgd-dlr", "apgd-t"]);
});

describe("is never weaker on a sample than a part alone, nor than apgd with restarts at equal passes", () => {
  test.each([
    ["two classes", "l2"],
    ["two classes", "l1"],
    ["three classes", "linf"],
    ["five classes", "l2"],
    ["five classes", "linf"],
    ["five classes", "l1"],
  ] as const)("%s, %s", async (which, kind) => {
    const { target, data, eps: own } = models[which];
    const eps = kind === "linf" ? own / 2 : kind === "l1" ? 1.5 * own : own;
    const d = data.x.length / data.y.length;
    const progress: EnsembleProgress[] = [];
    const found = await ensemble(target, data, { norm: kind, eps, seed: 4, rows: 32, onAttack: (done) => progress.push(done) });
    const { success, wasCorrect, forward, backward } = found.samples;
    for (const part of ensembleParts(target.classes, kind)) {
      const alone = await attack(target, data, { ...part, norm: kind, eps, seed: 4 } as Parameters<typeof attack>[2]);
      alone.samples.success.forEach((broken, i) => expect(success[i]).toBeGreaterThanOrEqual(broken));
    }
    for (const name of ensembleSearches(kind, true)) {
      const alone = await smallest(target, data, { attack: name, norm: kind, within: eps, seed: 4 } as Parameters<typeof smallest>[2]);
      alone.samples.distance.forEach((far, i) => expect(success[i]).toBeGreaterThanOrEqual(+(far <= eps)));
    }
    const passes = (found.summary.forward + found.summary.backward) / data.y.length;
    const restarts = Math.max(1, Math.round(passes / 202));
    const apgd = await attack(target, data, { attack: "apgd", norm: kind, eps, seed: 4, restarts });
    expect(found.summary.robustAccuracy).toBeLessThanOrEqual(apgd.summary.robustAccuracy);
    success.forEach((broken, i) => {
      const change = Array.from(row(found.points, i, d), (value, j) => value - data.x[i * d + j]!);
      const size = { l2: norm(change), linf: Math.max(...change.map(Math.abs)), l1: change.reduce((sum, value) => sum + Math.abs(value), 0) }[kind];
      expect(size).toBeLessThanOrEqual(eps * (1 + 1e-12));
      expect(found.brokenBy[i] !== undefined).toBe(broken === 1 && wasCorrect[i] === 1);
      // What fgsm breaks costs its two passes, two to verify, and one at the sample.
      if (found.brokenBy[i] === "fgsm") expect([forward[i], backward[i]]).toEqual([expect.any(Number), 1]);
      if (wasCorrect[i] === 0) expect([forward[i], backward[i]]).toEqual([1, 0]);
    });
    expect(found.brokenBy).toContain("fgsm");
    expect(progress.map(({ left }) => left)).toEqual(progress.map(({ left }) => left).toSorted((a, b) => b - a));
    expect(progress.at(-1)!.left / data.y.length).toBeCloseTo(found.summary.robustAccuracy, 9);
  });
});

test("a search of scores breaks what has no slope, and a model without gradients meets it alone", async () => {
  // The score falls in steps as the mean of 16 numbers rises, and is below 0 from 1/2 on.
  const model: Classifier = {
    ...linear(
      Array.from({ length: 16 }, () => 1 / 16),
      1,
    ),
    name: "a staircase",
    scores: (g, x) => g.sub(0.49, g.mul(g.op("Floor", [g.mul(g.reduceMean(x, [1]), 50)])[0], 1 / 50)),
  };
  const points = { x: new Float32Array(48).fill(0.3).fill(0.9, 32), y: [1, 1, 1] };
  const { samples, brokenBy, summary } = await ensemble(model, points, { norm: "linf", eps: [0.25, 0.1, 0.1] });
  expect(brokenBy).toEqual(["square", undefined, undefined]);
  expect(Array.from(samples.success)).toEqual([1, 0, 1]);
  expect(Array.from(samples.zeroGradient)).toEqual([1, 1, 0]);
  expect(samples.marginAfter[0]).toBeLessThan(0);
  expect(samples.linf[0]).toBeLessThanOrEqual(0.25);
  expect(summary.robustAccuracy).toBe(1 / 3);
  const logits = (x: Float32Array, n: number) =>
    Array.from({ length: n }, (_, i) => 0.5 - x.subarray(16 * i, 16 * i + 16).reduce((sum, value) => sum + value, 0) / 16);
  const blind = await ensemble({ name: "functions", inputShape: [16], classes: 2, logits }, points, { norm: "linf", eps: 0.25 });
  expect(blind.brokenBy).toEqual(["square", "square", undefined]);
  expect(blind.summary).toMatchObject({ zeroGradient: 0, backward: 0, robustAccuracy: 0 });
});

test("on a convolutional network with max pooling it is never weaker than apgd with restarts at equal passes, at any budget", async () => {
  const stream = random(3, "test", "conv");
  const [kernel, weights] = [stream.fillNormal(new Float32Array(6 * 9)), stream.fillNormal(new Float32Array(54 * 4))];
  const target: Classifier = {
    ...linear([], 1),
    name: "a convolutional network",
    inputShape: [1, 8, 8],
    classes: 4,
    output: "logits",
    scores(g, x) {
      const maps = g.relu(g.op("Conv", [g.reshape(x, [-1, 1, 8, 8]), g.constant(tensorOf("float32", [6, 1, 3, 3], kernel))])[0]);
      const pooled = g.op("MaxPool", [maps], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) })[0];
      return g.matMul(g.reshape(pooled, [-1, 54]), g.constant(tensorOf("float32", [54, 4], weights)));
    },
  };
  const n = 16;
  const x = Float32Array.from({ length: n * 64 }, () => stream.uniform());
  const oracle = oracleOf(target);
  const y = Array.from(predictionsOf(await oracle.logits(x), 4));
  await oracle.dispose();
  const shares: number[] = [];
  for (const eps of [0.08, 0.12]) {
    const common = { norm: "linf", eps, seed: 4, box: { low: 0, high: 1 } } as const;
    const { summary } = await ensemble(target, { x, y }, common);
    const restarts = Math.max(1, Math.round((summary.forward + summary.backward) / n / 202));
    const apgd = await attack(target, { x, y }, { ...common, attack: "apgd", restarts });
    expect(summary.robustAccuracy).toBeLessThanOrEqual(apgd.summary.robustAccuracy);
    shares.push(summary.robustAccuracy);
  }
  // Some stand and some do not, or there is nothing to compare.
  expect(
    shares.every((share) => share > 0 && share < 1),
    shares.join(),
  ).toBe(true);
});

test("a target is reached by searches as well, and a budget of 0 leaves a sample as it is", async () => {
  const { target, data, eps } = models["five classes"];
  const goals = Array.from(data.y, (label) => (label + 1) % 5);
  const budgets = goals.map((_, i) => (i % 2 === 0 ? 2 * eps : 0));
  const { samples, brokenBy, points } = await ensemble(target, data, { norm: "l2", eps: budgets, target: goals });
  expect(brokenBy.filter((name) => name !== undefined).length).toBeGreaterThan(2);
  brokenBy.forEach((name, i) => {
    if (name !== undefined) expect([samples.predictionAfter[i], i % 2]).toEqual([goals[i], 0]);
    if (i % 2 === 1) expect(row(points, i, 6)).toEqual(row(data.x, i, 6));
  });
});

test("goes on with what the model's own file does not confirm", async () => {
  const { target, data, eps } = models["five classes"];
  const { samples, brokenBy } = await ensemble(target, data, { norm: "l2", eps });
  const stubborn = brokenBy.findIndex((name, i) => name === "fgsm" && samples.wasCorrect[i] === 1);
  let asked = 0;
  const model: Classifier = {
    ...target,
    predictOriginal: () => Promise.resolve([{ class: asked++ === 0 ? data.y[stubborn]! : -1 }]),
  };
  const found = await ensemble(model, data, { norm: "l2", eps });
  expect(found.samples.success[stubborn]).toBe(1);
  expect(found.brokenBy[stubborn]).not.toBe("fgsm");
  expect(found.summary.unconfirmed).toBe(0);
});
