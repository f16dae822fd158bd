import { beforeAll, describe, expect, test } from "vitest";
import { sphere } from "../../src/data/sphere.ts";
import { deviation } from "../../src/model/two-layer/lazy-ball.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { climbGradientChange } from "../../src/theory/ball/ascent.ts";
import { checkStatements, settingOf } from "../../src/theory/check.ts";
import { gradientChange } from "../../src/theory/statements/gradient-change.ts";
import { random } from "../../src/util/random.ts";
import { at, moved, onBall } from "./networks.ts";

beforeAll(() => useNodeEngine());

const budget = 3e7;
const change = (network: Parameters<typeof at>[0], x: ArrayLike<number>, delta: ArrayLike<number>) => {
  const [before, after] = [at(network, x), at(network, moved(x, delta))];
  return {
    size: Math.hypot(...before.gradient.map((value, i) => value - after.gradient[i]!)),
    flipped: before.z.filter((z, s) => z > 0 !== after.z[s]! > 0).length / network.m,
  };
};

describe.each([
  { d: 16, m: 200, c0: 0, reach: 0.25 },
  { d: 16, m: 200, c0: 3, reach: 0.25 },
  { d: 50, m: 400, c0: 10, reach: 0.3 },
  { d: 4, m: 30, c0: 1, reach: 1.5 },
  { d: 1, m: 9, c0: 1, reach: 1 },
  { d: 2, m: 1, c0: 0.5, reach: 0.7 },
])("the ascent at d $d, m $m, C_0 $c0, R $reach", ({ d, m, c0, reach }) => {
  const radius = c0 / Math.sqrt(m);
  const network = twoLayer({ d, m, seed: 3 });
  const { x } = sphere({ d, n: 1, testN: 1, seed: 5 }).test;
  const found = climbGradientChange(network, x, { reach, radius, random: random(1, "test"), budget });

  test("stays within R and the ball, and reports the change that is there", () => {
    expect(Math.hypot(...found.delta)).toBeLessThanOrEqual(reach * (1 + 1e-12));
    const there = { ...network, weights: found.weights() };
    expect(deviation(there, network)).toBeLessThanOrEqual(radius);
    const { size, flipped } = change(there, x, found.delta);
    expect(found.change).toBeCloseTo(size, 5);
    expect(found.flipped).toBeCloseTo(flipped, 10);
  });

  test("beats 1,000 random δ and W", () => {
    const stream = random(2, "test");
    for (let k = 0; k < 1000; k++) {
      const delta = Float64Array.from({ length: d }, stream.normal);
      const scale = reach / Math.hypot(...delta);
      const there = k % 10 === 0 ? onBall(network, radius, k) : network;
      const { size } = change(
        there,
        x,
        delta.map((value) => value * scale),
      );
      expect(size).toBeLessThanOrEqual(found.change * (1 + 1e-6));
    }
  });
});

test("in the plane, where all δ can be tried, the ascent comes close to the largest change", () => {
  for (let seed = 0; seed < 8; seed++) {
    const network = twoLayer({ d: 2, m: 40, seed });
    const x = Float32Array.of(1, 0);
    let largest = 0;
    for (let k = 0; k < 2000; k++) {
      const angle = (2 * Math.PI * k) / 2000;
      largest = Math.max(largest, change(network, x, [0.5 * Math.cos(angle), 0.5 * Math.sin(angle)]).size);
    }
    expect(climbGradientChange(network, x, { reach: 0.5, radius: 0, random: random(seed, "test"), budget }).change).toBeGreaterThan(0.8 * largest);
  }
});

test("a ball to move in makes the largest change larger", () => {
  const network = twoLayer({ d: 40, m: 500, seed: 1 });
  const { x } = sphere({ d: 40, n: 1, testN: 1 }).test;
  const of = (c0: number) => climbGradientChange(network, x, { reach: 0.16, radius: c0 / Math.sqrt(500), random: random(1, "test"), budget }).change;
  expect(of(3)).toBeGreaterThan(1.2 * of(0));
  expect(of(10)).toBeGreaterThan(1.2 * of(3));
});

describe("Lemma 4.4", () => {
  test("on networks: the parts, and what is claimed where", async () => {
    const [d, m, c0] = [64, 1000, 2];
    const initial = twoLayer({ d, m, seed: 2 });
    const trained = onBall(initial, c0 / Math.sqrt(m));
    const { x } = sphere({ d, n: 1, testN: 3, seed: 3 }).test;
    const [result] = await checkStatements({ initial, trained }, x, { c0, gamma: 0.05, searched: 2, only: ["gradient-change"] });
    expect(result).toMatchObject({ bound: 0.25 * 8, exact: null, simulation: null, vacuous: true, widthFrom: null });
    expect(result!.measured).toBeCloseTo(result!.detail["c"]! * 8, 10);
    expect(result!.detail["c"]).toBeGreaterThanOrEqual(Math.max(result!.detail["cInitial"]!, result!.detail["cTrained"]!));
    expect(result!.detail["cInitial"]).toBeGreaterThan(0.2);
    expect(result!.detail["flipped"]).toBeGreaterThan(result!.detail["flippedInitial"]!);
  });

  test("inside the theorem's window it claims c√d; at γ = 0 and 1 nothing", () => {
    const constants = { lowerExponent: 1, upperExponent: 0.5, change: 0.5 };
    const setting = settingOf({ d: 64, m: 500, c0: 1, gamma: 0.05, constants });
    expect(gradientChange.vacuous(setting)).toBe(false);
    expect(gradientChange.bound(setting)).toBe(4);
    expect(gradientChange.widthFrom(setting)).toBe(64);
    expect(gradientChange.bound({ ...setting, gamma: 0 })).toBe(Infinity);
    for (const gamma of [0, 1]) expect(gradientChange.vacuous({ ...setting, gamma })).toBe(true);
  });

  test.each([
    { d: 1, m: 1, c0: 0 },
    { d: 1, m: 3, c0: 2 },
    { d: 3, m: 1, c0: 0.5 },
  ])("a network of d $d, m $m, C_0 $c0 is measured", async ({ d, m, c0 }) => {
    const initial = twoLayer({ d, m, seed: 1 });
    const { x } = sphere({ d, n: 1, testN: 5 }).test;
    const [result] = await checkStatements({ initial, trained: initial }, x, { c0, gamma: 0.05, only: ["gradient-change"] });
    expect(Object.values(result!.detail).every(Number.isFinite)).toBe(true);
  });
});
