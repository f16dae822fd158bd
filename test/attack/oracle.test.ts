import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oracleOf } from "../../src/attack/oracle/index.ts";
import type { FunctionPair } from "../../src/attack/oracle/functions.ts";
import { marginsOf, predictionsOf } from "../../src/attack/oracle/oracle.ts";
import type { Classifier } from "../../src/model/classifier.ts";
import { tensorOf } from "../../src/tensor/tensor.ts";
import { random } from "../../src/util/random.ts";
import { row, softmax, trained } from "./support.ts";

const { target, data, logits } = softmax();
const [n, d, K] = [data.y.length, 6, 5];

/** The same network as functions, in float64; its gradient by central differences of the logits. */
const functions: FunctionPair = {
  name: "functions",
  inputShape: [d],
  classes: K,
  logits: (x, count) => Array.from({ length: count }, (_, i) => logits(row(x, i, d))).flat(),
  gradient(x, dz, count) {
    return Array.from({ length: count }, (_, i) => {
      const at = Array.from(row(x, i, d), Number);
      return at.map((value, j) => {
        const slope = [1, -1].map((side) => logits(at.with(j, value + side * 1e-6)).reduce((sum, z, k) => sum + z * dz[i * K + k]!, 0));
        return (slope[0]! - slope[1]!) / 2e-6;
      });
    }).flat();
  },
};

/** f = 3 x_0 − 2 x_1, as one logit or as two. */
const linear = (output: "logit" | "logits"): Classifier => ({
  name: "a linear model",
  inputShape: [2],
  classes: 2,
  output,
  parameterTypes: {},
  parameters: {},
  numbersPerSample: 2,
  scores: (g, x) => g.matMul(x, g.constant(output === "logit" ? tensorOf("float32", [2, 1], [3, -2]) : tensorOf("float32", [2, 2], [1, 4, 5, 3]))),
});

describe("a model and the same model as functions", () => {
  test("give the same logits, margins and gradients, at any class", async () => {
    const [a, b] = [oracleOf(target), oracleOf(functions)];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(K - 1), { minLength: n, maxLength: n }), fc.nat(1000), async (labels, seed) => {
        const [one, other] = [await a.margin(data.x, labels), await b.margin(data.x, labels)];
        one.logits.forEach((z, i) => expect(z).toBeCloseTo(other.logits[i]!, 4));
        one.gradient.forEach((slope, i) => expect(slope).toBeCloseTo(other.gradient[i]!, 3));
        labels.forEach((label, i) => {
          const own = logits(row(data.x, i, d));
          expect(one.margin[i]).toBeCloseTo(own[label]! - Math.max(...own.filter((_, k) => k !== label)), 4);
        });
        const dz = random(seed, "test", "dz").fillNormal(new Float32Array(n * K));
        const [pulled, expected] = [await a.pullback(data.x, dz), await b.pullback(data.x, dz)];
        pulled.gradient.forEach((slope, i) => expect(slope).toBeCloseTo(expected.gradient[i]!, 3));
        expect(pulled.logits).toEqual(await a.logits(data.x));
      }),
      { numRuns: 10 },
    );
    await a.dispose();
  });

  test("count the points that go through them", async () => {
    for (const oracle of [oracleOf(target, { rows: 7 }), oracleOf(functions)]) {
      await oracle.logits(data.x);
      expect([oracle.forward, oracle.backward]).toEqual([n, 0]);
      await oracle.margin(row(data.x, 0, 3 * d), [0, 1, 2]);
      await oracle.pullback(row(data.x, 1, d), new Float32Array(K));
      expect([oracle.forward, oracle.backward]).toEqual([n + 4, 4]);
      expect(await oracle.logits(new Float32Array(0))).toHaveLength(0);
      await oracle.dispose();
    }
  });
});

test("the numbers of a point are the same bits whatever points are asked with it, alone or in batches of any size", async () => {
  const { network, test: points } = await trained(3, { testN: 61 });
  for (const model of [network, target]) {
    const whole = oracleOf(model);
    const size = whole.inputShape[0]!;
    const x = model === target ? data.x : points.x;
    const labels = Array.from({ length: x.length / size }, (_, i) => i % whole.classes);
    const all = await whole.margin(x, labels);
    for (const rows of [1, 2, 3, 16]) {
      const split = oracleOf(model, { rows });
      expect(await split.margin(x, labels)).toEqual(all);
      expect(await split.logits(x)).toEqual(all.logits);
      await split.dispose();
    }
    await whole.dispose();
  }
});

test.each(["logit", "logits"] as const)("two classes have the logits [0, f], for a model with %s", async (output) => {
  const x = Float32Array.of(1, 1, 0, 2, 0.5, 0);
  const asFunctions: FunctionPair = {
    name: "functions",
    inputShape: [2],
    classes: 2,
    logits: (x, count) =>
      Array.from({ length: count }, (_, i) =>
        output === "logit" ? [3 * x[2 * i]! - 2 * x[2 * i + 1]!] : [7 + x[2 * i]!, 7 + 4 * x[2 * i]! - 2 * x[2 * i + 1]!],
      ).flat(),
    gradient: (_, dz, count) =>
      Array.from({ length: count }, (_, i) => (output === "logit" ? [3 * dz[i]!, -2 * dz[i]!] : [dz[2 * i]! + 4 * dz[2 * i + 1]!, -2 * dz[2 * i + 1]!])).flat(),
  };
  for (const oracle of [oracleOf(linear(output)), oracleOf(asFunctions)]) {
    const { logits, margin, gradient } = await oracle.margin(x, [1, 1, 0]);
    expect(logits).toEqual(Float32Array.of(0, 1, 0, -4, 0, 1.5));
    expect(margin).toEqual(Float64Array.of(1, -4, -1.5));
    expect(gradient).toEqual(Float32Array.of(3, -2, 3, -2, -3, 2));
    expect(predictionsOf(logits, 2)).toEqual(Int32Array.of(1, 0, 1));
    // The first logit is 0 whatever x is: what multiplies it does not count.
    const pulled = await oracle.pullback(x, Float32Array.of(9, 1, 9, 0, 9, -2));
    expect(pulled.gradient.map((value) => value + 0)).toEqual(Float32Array.of(3, -2, 0, 0, -6, 4));
    await oracle.dispose();
  }
});

test("margins are differences in float64, and the first of equal logits is the prediction", () => {
  const z = Float32Array.of(1e8, 1, 1e8, 0.1, 0.2, 0.2);
  expect(marginsOf(z, [0, 2], 3)).toEqual(Float64Array.of(0, 0));
  expect(marginsOf(z, [1, 0], 3)).toEqual(Float64Array.of(1 - 1e8, Math.fround(0.1) - Math.fround(0.2)));
  expect(predictionsOf(z, 3)).toEqual(Int32Array.of(0, 1));
});

describe("functions that are not what they should be", () => {
  const wrong = (change: Partial<FunctionPair>) => oracleOf({ ...functions, ...change });

  test.each([
    [{ name: "" }, "attack: a model of functions must have a name; got "],
    [{ inputShape: [2.5] }, "attack: functions must have whole numbers from 1 as its inputShape; got 2.5"],
    [{ classes: 1 }, "attack: functions must have 2 classes or more; got 1"],
    [{ domain: { low: 1, high: 0 } }, "attack: the domain of functions must have low < high, both finite; got [1, 0]"],
  ])("%o", (change, message) => {
    expect(() => wrong(change)).toThrow(expect.objectContaining({ code: "SF_OPTION", usage: true, message }));
  });

  test.each([
    ["logits", { logits: () => [1, 2, 3] }, "attack: functions must return 2 × 5 numbers from its function logits; got 3"],
    ["gradient", { gradient: () => [1] }, "attack: functions must return 2 × 6 numbers from its function gradient; got 1"],
    ["no gradient", { gradient: undefined }, "attack: functions has no function gradient; use an attack that needs none"],
  ])("%s", async (_, change, message) => {
    await expect(wrong(change as Partial<FunctionPair>).margin(row(data.x, 0, 2 * d), [0, 1])).rejects.toMatchObject({
      code: "SF_NETWORK",
      usage: true,
      message,
    });
  });
});
