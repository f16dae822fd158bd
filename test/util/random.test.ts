import fc from "fast-check";
import { expect, test } from "vitest";
import { SignflipError } from "../../src/util/errors.ts";
import { random } from "../../src/util/random.ts";
import { summarize } from "../../src/util/statistics.ts";

const draw = (seed: number, ...purpose: string[]) => {
  const r = random(seed, ...purpose);
  return [r.uniform(), r.normal(), r.sign(), r.integer(1000)];
};

test("the numbers of a seed and a purpose never change", () => {
  const r = random(0, "init");
  expect([r.uniform(), r.uniform()]).toEqual([0.8352603479473971, 0.3911879053251608]);
  expect([r.normal(), r.normal()].map(Math.fround)).toEqual([-1.6615442037582397, 1.5783045291900635]);
  expect(Array.from(random(7, "order").permutation(10))).toEqual([0, 9, 8, 2, 1, 6, 4, 3, 7, 5]);
  expect(draw(Number.MAX_SAFE_INTEGER, "x")[0]).toBeLessThan(1);
});

test("streams repeat, and differ by seed, purpose and the split of purposes", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.array(fc.string(), { maxLength: 3 }), (seed, purpose) => {
      expect(draw(seed, ...purpose)).toEqual(draw(seed, ...purpose));
      expect(draw(seed, ...purpose)).not.toEqual(draw(seed, ...purpose, "more"));
      expect(draw(seed, ...purpose)).not.toEqual(draw(seed === 0 ? 1 : seed - 1, ...purpose));
    }),
  );
  expect(draw(0, "a", "b")).not.toEqual(draw(0, "ab"));
  expect(draw(1, "2")).not.toEqual(draw(12));
});

test("one stream does not shift another", () => {
  const alone = draw(3, "order");
  const order = random(3, "order");
  const init = random(3, "init");
  const first = order.uniform();
  init.fillNormal(new Float32Array(11));
  expect([first, order.normal(), order.sign(), order.integer(1000)]).toEqual(alone);
});

test("normals have the moments and the tail of a normal, and do not depend on how they are asked for", () => {
  const n = 200_000;
  const values = random(1, "moments").fillNormal(new Float32Array(n));
  const { mean, sd } = summarize(values);
  expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(sd - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
  expect(values.filter((v) => Math.abs(v) > 1.959964).length / n).toBeCloseTo(0.05, 2);
  const fourth = values.reduce((total, v) => total + v ** 4, 0) / n;
  expect(Math.abs(fourth - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  const single = random(1, "moments");
  expect(Array.from({ length: 5 }, () => Math.fround(single.normal()))).toEqual(Array.from(values.subarray(0, 5)));
});

test("χ² has its mean and variance, at any number of degrees of freedom", () => {
  const n = 20_000;
  for (const k of [1, 2, 3, 783]) {
    const r = random(k, "chi-square");
    const { mean, sd } = summarize(Array.from({ length: n }, () => r.chiSquare(k)));
    expect(Math.abs(mean - k)).toBeLessThan(5 * Math.sqrt((2 * k) / n));
    // The variance of a squared deviation is (8 + 48/k) k².
    expect(Math.abs(sd ** 2 - 2 * k)).toBeLessThan(5 * k * Math.sqrt((8 + 48 / k) / n));
  }
  expect(random(0, "chi-square").chiSquare(0)).toBe(0);
});

test("signs, whole numbers and permutations are uniform and in range", () => {
  const r = random(2, "uniform");
  const n = 60_000;
  const signs = Array.from({ length: n }, () => r.sign());
  expect(new Set(signs)).toEqual(new Set([-1, 1]));
  expect(Math.abs(summarize(signs).mean)).toBeLessThan(5 / Math.sqrt(n));

  const counts = [0, 0, 0, 0, 0, 0];
  const orders = ["0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"];
  for (let i = 0; i < n; i++) counts[orders.indexOf(r.shuffle([0, 1, 2]).join())]!++;
  for (const count of counts) expect(Math.abs(count - n / 6)).toBeLessThan(5 * Math.sqrt(n / 6));

  fc.assert(
    fc.property(fc.nat(200), fc.nat(), (size, seed) => {
      const permutation = random(seed, "p").permutation(size);
      expect(Array.from(permutation).sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
    }),
  );
  expect(r.integer(1)).toBe(0);
  expect(r.integer(Number.MAX_SAFE_INTEGER)).toBeLessThan(Number.MAX_SAFE_INTEGER);
  expect(() => r.integer(0)).toThrow(/^internal:/);
});

test.each([-1, 0.5, Number.NaN, Infinity, 2 ** 53, "1" as unknown as number])("refuses the seed %s", (seed) => {
  expect(() => random(seed, "init")).toThrow(SignflipError);
  expect(() => random(seed, "init")).toThrow(/^seed must be a whole number from 0 to 9007199254740991; got /);
});
