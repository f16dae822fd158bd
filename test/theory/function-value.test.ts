import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { predictor } from "../../src/model/two-layer/predict.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { extremeNetwork, functionExtremes, functionValue } from "../../src/theory/statements/function-value.ts";
import { settingOf } from "../../src/theory/check.ts";
import { random } from "../../src/util/random.ts";
import { anyInBall, evaluate, instanceOf, pointOnSphere, preActivations } from "./on-sphere.ts";

beforeAll(() => useNodeEngine());

/** A network, a point of any length and a radius. */
const cases = fc.record({
  d: fc.integer({ min: 1, max: 6 }),
  m: fc.integer({ min: 1, max: 24 }),
  radius: fc.double({ min: 0, max: 2, noNaN: true }),
  length: fc.constantFrom(1, 1, 0.3, 5),
  seed: fc.nat(1e6),
});
type Case = typeof cases extends fc.Arbitrary<infer C> ? C : never;

function caseOf({ d, m, radius, length, seed }: Case) {
  const initial = twoLayer({ d, m, seed });
  const draw = random(seed, "case");
  const x = pointOnSphere(d, draw).map((value) => value * length);
  return { initial, x, draw, extremes: functionExtremes(preActivations(initial, x), initial.outer, radius * Math.hypot(...x)) };
}

/** Projected gradient ascent (towards +1) or descent (−1) on W from anywhere in the ball: ∂f/∂w_s = a_s x 1{w_s·x > 0}/√m. */
function optimised({ d, m, radius, seed }: Case, towards: number, start: number): number {
  const { initial, x, draw } = caseOf({ d, m, radius, length: 1, seed });
  for (let i = 0; i < start; i++) draw.uniform();
  const { outer, weights: centre } = initial;
  const { weights } = anyInBall(initial, radius, draw);
  for (let step = 0; step < 25; step++) {
    const z = preActivations({ ...initial, weights }, x);
    for (let s = 0; s < m; s++) {
      if (!(z[s]! > 0)) continue;
      const moved = Float64Array.from({ length: d }, (_, i) => weights[s * d + i]! + 0.2 * radius * towards * outer[s]! * x[i]! - centre[s * d + i]!);
      const shrink = Math.min(1, radius / (Math.hypot(...moved) || 1)); // in a ball of radius 0 nothing moved
      moved.forEach((by, i) => (weights[s * d + i] = centre[s * d + i]! + shrink * by));
    }
  }
  return evaluate({ ...initial, weights }, x).f;
}

describe("the exact extremes of f over the lazy ball", () => {
  test("no network of the ball is beyond them, 1,000 random ones", () => {
    fc.assert(
      fc.property(cases, (at) => {
        const { initial, x, draw, extremes } = caseOf(at);
        for (let i = 0; i < 1000; i++) {
          const { f } = evaluate(anyInBall(initial, at.radius, draw), x);
          expect(f).toBeLessThanOrEqual(extremes.sup + 1e-5);
          expect(f).toBeGreaterThanOrEqual(extremes.inf - 1e-5);
        }
      }),
      { numRuns: 10 },
    );
  });

  const optimisedBy = (at: Case, towards: number) => Array.from({ length: 100 }, (_, start) => optimised(at, towards, start));

  test("nor is any that 100 ascents and 100 descents reach", () => {
    fc.assert(
      fc.property(cases, (any) => {
        const at = { ...any, length: 1 as const };
        const { extremes } = caseOf(at);
        expect(Math.max(...optimisedBy(at, 1))).toBeLessThanOrEqual(extremes.sup + 1e-5);
        expect(Math.min(...optimisedBy(at, -1))).toBeGreaterThanOrEqual(extremes.inf - 1e-5);
      }),
      { numRuns: 10 },
    );
  });

  test("the ascents are no strawmen: they come within a tenth", () => {
    const at: Case = { d: 4, m: 20, radius: 0.5, length: 1, seed: 3 };
    const { sup, inf } = caseOf(at).extremes;
    expect(Math.max(...optimisedBy(at, 1))).toBeGreaterThan(sup - 0.1 * (sup - inf));
    expect(Math.min(...optimisedBy(at, -1))).toBeLessThan(inf + 0.1 * (sup - inf));
  });

  test("they are attained to 1e-5, in the ONNX graph and in float64", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (at) => {
        const { initial, x, extremes } = caseOf(at);
        const graph = await predictor(initial);
        for (const which of ["sup", "inf"] as const) {
          const network = extremeNetwork(initial, x, at.radius, which);
          for (let s = 0; s < at.m; s++)
            expect(Math.hypot(...network.weights.slice(s * at.d, (s + 1) * at.d).map((w, i) => w - initial.weights[s * at.d + i]!))).toBeLessThanOrEqual(
              at.radius * (1 + 1e-5) + 1e-6,
            );
          expect(Math.abs(evaluate(network, x).f - extremes[which])).toBeLessThan(1e-5);
          expect(Math.abs((await graph.outputs(network, x, 1))[0]! - extremes[which])).toBeLessThan(1e-5 * Math.max(1, at.length));
        }
        await graph.dispose();
      }),
      { numRuns: 50 },
    );
  });

  test("at x = 0 all networks are 0", () => {
    const initial = twoLayer({ d: 3, m: 4 });
    expect(functionExtremes([0, 0, 0, 0], initial.outer, 0)).toEqual({ sup: 0, inf: 0 });
    expect(extremeNetwork(initial, [0, 0, 0], 1, "sup")).toEqual(initial);
  });

  test("of one neuron by hand", () => {
    expect(functionExtremes([0.5], [1], 2)).toEqual({ sup: 2.5, inf: 0 });
    expect(functionExtremes([0.5], [-1], 0.25)).toEqual({ sup: -0.25, inf: -0.75 });
    expect(functionExtremes([1, 1], [1, -1], 0)).toEqual({ sup: 0, inf: 0 });
  });
});

describe("the statement", () => {
  const at = { d: 784, m: 10_000, c0: 10, gamma: 0.05 };

  test("its bound is √(2 ln 40) + C₀, at any width", () => {
    expect(functionValue.bound(settingOf(at))).toBeCloseTo(12.716203, 6);
    expect(functionValue.bound(settingOf({ ...at, m: 1, d: 1, c0: 0 }))).toBeCloseTo(2.716203, 6);
    expect(functionValue.vacuous(settingOf(at))).toBe(false);
    expect(functionValue.widthFrom(settingOf(at))).toBe(1);
  });

  test("γ = 0 has no bound, γ = 1 claims nothing", () => {
    expect(functionValue.bound(settingOf({ ...at, gamma: 0 }))).toBe(Infinity);
    for (const gamma of [0, 1]) {
      expect(functionValue.vacuous(settingOf({ ...at, gamma }))).toBe(true);
      expect(functionValue.widthFrom(settingOf({ ...at, gamma }))).toBe(Infinity);
    }
  });

  test("measures the exact extreme, and the trained network within it", async () => {
    const instance = instanceOf({ d: 5, m: 40, c0: 1, gamma: 0.25 }, { n: 8 });
    const { exact, measured, detail } = await functionValue.measure(instance);
    const rows = Array.from({ length: 8 }, (_, i) => instance.x.subarray(i * 5, (i + 1) * 5));
    const largest = rows
      .map((x) => {
        const { sup, inf } = functionExtremes(preActivations(instance.initial, x), instance.initial.outer, 1 / Math.sqrt(40));
        return Math.max(sup, -inf);
      })
      .sort((a, b) => a - b);
    // A quarter of 8 points may be worse.
    expect(exact).toBeCloseTo(largest[5]!, 5);
    expect(detail["ball"]).toBeCloseTo(largest.reduce((sum, value) => sum + value) / 8, 5);
    expect(detail["trained"]).toBeCloseTo(rows.reduce((sum, x) => sum + Math.abs(evaluate(instance.trained, x).f), 0) / 8, 5);
    expect(measured).toBeLessThanOrEqual(exact!);
    expect(detail["firstSup"]).toBeGreaterThan(detail["firstInf"]!);
  });

  test("where nothing moves, the extreme is the network itself", async () => {
    const { exact, measured } = await functionValue.measure(instanceOf({ d: 3, m: 7, c0: 0, gamma: 0.1 }));
    expect(exact).toBe(measured);
    const { exact: one } = await functionValue.measure(instanceOf({ d: 1, m: 1, c0: 2, gamma: 0.1 }));
    expect(one).toBeGreaterThan(0);
  });
});
