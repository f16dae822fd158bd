import { describe, expect, test } from "vitest";
import { bootstrapExponent, type Replicates } from "../../src/util/bootstrap.ts";
import { random } from "../../src/util/random.ts";
import { fitPowerLaw } from "../../src/util/statistics.ts";

/** Lines y = c_l x^p with noise of a run (log scale). */
function lines({ p = -0.5, xs = [25, 100, 784, 4096], constants = [1, 3], runs = 3, noise = 0.1, seed = 0 }): Replicates[][] {
  const { normal } = random(seed, "bootstrap test", String(runs));
  return constants.map((c) => xs.map((x) => ({ x, values: Array.from({ length: runs }, () => c * x ** p * Math.exp(noise * normal())) })));
}

describe("bootstrapExponent", () => {
  test("finds an exact law, whatever the constants of its lines", () => {
    const fit = bootstrapExponent(lines({ noise: 0, constants: [1, 20, 0.3] }));
    expect(fit).toMatchObject({ resampled: "runs", lines: 3, n: 12, runs: 36 });
    expect(fit.exponent).toBeCloseTo(-0.5, 12);
    expect(fit.interval.high - fit.interval.low).toBeLessThan(1e-12);
  });

  test("is the least-squares slope on one line", () => {
    const [line] = lines({ constants: [2], runs: 1 });
    const plain = fitPowerLaw(
      line!.map(({ x }) => x),
      line!.map(({ values }) => values[0]!),
    );
    const fit = bootstrapExponent([line!]);
    expect(fit.exponent).toBeCloseTo(plain.exponent, 12);
    expect(fit.constant / plain.constant).toBeCloseTo(1, 12);
    expect(fit.resampled).toBe("residuals");
  });

  test.each([
    ["3 runs a place", { runs: 3 }],
    ["2 runs a place, on one line", { runs: 2, constants: [1] }],
    ["a single run a place", { runs: 1 }],
    ["a single run a place, on one line of five", { runs: 1, constants: [1], xs: [25, 49, 100, 196, 784] }],
  ])("covers the truth about 95 times in 100: %s", (_, options) => {
    const tries = 400;
    let covered = 0;
    for (let seed = 0; seed < tries; seed++) {
      const { interval } = bootstrapExponent(lines({ ...options, seed }), { resamples: 400, seed });
      if (interval.low <= -0.5 && -0.5 <= interval.high) covered++;
    }
    // Four standard errors of a share of 0.95 are 0.044.
    expect(covered / tries).toBeGreaterThan(0.905);
    expect(covered / tries).toBeLessThan(0.995);
  });

  test("gives the same interval for the same seed, and another for another", () => {
    const data = lines({});
    expect(bootstrapExponent(data, { seed: 1 })).toEqual(bootstrapExponent(data, { seed: 1 }));
    expect(bootstrapExponent(data, { seed: 1 }).interval).not.toEqual(bootstrapExponent(data, { seed: 2 }).interval);
  });

  test("has no interval without a degree of freedom, and no exponent without two x on a line", () => {
    const two = bootstrapExponent([[25, 100].map((x) => ({ x, values: [x ** 2] }))]);
    expect(two).toMatchObject({ interval: { low: NaN, high: NaN }, resampled: "none", runs: 2 });
    expect(two.exponent).toBeCloseTo(2, 12);
    for (const none of [[], [[]], [[{ x: 25, values: [1, 2] }]], [[{ x: 25, values: [1] }], [{ x: 49, values: [1] }]]]) {
      expect(bootstrapExponent(none)).toMatchObject({ exponent: NaN, resampled: "none", n: 0 });
    }
    for (const bad of [0, -1, NaN, Infinity]) expect(bootstrapExponent([[25, 100, 400].map((x) => ({ x, values: [1, bad] }))]).exponent).toBeNaN();
  });
});
