import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitPowerLaw, interval95, shareInterval95, summarize } from "../../src/util/statistics.ts";

describe("summarize", () => {
  test("mean and sample standard deviation", () => {
    const { mean, sd, n } = summarize([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(mean).toBe(5);
    expect(sd).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(n).toBe(8);
    expect(summarize(Float32Array.of(1, 2)).mean).toBe(1.5);
  });

  test("too few values give NaN, and a NaN is not skipped", () => {
    expect(summarize([])).toEqual({ mean: NaN, sd: NaN, n: 0 });
    expect(summarize([3])).toEqual({ mean: 3, sd: NaN, n: 1 });
    expect(summarize([1, NaN, 2])).toEqual({ mean: NaN, sd: NaN, n: 3 });
  });
});

describe("interval95", () => {
  // scipy.stats.t.interval(0.95, 9, 5.5, sem) of 1 … 10
  test("the t-interval of the mean", () => {
    const { low, high } = interval95([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(low).toBeCloseTo(3.334149, 5);
    expect(high).toBeCloseTo(7.665851, 5);
  });

  // Quantiles t(0.975, n − 1) from SciPy.
  test.each([
    [2, 12.706204736],
    [3, 4.30265273],
    [4, 3.182446305],
    [11, 2.228138852],
    [31, 2.042272456],
    [101, 1.983971519],
  ])("uses Student's quantile for %i values", (n, t) => {
    const values = Array.from({ length: n }, (_, i) => i);
    const { mean, sd } = summarize(values);
    const { low, high } = interval95(values);
    expect(((high - mean) / sd) * Math.sqrt(n)).toBeCloseTo(t, 5);
    expect(mean - low).toBeCloseTo(high - mean, 9);
  });

  test("fewer than two values have none", () => {
    expect(interval95([])).toEqual({ low: NaN, high: NaN });
    expect(interval95([1])).toEqual({ low: NaN, high: NaN });
  });
});

describe("shareInterval95", () => {
  // scipy.stats.binomtest(k, n).proportion_ci(0.95, method="exact")
  test.each([
    [0, 10, 0, 0.30849710781876083],
    [10, 10, 0.6915028921812392, 1],
    [3, 10, 0.06673951117773447, 0.6524528500599972],
    [100, 2000, 0.04086426771825676, 0.060481722083110326],
  ])("%i of %i", (k, n, low, high) => {
    const found = shareInterval95(k, n);
    expect(found.low).toBeCloseTo(low, 6);
    expect(found.high).toBeCloseTo(high, 6);
  });

  test("its ends are where the binomial tails are 2.5 %", () => {
    const logFactorial = (n: number) => Array.from({ length: n }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0);
    const mass = (n: number, k: number, p: number) =>
      Math.exp(logFactorial(n) - logFactorial(k) - logFactorial(n - k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
    const sum = (n: number, from: number, to: number, p: number) => {
      let total = 0;
      for (let k = from; k <= to; k++) total += mass(n, k, p);
      return total;
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 150 }).chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 1, max: n - 1 }))),
        ([n, k]) => {
          const { low, high } = shareInterval95(k, n);
          expect(sum(n, k, n, low)).toBeCloseTo(0.025, 6);
          expect(sum(n, 0, k, high)).toBeCloseTo(0.025, 6);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("no tries say nothing", () => {
    expect(shareInterval95(0, 0)).toEqual({ low: NaN, high: NaN });
  });
});

describe("fitPowerLaw", () => {
  test("finds an exact law", () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: 0.01, max: 100, noNaN: true }), (p, c) => {
        const xs = [25, 49, 100, 196, 400, 784];
        const fit = fitPowerLaw(
          xs,
          xs.map((x) => c * x ** p),
        );
        expect(fit.exponent).toBeCloseTo(p, 8);
        expect(fit.constant / c).toBeCloseTo(1, 8);
        expect(fit.n).toBe(6);
        expect(fit.interval.high - fit.interval.low).toBeLessThan(1e-6);
      }),
    );
  });

  // scipy.stats.linregress on the logarithms, with t.ppf(0.975, 4) = 2.776445105
  test("agrees with SciPy on data with noise", () => {
    const fit = fitPowerLaw([25, 49, 100, 196, 400, 784], [0.62, 0.47, 0.33, 0.21, 0.17, 0.11]);
    expect(fit.exponent).toBeCloseTo(-0.50185155635, 8);
    expect(fit.constant).toBeCloseTo(3.210320752955, 8);
    expect(fit.interval.low).toBeCloseTo(-0.560242324872, 6);
    expect(fit.interval.high).toBeCloseTo(-0.443460787828, 6);
  });

  test("two points give a line without an interval, fewer or no logarithm give NaN", () => {
    const two = fitPowerLaw([1, 10], [2, 200]);
    expect(two.exponent).toBeCloseTo(2, 12);
    expect(two.interval).toEqual({ low: NaN, high: NaN });
    const nothing = { exponent: NaN, interval: { low: NaN, high: NaN }, constant: NaN };
    expect(fitPowerLaw([], [])).toEqual({ ...nothing, n: 0 });
    expect(fitPowerLaw([3], [4])).toEqual({ ...nothing, n: 1 });
    expect(fitPowerLaw([3, 3, 3], [4, 5, 6])).toEqual({ ...nothing, n: 3 });
    expect(fitPowerLaw([1, 2, 3], [4, 0, 6])).toEqual({ ...nothing, n: 3 });
    expect(fitPowerLaw([1, 2, 3], [4, NaN, 6])).toEqual({ ...nothing, n: 3 });
    expect(() => fitPowerLaw([1], [])).toThrow(/^internal: fitPowerLaw/);
  });
});
