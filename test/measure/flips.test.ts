import { beforeAll, describe, expect, test } from "vitest";
import { signOf, signsOf } from "../../src/data/points.ts";
import { sphere } from "../../src/data/sphere.ts";
import { flipStatus } from "../../src/measure/flip-row.ts";
import { measureFlips, summarizeFlips } from "../../src/measure/flips.ts";
import type { Classifier } from "../../src/model/classifier.ts";
import { classifierOf } from "../../src/model/index.ts";
import type { TwoLayerNetwork } from "../../src/model/two-layer/network.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { trainLazily } from "../../src/training/sgd.ts";

beforeAll(() => useNodeEngine());

const { train, test: data } = sphere({ d: 12, n: 800, testN: 150, seed: 4, labels: "linear" });

/** f and its gradient at a point, from the definition, in float64. */
function at(network: TwoLayerNetwork, x: readonly number[]): { f: number; gradient: number[] } {
  const scale = 1 / Math.sqrt(network.m);
  const gradient = x.map(() => 0);
  let f = network.outerBias * scale;
  for (let s = 0; s < network.m; s++) {
    const row = network.weights.subarray(s * network.d, (s + 1) * network.d);
    const z = x.reduce((sum, value, k) => sum + value * row[k]!, network.hiddenBias[s]!);
    if (z <= 0) continue;
    f += scale * network.outer[s]! * z;
    row.forEach((w, k) => (gradient[k]! += scale * network.outer[s]! * w));
  }
  return { f, gradient };
}

describe.each([true, false])("flips on the single-gradient ray, bias %s", (bias) => {
  test("each sample's distance is where a fine walk along its own gradient sees the sign change", async () => {
    const { network } = await trainLazily(twoLayer({ d: 12, m: 64, bias, seed: 2 }), train, { c0: 4, lr: 0.5, epochs: 20 });
    const { samples, ...summary } = await measureFlips(network, data);
    expect(summary.flipped + summary.neverFlipped + summary.misclassified).toBe(data.n);
    expect(summary.flipped).toBeGreaterThan(50);
    expect(summary.misclassified).toBeGreaterThan(0);
    const step = 0.001;
    for (let i = 0; i < data.n; i++) {
      const x = Array.from(data.x.subarray(i * 12, (i + 1) * 12));
      const { f, gradient } = at(network, x);
      const norm = Math.hypot(...gradient);
      expect(samples.output[i]).toBeCloseTo(f, 4);
      expect(samples.gradientNorm[i]).toBeCloseTo(norm, 4);
      if (f * signOf(data.y[i]!) <= 0) {
        expect(samples.status[i]).toBe(flipStatus.misclassified);
        expect(samples.perturbation[i]).toBe(0);
        continue;
      }
      const along = (t: number) =>
        at(
          network,
          x.map((value, k) => value - (Math.sign(f) * t * gradient[k]!) / norm),
        ).f;
      let walked = Infinity;
      for (let t = step; t <= 5 && walked === Infinity; t += step) if (along(t) * f <= 0) walked = t;
      const found = samples.perturbation[i]!;
      if (walked === Infinity) {
        expect(samples.status[i] === flipStatus.neverFlipped || found > 5 - step).toBe(true);
        continue;
      }
      expect(found).toBeGreaterThan(walked - step - 1e-5);
      expect(found).toBeLessThan(walked + 1e-5);
      expect(samples.step[i]! * norm).toBeCloseTo(found, 5);
      expect(samples.perturbationRelative[i]! * Math.hypot(...x)).toBeCloseTo(found, 5);
    }
  });
});

test("samples never flipped and misclassified are counted apart, and enter the means as asked", () => {
  const samples = {
    output: Float64Array.of(1, 1, -1),
    gradientNorm: Float64Array.of(2, 4, 6),
    step: Float64Array.of(1, NaN, 0),
    perturbation: Float64Array.of(2, NaN, 0),
    perturbationRelative: Float64Array.of(4, NaN, 0),
    status: Uint8Array.of(flipStatus.flipped, flipStatus.neverFlipped, flipStatus.misclassified),
  };
  const zero = summarizeFlips(samples, "zero");
  expect(zero).toMatchObject({
    flipped: 1,
    neverFlipped: 1,
    misclassified: 1,
    gradientNorm: { mean: 4, n: 3 },
    step: { mean: 0.5, n: 2 },
    perturbation: { mean: 1, n: 2 },
  });
  const exclude = summarizeFlips(samples, "exclude");
  expect(exclude).toMatchObject({ gradientNorm: { mean: 3, n: 2 }, step: { mean: 1, n: 1 }, perturbationRelative: { mean: 4, n: 1 } });
});

test.each([1, 2])("a sample's numbers are the same bits whatever samples are measured with it, in one run or in several (%s threads)", async (threads) => {
  const { test: many } = sphere({ d: 100, n: 1, testN: 900, seed: 5, labels: "linear" });
  const network = twoLayer({ d: 100, m: 300, bias: true, seed: 3 });
  const all = await measureFlips(network, many, { threads }); // two runs of 450
  const some = await measureFlips(network, { x: many.x.slice(400 * 100, 800 * 100), y: many.y.slice(400, 800) }, { threads });
  for (const name of ["output", "gradientNorm", "step", "perturbation", "perturbationRelative"] as const)
    expect(some.samples[name]).toEqual(all.samples[name].slice(400, 800));
  expect(all.flipped).toBeGreaterThan(300);
});

test("a sample that is all zero has no relative distance, and does not spoil its mean", async () => {
  const blank = { y: data.y, x: data.x.slice().fill(0, 0, 12) };
  const { samples, perturbation, perturbationRelative } = await measureFlips(twoLayer({ d: 12, m: 64, bias: true, seed: 2 }), blank);
  expect(samples.perturbationRelative[0]).toBeNaN();
  expect(samples.perturbation[0]).toBeGreaterThanOrEqual(0);
  expect(perturbationRelative.mean).toBeGreaterThan(0);
  expect(perturbationRelative.mean).toBeLessThan(Infinity);
  expect(perturbationRelative.n).toBe(perturbation.n - 1);
});

test("a network without a gradient is never flipped", async () => {
  const dead: TwoLayerNetwork = {
    ...twoLayer({ d: 12, m: 3, bias: true, seed: 0 }),
    weights: new Float32Array(36),
    hiddenBias: Float32Array.of(-1, -1, -1),
    outerBias: 1,
  };
  const summary = await measureFlips(dead, data);
  expect(summary.flipped).toBe(0);
  expect(summary.neverFlipped + summary.misclassified).toBe(data.n);
  expect(summary.gradientNorm.mean).toBe(0);
});

describe("any classifier that knows its crossings", () => {
  const network = twoLayer({ d: 12, m: 40, bias: true, seed: 6 });

  test("is measured as the network that it is", async () => {
    expect(await measureFlips(classifierOf(network), data)).toEqual(await measureFlips(network, data));
  });

  test("is asked for a crossing where the sample is right, and only there", async () => {
    const asked: number[] = [];
    // f(x) = x_0 − 1/2 on [0, 1]: the boundary is at a distance of |x_0 − 1/2|.
    const line: Classifier = {
      name: "a line",
      inputShape: [1, 1],
      classes: 2,
      output: "logit",
      parameterTypes: {},
      parameters: {},
      numbersPerSample: 1,
      scores: (g, x) => g.sub(g.reshape(x, [0, 1]), 0.5),
      async visitRays(x, visit) {
        x.forEach((value, i) => {
          const f = value - 0.5;
          visit(i, {
            f,
            steepness: 1,
            firstCrossing() {
              asked.push(i);
              return Math.abs(f);
            },
          });
        });
      },
    };
    const { samples, flipped, misclassified } = await measureFlips(line, { x: Float32Array.of(0.25, 1, 0, 0.75), y: [0, 1, 1, 0] });
    expect(asked).toEqual([0, 1]);
    expect([flipped, misclassified]).toEqual([2, 2]);
    expect(samples.perturbation).toEqual(Float64Array.of(0.25, 0.5, 0, 0));
  });
});

describe("a classifier that does not know its crossings", () => {
  test.each([
    { width: 3, seed: 4, c0: 30 },
    { width: 20, seed: 5, c0: 4 },
    { width: 100, seed: 6, c0: 10 },
  ])("is bracketed, and agrees with the exact first crossing: width $width", async ({ width, seed, c0 }) => {
    const { network } = await trainLazily(twoLayer({ d: 12, m: width, bias: true, seed }), train, { c0, lr: 0.5, epochs: 3 });
    const exact = await measureFlips(network, data);
    const { visitRays: _, ...plain } = classifierOf(network);
    const { samples, flipped, neverFlipped, misclassified } = await measureFlips(plain, data);
    expect([flipped, neverFlipped, misclassified]).toEqual([exact.flipped, exact.neverFlipped, exact.misclassified]);
    expect(flipped).toBeGreaterThan(70);
    expect(exact.samples.resolution).toBeUndefined();
    samples.perturbation.forEach((found, i) => {
      expect(samples.status[i]).toBe(exact.samples.status[i]);
      expect(samples.output[i]).toBeCloseTo(exact.samples.output[i]!, 5);
      expect(samples.gradientNorm[i]).toBeCloseTo(exact.samples.gradientNorm[i]!, 5);
      if (samples.status[i] !== flipStatus.flipped) return void expect(samples.resolution![i]).toBeNaN();
      expect(samples.resolution![i]).toBeGreaterThan(0);
      const truth = exact.samples.perturbation[i]!;
      expect(Math.abs(found - truth)).toBeLessThan(1e-4 * truth + 2 ** -23); // float32 inputs of size 1 lie this far apart
      expect(samples.step[i]! * samples.gradientNorm[i]!).toBeCloseTo(found, 9);
    });
  });

  test("on a ray with three crossings it is the first that counts, and the grid's distance is told", async () => {
    // f is 1 at 0, falls to −1/2 at 1.5, rises to 1 at 3 and falls again: the ray from 0 crosses at 1, 2 and 4.
    const folded: Classifier = {
      name: "a fold",
      inputShape: [1],
      classes: 2,
      output: "logit",
      parameterTypes: {},
      parameters: {},
      numbersPerSample: 4,
      scores: (g, x) => g.sub(g.add(g.sub(1, x), g.mul(g.relu(g.sub(x, 1.5)), 2)), g.mul(g.relu(g.sub(x, 3)), 2)),
    };
    const { samples } = await measureFlips(folded, { x: Float32Array.of(0), y: [1] });
    expect(samples.perturbation[0]).toBeCloseTo(1, 6);
    expect(samples.resolution![0]).toBeCloseTo(2 / 64, 6);
  });

  test("with three classes the margin of a sample's own class is followed", async () => {
    // The logits are x_0, x_1 and 0: from (2, 1) the margin of class 0 over class 1 is gone after 1 / √2.
    const three: Classifier = {
      name: "three classes",
      inputShape: [2],
      classes: 3,
      output: "logits",
      parameterTypes: {},
      parameters: {},
      numbersPerSample: 3,
      scores: (g, x) => g.concat([x, g.mul(g.slice(x, [0], [1], [1]), 0)], 1),
    };
    const { samples } = await measureFlips(three, { x: Float32Array.of(2, 1, 2, 1), y: [0, 2] });
    expect(samples.perturbation[0]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(samples.output[0]).toBe(1);
    expect(Array.from(samples.status)).toEqual([flipStatus.flipped, flipStatus.misclassified]);
  });
});

test("data of another size, and labels that are no classes, are refused", async () => {
  await expect(measureFlips(twoLayer({ d: 5, m: 3 }), data)).rejects.toMatchObject({
    code: "SF_NETWORK",
    message: "flips: the two-layer network (m 3, d 5) has 5 inputs; got 150 samples of 12",
  });
  const signs = { x: data.x, y: signsOf(data.y) };
  await expect(measureFlips(twoLayer({ d: 12, m: 3 }), signs)).rejects.toMatchObject({
    code: "SF_OPTION",
    message: expect.stringMatching(/^flips: labels must be class indices from 0 to 1; sample \d+ has -1; write class 0 for −1/) as string,
  });
});
