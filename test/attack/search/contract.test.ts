import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oracleOf } from "../../../src/attack/oracle/index.ts";
import { smallest } from "../../../src/attack/search/smallest.ts";
import type { SearchConfig } from "../../../src/attack/search/config.ts";
import { classifierOf } from "../../../src/model/index.ts";
import { random } from "../../../src/util/random.ts";
import { softmax, trained } from "../support.ts";
import { everySearch, find, linear, sizeOf, withGradients } from "./support.ts";

const box = { low: -2, high: 2 };

/** A softmax network and points inside the box. */
function cases(seed: number, n = 12) {
  const { target, data, logits } = softmax({ n, seed });
  return { target, points: { x: data.x.map((value) => Math.max(-2, Math.min(2, value))), y: data.y }, logits };
}

describe.each(everySearch)("$attack $norm", ({ norm, access, config }) => {
  test("points are in the box, distances are theirs, predictions stand, and none with gradients is farther than the ray", async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), async (seed) => {
        const { target, points, logits } = cases(seed);
        const result = await find(target, points, config, { box });
        const ray = norm === "l2" || norm === "linf" ? await smallest(target, points, { attack: "ray", norm, box, refine: 0 }) : undefined;
        const { samples } = result;
        for (let i = 0; i < points.y.length; i++) {
          const own = result.points.subarray(i * 6, (i + 1) * 6);
          expect(own.every((value) => value >= -2 && value <= 2)).toBe(true);
          const z = logits(own);
          const top = z.indexOf(Math.max(...z));
          if (!samples.wasCorrect[i]) expect([samples.distance[i], samples.success[i], sizeOf(norm, result, points, i)]).toEqual([0, 1, 0]);
          else if (samples.success[i]) {
            found++;
            expect(samples.distance[i]).toBe(sizeOf(norm, result, points, i));
            expect(samples.adversarialPrediction[i]).not.toBe(points.y[i]);
            // In float64 the boundary is a rounding away from where it is in float32.
            expect(z[samples.adversarialPrediction[i]!]! - z[top]!).toBeGreaterThan(-1e-4);
            expect(samples.prediction[i]).toBe(points.y[i]);
          } else expect([samples.distance[i], sizeOf(norm, result, points, i)]).toEqual([Infinity, 0]);
          if (ray && access === "gradients") expect(samples.distance[i]!).toBeLessThanOrEqual(ray.samples.distance[i]! * (1 + 2e-6));
        }
      }),
      { numRuns: 1 },
    );
    expect(found).toBeGreaterThan(7);
  });

  test("a sample's result is the same bits alone, in another order, and in batches of any size", async () => {
    const { target, points } = cases(7, 6);
    const whole = await find(target, points, config, { box, seed: 3 });
    const split = await find(target, points, config, { box, seed: 3, rows: 3, memory: 2 ** 14 });
    expect(split).toEqual(whole);
    const alone = await find(target, { x: points.x.slice(24, 36), y: Array.from(points.y).slice(4, 6) }, config, { box, seed: 3 });
    expect(alone.points).toEqual(whole.points.slice(24, 36));
    for (const key of Object.keys(whole.samples) as (keyof typeof whole.samples)[]) expect(alone.samples[key]).toEqual(whole.samples[key].slice(4, 6));
  });

  test("with a target, that class is reached", async () => {
    const { target, points } = cases(11);
    const goals = Array.from(points.y, (label) => (label + 1) % 5);
    const { samples } = await find(target, points, config, { box, target: goals });
    let reached = 0;
    for (let i = 0; i < goals.length; i++) {
      if (samples.success[i]) expect(samples.adversarialPrediction[i]).toBe(goals[i]);
      if (samples.success[i]) reached++;
    }
    expect(reached).toBeGreaterThan(4);
  });
});

test("passes are counted for each sample, and the oracle counts the same", async () => {
  const { target, points } = cases(2, 5);
  for (const { config } of everySearch) {
    const oracle = oracleOf(target);
    const { samples, summary } = await smallest(oracle, points, { ...config, box } as SearchConfig);
    const sum = (values: Uint32Array) => values.reduce((total, value) => total + value, 0);
    expect([summary.forward, summary.backward]).toEqual([oracle.forward, oracle.backward]);
    expect([sum(samples.forward), sum(samples.backward)]).toEqual([oracle.forward, oracle.backward]);
    samples.wasCorrect.forEach((right, i) => expect(samples.forward[i]! > 1).toBe(right === 1));
    await oracle.dispose();
  }
});

describe("exact answers", () => {
  const w = [0.5, -0.5, 0.5, -0.5, 0, 0];

  test.each(withGradients.flatMap((search) => [1e-24, 1, 1e20].map((s) => ({ ...search, s }))))(
    "$attack $norm: f = s(w·x) flips at |w·x| over the dual norm, s = $s",
    async ({ norm, config, s }) => {
      // w·x = ±0.2 at the points.
      const x = Float32Array.of(0.1, -0.1, 0.1, -0.1, 0.3, 0.9, 0.2, 0.2, -0.2, 0.2, 0.1, -0.4);
      const dual = { l2: 1, linf: 2, l1: 0.5, l0: NaN }[norm];
      const { samples } = await find(linear(w, s), { x, y: [1, 0] }, config, { box: { low: -1, high: 1 } });
      expect(Array.from(samples.success)).toEqual([1, 1]);
      expect(Array.from(samples.zeroGradient)).toEqual([0, 0]);
      for (const found of samples.distance) {
        if (norm === "l0") expect(found).toBe(1);
        else {
          expect(found).toBeGreaterThan((0.2 / dual) * (1 - 1e-5));
          expect(found).toBeLessThan((0.2 / dual) * (1 + 1e-5));
        }
      }
    },
  );

  test("the ray agrees with the two-layer network's exact first crossing", async () => {
    const { network, test: points } = await trained(5);
    const exact = new Float64Array(points.y.length);
    await classifierOf(network).visitRays!(points.x, (i, { firstCrossing }) => {
      exact[i] = firstCrossing();
    });
    const { samples } = await smallest(network, points, { attack: "ray", refine: 0 });
    let compared = 0;
    samples.distance.forEach((found, i) => {
      if (!samples.wasCorrect[i]) return;
      compared++;
      expect(Math.abs(found - exact[i]!)).toBeLessThan(1e-4 * exact[i]!);
    });
    expect(compared).toBeGreaterThan(60);
  });

  test("in two dimensions no direction leads nearer than the searches, and each of them is near the best", async () => {
    const n = 12;
    const { target, data, logits } = softmax({ d: 2, hidden: 8, classes: 3, n, seed: 2 });
    const results = await Promise.all(
      withGradients.filter(({ norm }) => norm === "l2").map(async ({ attack, config }) => ({ attack, samples: (await find(target, data, config)).samples })),
    );
    const best = Array.from({ length: n }, (_, i) => Math.min(...results.map(({ samples }) => samples.distance[i]!)));
    const right = Array.from(results[0]!.samples.wasCorrect.keys()).filter((i) => results[0]!.samples.wasCorrect[i] && best[i]! < Infinity);
    expect(right.length).toBeGreaterThan(8);
    const wrongAt = (i: number, t: number, angle: number) => {
      const z = logits([data.x[2 * i]! + t * Math.cos(angle), data.x[2 * i + 1]! + t * Math.sin(angle)]);
      return z.indexOf(Math.max(...z)) !== data.y[i];
    };
    for (const i of right)
      for (let share = 0.02; share < 0.985; share += 0.02)
        for (let k = 0; k < 90; k++) if (wrongAt(i, share * best[i]!, (k * Math.PI) / 45)) expect.fail(`sample ${i}: wrong at ${share} of ${best[i]}`);
    for (const { attack, samples } of results) {
      const close = right.filter((i) => samples.distance[i]! <= 1.02 * best[i]!).length / right.length;
      expect(close, attack).toBeGreaterThan(attack === "ray" || attack === "deepfool" ? 0.7 : 0.85);
    }
  });
});

test.each(withGradients.filter(({ norm }) => norm !== "l0"))(
  "$attack $norm: a sample on the boundary itself, which the first class wins, has a neighbor of another class",
  async ({ config }) => {
    const { samples } = await find(linear([3, 4], 1), { x: Float32Array.of(4, -3), y: [0] }, config);
    expect([samples.wasCorrect[0], samples.success[0], samples.adversarialPrediction[0]]).toEqual([1, 1, 1]);
    expect(samples.distance[0]).toBeGreaterThan(0);
    expect(samples.distance[0]).toBeLessThan(1e-5);
  },
);

describe("models in which there is nothing to find", () => {
  test.each(everySearch)("$attack $norm: a constant model", async ({ access, config }) => {
    const points = { x: random(0, "test", "x").fillNormal(new Float32Array(18)), y: [1, 1, 0] };
    const { samples, points: after, summary } = await find(linear([0, 0, 0, 0, 0, 0], 1, -1), points, config);
    expect(after).toEqual(points.x);
    expect(Array.from(samples.distance)).toEqual([Infinity, Infinity, 0]);
    expect(Array.from(samples.success)).toEqual([0, 0, 1]);
    expect(Array.from(samples.zeroGradient)).toEqual(access === "gradients" ? [1, 1, 0] : [0, 0, 0]);
    expect(summary).toMatchObject({ n: 3, correct: 2, found: 0, medianDistance: Infinity });
  });

  test("a logit that is not finite is named", async () => {
    const points = { x: new Float32Array(6).fill(1), y: [1] };
    await expect(smallest(linear([1, 1, 1, 1, 1, NaN], 1), points, { attack: "fmn" })).rejects.toMatchObject({
      code: "SF_DIVERGED",
      message: "attack fmn: a logit of a linear model is NaN for sample 0",
    });
  });
});

test("points known before count: the result is no farther than they are", async () => {
  const { target, points } = cases(5);
  const near = await smallest(target, points, { attack: "fmn", box });
  const start = near.points;
  const { samples } = await smallest(target, points, { attack: "noise", box, start });
  samples.distance.forEach((far, i) => expect(far).toBeLessThanOrEqual(near.samples.distance[i]!));
});

test("a model's own file has the last word: the point moves on until it agrees", async () => {
  // The file's boundary lies a thousandth further out than that of the graph made of it.
  const model = { ...linear([1], 1, 0.5), predictOriginal: async (x: Float32Array) => [{ class: +(x[0]! > 0.4995) }] };
  const { samples, points } = await smallest(model, { x: Float32Array.of(1), y: [1] }, { attack: "ray" });
  expect([samples.success[0], samples.adversarialPrediction[0]]).toEqual([1, 0]);
  expect(points[0]).toBeLessThanOrEqual(0.4995);
  const never = { ...model, predictOriginal: async () => [{ class: 1 }] };
  const refused = await smallest(never, { x: Float32Array.of(1), y: [1] }, { attack: "ray" });
  expect([refused.samples.success[0], refused.samples.distance[0], refused.points[0]]).toEqual([0, Infinity, 1]);
});

test("progress is told, and a signal stops between batches", async () => {
  const { target, points } = cases(5);
  const told: number[] = [];
  await smallest(target, points, { attack: "fmn", progress: (done, n) => told.push(done / n) });
  expect(told.at(-1)).toBe(1);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  const controller = new AbortController();
  const stopped = smallest(target, points, { attack: "fmn", signal: controller.signal, progress: () => controller.abort() });
  await expect(stopped).rejects.toMatchObject({ code: "SF_STOPPED", message: "attack fmn was stopped" });
});

describe("bad options", () => {
  const { target, points } = cases(1);
  const wrong = (config: object) => smallest(target, points, config as SearchConfig);

  test.each([
    [{ attack: "fnm" }, /^smallest: attack must be one of ray, deepfool, .*; got fnm: did you mean fmn\?$/],
    [{ attack: "fmn", step: 3 }, "attack fmn: it has no option step (its options are steps, stepSize, gamma): did you mean steps?"],
    [{ attack: "fmn", steps: 0 }, "attack fmn: steps must be a whole number from 1 to 100,000; got 0"],
    [{ attack: "ddn", norm: "linf" }, "attack ddn: it is defined for the norm l2; got linf"],
    [{ attack: "fmn", norm: "l3" }, "attack fmn: norm must be one of l2, linf, l1, l0; got l3"],
    [{ attack: "fmn", refine: -1 }, "attack fmn: refine must be a whole number from 0; got -1"],
    [{ attack: "fmn", target: 9 }, /^attack fmn: target must be a class of .*, from 0 to 4; got 9 for sample 0$/],
    [{ attack: "fmn", target: [1] }, "attack fmn: a targeted attack needs a target, one class for all or one for each of the 12 samples; got 1"],
    [{ attack: "fmn", start: new Float32Array(3) }, "attack fmn: start must have 12 × 6 numbers; got 3"],
    [{ attack: "fmn", box: { low: 0, high: 0.1 } }, /^attack: expected inputs inside the box \[0, 0.1\]; sample 0 has /],
  ])("%o", async (config, message) => {
    const expected: unknown = typeof message === "string" ? message : expect.stringMatching(message);
    await expect(wrong(config)).rejects.toMatchObject({ code: "SF_OPTION", usage: true, message: expected });
  });

  test("functions without a gradient serve those that need none, and others say so", async () => {
    const { gradient: _, ...scores } = { name: "scores", inputShape: [1], classes: 2, logits: (x: Float32Array) => x.map((value) => value - 0.5), gradient: 0 };
    const far = await smallest(scores, { x: Float32Array.of(1), y: [1] }, { attack: "square", norm: "linf" });
    expect(far.samples.distance[0]).toBeCloseTo(0.5, 5);
    await expect(smallest(scores, { x: Float32Array.of(1), y: [1] }, { attack: "ray" })).rejects.toMatchObject({
      code: "SF_NETWORK",
      usage: true,
      message: "attack ray: it needs gradients, and scores has no function gradient",
    });
  });
});
