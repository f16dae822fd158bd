import { beforeAll, describe, expect, test } from "vitest";
import { sphere } from "../../src/data/sphere.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { checkStatements, settingOf, simulate } from "../../src/theory/check.ts";
import { firstFlip, multiples, robustError } from "../../src/theory/statements/robust-error.ts";
import { shareInterval95, summarize } from "../../src/util/statistics.ts";
import { at, moved, onBall } from "./networks.ts";
import { robustErrorDraws } from "./whole-networks.ts";

beforeAll(() => useNodeEngine());

/** With these exponents the window is open at the sizes of a test: d ≤ m ≤ exp(√d). */
const open = { lowerExponent: 1, upperExponent: 0.5 };

describe("Corollary 3.2", () => {
  test.each([
    { d: 64, m: 500, c0: 10, constants: {} },
    { d: 784, m: 1000, c0: 10, constants: {} },
    { d: 256, m: 300, c0: 0, constants: { robustReach: 2 } },
    { d: 100, m: 500, c0: 1, constants: { robustReach: 3 } },
  ])("a point is robust in no larger share of 2,000 draws than allowed at d $d, m $m, C_0 $c0", ({ constants, ...numbers }) => {
    const setting = settingOf({ ...numbers, gamma: 0.05, constants: { ...open, ...constants } });
    const { low } = simulate(setting, ["robust-error"], { draws: 2000, seed: 4 }).get("robust-error")!;
    expect(low).toBeLessThanOrEqual(0.1);
    expect(robustError.vacuous(setting)).toBe(false);
  });

  test.each([
    { d: 64, m: 500, c0: 10, constants: {} },
    { d: 784, m: 1000, c0: 10, constants: {} },
    { d: 256, m: 300, c0: 0, constants: { robustReach: 3 } },
    { d: 100, m: 500, c0: 1, constants: { robustReach: 4 } },
  ])("and a little farther in 1 of 100, which is the corollary for any distribution at d $d, m $m, C_0 $c0", ({ constants, ...numbers }) => {
    const setting = settingOf({ ...numbers, gamma: 0.05, constants });
    expect(simulate(setting, ["robust-error"], { draws: 2000, seed: 4 }).get("robust-error")!.low).toBeLessThanOrEqual(0.01);
  });

  test("in 2,000 whole networks of d 32, m 100, on 20 points, an error below 0.9 is no more frequent than 1 in 10", () => {
    const errors = robustErrorDraws({ d: 32, m: 100, n: 20, reach: 2.5 / Math.sqrt(32), draws: 2000 });
    const failures = errors.filter((error) => error < 0.9).length;
    expect(shareInterval95(failures, 2000).low).toBeLessThanOrEqual(0.1);
    expect(failures).toBeGreaterThan(0);
  });

  test("whole networks and draws of one point have the same mean error", () => {
    const [d, m, robustReach] = [32, 100, 1];
    const errors = summarize(robustErrorDraws({ d, m, n: 1, reach: robustReach / Math.sqrt(d), draws: 3000, seed: 1 }));
    const setting = settingOf({ d, m, c0: 0, gamma: 0.05, constants: { robustReach } });
    const { share } = simulate(setting, ["robust-error"], { draws: 3000, seed: 2 }).get("robust-error")!;
    expect(errors.mean).toBeGreaterThan(0.3);
    expect(errors.mean).toBeLessThan(0.9);
    expect(Math.abs(errors.mean - (1 - share))).toBeLessThan(4 * Math.sqrt(0.5 / 3000));
  });

  test("at reach 1 the corollary is seen to fail: the constant in O(1/√d) is larger", () => {
    const setting = settingOf({ d: 256, m: 300, c0: 0, gamma: 0.05, constants: { ...open, robustReach: 1 } });
    expect(simulate(setting, ["robust-error"], { draws: 1000, seed: 4 }).get("robust-error")!.low).toBeGreaterThan(0.1);
  });

  test("on networks the error is that of steps along each gradient, taken one by one", async () => {
    const [d, m, c0, n, robustReach] = [20, 120, 3, 60, 1.5];
    const initial = twoLayer({ d, m, seed: 2 });
    const trained = onBall(initial, c0 / Math.sqrt(m), 5);
    const { x } = sphere({ d, n: 1, testN: n, seed: 3 }).test;
    const share = (network: typeof initial) => {
      let errs = 0;
      for (let i = 0; i < n; i++) {
        const point = x.subarray(i * d, (i + 1) * d);
        const { f, gradient } = at(network, point);
        const reach = (-Math.sign(f) * robustReach) / Math.sqrt(d) / Math.hypot(...gradient);
        if (multiples.some((times) => times <= 1 && f * at(network, moved(point, gradient, times * reach)).f <= 0)) errs++;
      }
      return errs / n;
    };
    const [result] = await checkStatements({ initial, trained }, x, { c0, gamma: 0.05, constants: { robustReach }, draws: 20, only: ["robust-error"] });
    expect(result!.detail["initial"]).toBeCloseTo(share(initial), 10);
    expect(result!.detail["trained"]).toBeCloseTo(share(trained), 10);
    expect(result!.measured).toBe(Math.min(result!.detail["initial"]!, result!.detail["trained"]!));
    const needed = result!.detail["reachInitial"]!;
    const [enough] = await checkStatements({ initial, trained }, x, { c0, gamma: 0.05, constants: { robustReach: needed }, draws: 20, only: ["robust-error"] });
    expect(enough!.detail["initial"]).toBeGreaterThanOrEqual(0.9);
  });

  test("a point at which f is 0 is an error without a step, and one that no step flips is none", () => {
    const ray = { f: 0, steepness: 0, z: [-1], p: [0], at: 0, a: [1] };
    expect(firstFlip(ray, 1)).toBe(0);
    expect(firstFlip({ ...ray, f: 1, steepness: 1, z: [1], p: [1] }, 1)).toBe(Infinity);
    expect(firstFlip({ ...ray, f: 1, steepness: 1, z: [1], p: [-1] }, 2)).toBe(multiples.find((times) => times >= 0.5));
  });

  test.each([
    { d: 1, m: 1, c0: 0 },
    { d: 1, m: 2, c0: 1 },
    { d: 3, m: 1, c0: 0.5 },
  ])("a network of d $d, m $m, C_0 $c0 is measured at γ 0, 0.05 and 1", async ({ d, m, c0 }) => {
    const initial = twoLayer({ d, m, seed: 1 });
    const { x } = sphere({ d, n: 1, testN: 5 }).test;
    for (const gamma of [0, 0.05, 1]) {
      const [result] = await checkStatements({ initial, trained: initial }, x, { c0, gamma, draws: 20, only: ["robust-error"] });
      expect(result).toMatchObject({ bound: 0.9, vacuous: true, widthFrom: null });
      expect(Object.values(result!.detail).every(Number.isFinite)).toBe(true);
    }
  });
});
