import fc from "fast-check";
import { expect, test } from "vitest";
import { signsOf } from "../../src/data/points.ts";
import { sphere, type SphereOptions } from "../../src/data/sphere.ts";
import { summarize } from "../../src/util/statistics.ts";
import { errorOf } from "./files.ts";

test("every point has norm 1 and a class, 0 or 1", () => {
  const shapes = fc.record({
    d: fc.integer({ min: 1, max: 40 }),
    n: fc.integer({ min: 1, max: 30 }),
    testN: fc.integer({ min: 1, max: 30 }),
    seed: fc.nat(),
    labels: fc.constantFrom("random" as const, "linear" as const),
  });
  fc.assert(
    fc.property(shapes, (options) => {
      const split = sphere(options);
      expect([split.train.n, split.test.n]).toEqual([options.n, options.testN]);
      for (const { n, d, x, y } of [split.train, split.test]) {
        expect([d, x.length, y.length]).toEqual([options.d, n * d, n]);
        expect(y.every((label) => label === 0 || label === 1)).toBe(true);
        for (let i = 0; i < n; i++) expect(Math.hypot(...x.subarray(i * d, (i + 1) * d))).toBeCloseTo(1, 6);
      }
    }),
  );
});

test("points are uniform: coordinates have mean 0 and variance 1/d", () => {
  const d = 20;
  const { train } = sphere({ d, n: 5000 });
  const { mean, sd } = summarize(train.x);
  expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(d * train.x.length));
  expect(sd ** 2).toBeCloseTo(1 / d, 3);
});

test("linear labels are a half-space's, random ones a coin's, on the same points", () => {
  const linear = sphere({ d: 3, n: 2000, labels: "linear", seed: 5 }).train;
  const coins = sphere({ d: 3, n: 2000, labels: "random", seed: 5 }).train;
  expect(coins.x).toEqual(linear.x);
  expect(coins.fingerprint).not.toBe(linear.fingerprint);
  for (const { y } of [linear, coins]) expect(Math.abs(summarize(signsOf(y)).mean)).toBeLessThan(0.15);
  // In a half-space the sum of y·x points along the teacher: all points agree with it up to sampling noise.
  const direction = (y: Float32Array) => [0, 1, 2].map((j) => y.reduce((total, label, i) => total + label * linear.x[3 * i + j]!, 0));
  const agreement = (y: Float32Array) => {
    const u = direction(y);
    return y.filter((label, i) => label * u.reduce((total, c, j) => total + c * linear.x[3 * i + j]!, 0) > 0).length / y.length;
  };
  expect(agreement(signsOf(linear.y))).toBeGreaterThan(0.97);
  expect(agreement(signsOf(coins.y))).toBeLessThan(0.6);
});

test("seeds repeat, differ, and more points extend fewer", () => {
  const few = sphere({ d: 4, n: 10, seed: 1 });
  expect(sphere({ d: 4, n: 10, seed: 1 })).toEqual(few);
  expect(sphere({ d: 4, n: 10, seed: 2 }).train.fingerprint).not.toBe(few.train.fingerprint);
  const more = sphere({ d: 4, n: 50, seed: 1 }).train;
  expect(more.x.subarray(0, 40)).toEqual(few.train.x);
  expect(more.y.subarray(0, 10)).toEqual(few.train.y);
  expect(few.train.x).not.toEqual(sphere({ d: 4, n: 10, testN: 10, seed: 1 }).test.x);
});

test.each<[Partial<SphereOptions>, string]>([
  [{ d: 0 }, "d must be a whole number from 1; got 0"],
  [{ d: 2.5 }, "d must be a whole number from 1; got 2.5"],
  [{ n: 0 }, "n must be a whole number from 1; got 0"],
  [{ testN: Number.NaN }, "testN must be a whole number from 1; got NaN"],
  [{ seed: -1 }, "seed must be a whole number from 0 to 9007199254740991; got -1"],
  [{ labels: "none" as "random" }, 'labels must be "random" or "linear"; got "none"'],
  [{ d: 1e6, n: 1e6 }, "the sphere may have at most 2147483648 values; got 1000000 points with d 1000000"],
])("refuses %j", (options, message) => {
  expect(errorOf(() => sphere({ d: 3, ...options }))).toMatchObject({ code: "SF_OPTION", usage: true, message });
});
