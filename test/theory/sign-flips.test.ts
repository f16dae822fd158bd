import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { settingOf } from "../../src/theory/check.ts";
import { countSwitchable, signFlips, switchable, switchableSharp } from "../../src/theory/statements/sign-flips.ts";
import { random } from "../../src/util/random.ts";
import { anyInBall, instanceOf, pointOnSphere, preActivations } from "./on-sphere.ts";

const at = { d: 784, m: 10_000, c0: 10, gamma: 0.05 };

test("no network of the ball switches a neuron outside S, and one switches all of S", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 0.05, max: 2, noNaN: true }),
      fc.nat(1e6),
      (d, m, radius, seed) => {
        const initial = twoLayer({ d, m, seed });
        const draw = random(seed, "point");
        const x = pointOnSphere(d, draw);
        const z0 = preActivations(initial, x);
        const inS = Array.from(z0, (z) => Math.abs(z) <= radius + 1e-6);
        for (let i = 0; i < 100; i++) {
          const z = preActivations(anyInBall(initial, radius, draw), x);
          for (let s = 0; s < m; s++) if (z[s]! > 0 !== z0[s]! > 0) expect(inS[s]).toBe(true);
        }
        const weights = initial.weights.slice();
        for (let s = 0; s < m; s++) for (let i = 0; i < d; i++) weights[s * d + i]! -= Math.sign(z0[s]!) * radius * x[i]!;
        const switched = preActivations({ ...initial, weights }, x).filter((z, s) => z > 0 !== z0[s]! > 0).length;
        expect(switched).toBe(countSwitchable(z0, radius));
      },
    ),
    { numRuns: 50 },
  );
});

describe("the bound", () => {
  test("is √(2/π) C₀ √m + √(m ln(1/γ)/2)", () => {
    expect(signFlips.bound(settingOf(at))).toBeCloseTo(797.8846 + 122.3873, 3);
    expect(signFlips.bound(settingOf({ ...at, c0: 0 }))).toBeCloseTo(122.3873, 3);
    expect(switchable({ m: 100, c0: 0 }, 2)).toBe(10);
  });

  test("is vacuous up to the width it names, and at γ = 0 and 1", () => {
    const from = signFlips.widthFrom(settingOf(at));
    // √m > √(2/π) C₀ + √(ln(1/γ)/2)
    expect(from).toBe(Math.floor((Math.sqrt(2 / Math.PI) * 10 + Math.sqrt(Math.log(20) / 2)) ** 2) + 1);
    expect(signFlips.vacuous(settingOf({ ...at, m: from }))).toBe(false);
    expect(signFlips.vacuous(settingOf({ ...at, m: from - 1 }))).toBe(true);
    expect(signFlips.bound(settingOf({ ...at, gamma: 0 }))).toBe(Infinity);
    for (const gamma of [0, 1]) {
      expect(signFlips.vacuous(settingOf({ ...at, gamma }))).toBe(true);
      expect(signFlips.widthFrom(settingOf({ ...at, gamma }))).toBe(Infinity);
    }
    expect(signFlips.vacuous(settingOf({ d: 1, m: 1, c0: 0, gamma: 0.5 }))).toBe(false);
  });

  test("by Bernstein is the smaller one at large widths", () => {
    expect(switchableSharp({ m: 1e8, c0: 10 }, 3) - 79_788.456).toBeCloseTo(1 + Math.sqrt(6 * 79_788.456), 2);
    expect(switchableSharp({ m: 1e4, c0: 10 }, 3)).toBeLessThan(switchable({ m: 1e4, c0: 10 }, 3));
  });
});

test("measures S and the signs that the trained network has changed", async () => {
  const instance = instanceOf({ d: 4, m: 60, c0: 2, gamma: 0.3 }, { n: 10 });
  const { exact, measured, detail } = await signFlips.measure(instance);
  const points = Array.from({ length: 10 }, (_, i) => instance.x.subarray(i * 4, (i + 1) * 4));
  const before = points.map((x) => preActivations(instance.initial, x));
  const counts = before.map((z) => z.filter((zs) => Math.abs(zs) <= 2 / Math.sqrt(60)).length);
  const flips = points.map((x, i) => preActivations(instance.trained, x).filter((z, s) => z > 0 !== before[i]![s]! > 0).length);
  expect(exact).toBe(counts.toSorted((a, b) => b - a)[3]);
  expect(measured).toBe(flips.toSorted((a, b) => b - a)[3]);
  expect(detail["ball"]).toBeCloseTo(counts.reduce((a, b) => a + b) / 10, 9);
  expect(detail["trainedShare"]).toBeCloseTo(flips.reduce((a, b) => a + b) / 600, 9);
});

test("where nothing moves, nothing switches", async () => {
  const { exact, measured } = await signFlips.measure(instanceOf({ d: 3, m: 5, c0: 0, gamma: 0.1 }));
  expect([exact, measured]).toEqual([0, 0]);
  expect(countSwitchable([0, 0.5], 0)).toBe(0);
});
