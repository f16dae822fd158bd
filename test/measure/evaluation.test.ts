import fc from "fast-check";
import { expect, it } from "vitest";
import { isRobust, robustAccuracyAt, robustAccuracyCurve, thinned } from "../../src/measure/evaluation.ts";

const distances = fc.array(fc.record({ distance: fc.oneof(fc.constant(0), fc.constant(null), fc.float({ min: Math.fround(1e-6), max: 10, noNaN: true })) }), {
  minLength: 1,
  maxLength: 60,
});

it("the curve has a step at every distance found, falls, and says at each ε what counting says", () => {
  fc.assert(
    fc.property(distances, fc.float({ min: 0, max: 12, noNaN: true }), (samples, eps) => {
      const curve = robustAccuracyCurve(samples);
      const step = curve.findLast((one) => one.eps <= eps)!;
      const robust = samples.filter(({ distance }) => distance === null || (distance > 0 && distance > eps)).length;
      expect(step.accuracy).toBe(robust / samples.length);
      expect(robustAccuracyAt(samples, eps).accuracy).toBe(robust / samples.length);
      for (const [i, { accuracy, low, high }] of curve.entries()) {
        expect(low).toBeLessThanOrEqual(accuracy);
        expect(high).toBeGreaterThanOrEqual(accuracy);
        if (i > 0) expect(accuracy).toBeLessThan(curve[i - 1]!.accuracy);
      }
      expect(curve.at(-1)!.accuracy).toBe(samples.filter(({ distance }) => distance === null).length / samples.length);
    }),
  );
});

it("a misclassified sample is robust nowhere, one at the budget is not robust, one never changed always is", () => {
  expect([isRobust(0, 0), isRobust(0.5, 0.5), isRobust(0.5, 0.49), isRobust(null, 1e9)]).toEqual([false, false, true, true]);
});

it("a thinned curve keeps its ends and its order", () => {
  const all = Array.from({ length: 1000 }, (_, i) => i);
  const few = thinned(all, 50);
  expect([few.length, few[0], few.at(-1)]).toEqual([50, 0, 999]);
  expect(few).toEqual(few.toSorted((a, b) => a - b));
  expect(thinned([1, 2], 50)).toEqual([1, 2]);
});
