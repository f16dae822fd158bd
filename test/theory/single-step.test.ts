import { beforeAll, describe, expect, test } from "vitest";
import { sphere } from "../../src/data/sphere.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { checkStatements, settingOf, simulate } from "../../src/theory/check.ts";
import { defaultConstants } from "../../src/theory/constants.ts";
import { drawnRay } from "../../src/theory/rays/drawn-ray.ts";
import { valuesOnRay } from "../../src/theory/rays/ray.ts";
import { singleStep } from "../../src/theory/statements/single-step.ts";
import { inWindow, widthWindow, windowOpensAt } from "../../src/theory/statements/width-window.ts";
import { random } from "../../src/util/random.ts";
import { at, moved, onBall } from "./networks.ts";

beforeAll(() => useNodeEngine());

/** With these exponents the window is open at the sizes of a test: d ≤ m ≤ exp(√d). */
const open = { lowerExponent: 1, upperExponent: 0.5 };

/** The largest distance between two empirical distribution functions (Kolmogorov and Smirnov). */
function distance(first: Float64Array, second: Float64Array): number {
  const [a, b] = [first.toSorted(), second.toSorted()];
  let [i, j, most] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= value) i++;
    while (j < b.length && b[j]! <= value) j++;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return most;
}

/** f, ‖∇f‖, f after a step of size η and after a longer one, and a slope, at the W of the ball farthest from 0. */
interface Seen {
  readonly f: number;
  readonly steepness: number;
  readonly after: number;
  readonly farther: number;
  readonly slope: number;
}

describe.each([
  { d: 5, m: 12, c0: 0 },
  { d: 4, m: 9, c0: 2 },
  { d: 2, m: 3, c0: 1 },
  { d: 1, m: 6, c0: 1 },
])("a ray drawn in O(m) at d $d, m $m, C_0 $c0", ({ d, m, c0 }) => {
  const [draws, eta] = [20_000, 1.5 / d];
  const drawAll = (one: () => Seen) => Array.from({ length: draws }, one);
  const column = (rows: readonly Seen[], of: (row: Seen) => number) => Float64Array.from(rows, of);

  test("has the law of the ray of a network drawn whole", () => {
    const stream = random(1, "test", "drawn");
    const simulated = drawAll(() => {
      const z = Float64Array.from({ length: m }, stream.normal);
      const a = Float64Array.from({ length: m }, stream.sign);
      const ray = drawnRay({ d, m, c0 }, { z, a, random: stream });
      const [after, farther] = valuesOnRay(ray, [eta, 4 * eta]);
      return { f: ray.f, steepness: ray.steepness, after: after!, farther: farther!, slope: ray.p[0]! as number };
    });
    const real = random(2, "test", "whole");
    const x = Float64Array.from({ length: d }, (_, i) => +(i === 0));
    const whole = drawAll(() => {
      const outer = Float32Array.from({ length: m }, real.sign);
      const weights = real.fillNormal(new Float32Array(m * d));
      const side = Math.sign(at({ d, m, weights, outer }, x).f);
      for (let s = 0; s < m; s++) weights[s * d]! += side * outer[s]! * (c0 / Math.sqrt(m));
      const network = { d, m, weights, outer };
      const { f, gradient } = at(network, x);
      const down = gradient.map((value) => -Math.sign(f) * value);
      const slope = down.reduce((sum, value, i) => sum + value * weights[i]!, 0);
      return { f, steepness: Math.hypot(...gradient), after: at(network, moved(x, down, eta)).f, farther: at(network, moved(x, down, 4 * eta)).f, slope };
    });
    // Above this in 1 of 10,000 comparisons of equal laws.
    const critical = Math.sqrt(-Math.log(1e-4 / 2) / draws);
    const sizes: Record<string, (row: Seen) => number> = {
      f: ({ f }) => f,
      steepness: ({ steepness }) => steepness,
      after: ({ after }) => after,
      farther: ({ farther }) => farther,
      slope: ({ slope }) => slope,
      change: ({ f, after }) => Math.sign(f) * (f - after),
      curvature: ({ f, after, steepness }) => Math.sign(f) * (f - after) - eta * steepness ** 2,
    };
    // Where f is 0, half of these are rounding: equal laws differ in which side of 0 it falls on.
    const round = (value: number) => Math.round(value * 1e4) / 1e4 + 0;
    for (const [name, of] of Object.entries(sizes))
      expect(
        distance(
          column(simulated, (row) => round(of(row))),
          column(whole, (row) => round(of(row))),
        ),
        name,
      ).toBeLessThan(critical);
  });
});

test("f at many places of a ray is f there", () => {
  const stream = random(3, "test", "ray");
  const [m, offset] = [50, 7];
  const z = Float32Array.from({ length: m + offset }, stream.normal);
  const p = Float32Array.from({ length: m + offset }, stream.normal);
  const a = Float32Array.from({ length: m }, stream.sign);
  for (const places of [[0], [0.7], [0, 0.1, 0.5, 0.50001, 2, 9], Array.from({ length: 64 }, (_, k) => 0.01 * 1.1 ** k)]) {
    const values = valuesOnRay({ z, p, at: offset, a }, places);
    places.forEach((t, k) => {
      let f = 0;
      for (let s = 0; s < m; s++) f += (a[s]! * Math.max(0, z[offset + s]! + t * p[offset + s]!)) / Math.sqrt(m);
      expect(values[k]).toBeCloseTo(f, 10);
    });
  }
});

describe("the width window", () => {
  const at005 = (d: number) => widthWindow({ d, gamma: 0.05, constants: defaultConstants });

  test("with the paper's exponents it opens near 3 million dimensions and no sooner", () => {
    const from = windowOpensAt({ gamma: 0.05, constants: defaultConstants });
    expect(from).toBeGreaterThan(2.9e6);
    expect(from).toBeLessThan(3.1e6);
    expect(at005(from * 1.0001).open).toBe(true);
    expect(at005(from * 0.9999).open).toBe(false);
    for (const d of [1, 2, 16, 784, 4096, 1e5, 1e6]) expect(at005(d).open).toBe(false);
    for (const d of [4e6, 1e7, 1e9]) expect(at005(d).open).toBe(true);
    expect(singleStep.vacuous(settingOf({ d: 784, m: 10_000, c0: 10, gamma: 0.05 }))).toBe(true);
    expect(singleStep.widthFrom(settingOf({ d: 784, m: 1, c0: 10, gamma: 0.05 }))).toBe(Infinity);
  });

  test("its ends and its opening follow the constants", () => {
    const constants = { ...defaultConstants, ...open, c2: 1000 };
    expect(widthWindow({ d: 64, gamma: Math.exp(-1), constants })).toEqual({ low: 1000, high: Math.exp(8), open: true });
    expect(windowOpensAt({ gamma: 0.05, constants: { ...defaultConstants, ...open } })).toBe(2);
    expect(windowOpensAt({ gamma: 0, constants })).toBe(Infinity);
    const inside = settingOf({ d: 64, m: 1000, c0: 1, gamma: Math.exp(-1), constants });
    expect(inWindow(inside)).toBe(true);
    expect(inWindow({ ...inside, m: 999 })).toBe(false);
    expect(inWindow({ ...inside, m: 2981 })).toBe(false);
    expect(inWindow({ ...inside, gamma: 1 })).toBe(false);
    expect(inWindow({ ...inside, gamma: 0 })).toBe(false);
    expect(singleStep.widthFrom(inside)).toBe(1000);
  });
});

describe("Theorem 3.1", () => {
  test.each([
    { d: 64, m: 500, c0: 10, gamma: 0.05 },
    { d: 256, m: 1000, c0: 10, gamma: 0.01 },
    { d: 784, m: 1000, c0: 3, gamma: 0.05 },
    { d: 100, m: 300, c0: 0, gamma: 0.2 },
  ])("one step flips but a share γ of 2,000 draws at d $d, m $m, C_0 $c0, γ $gamma", (numbers) => {
    const setting = settingOf({ ...numbers, constants: open });
    const { low, share } = simulate(setting, ["single-step"], { draws: 2000, seed: 4 }).get("single-step")!;
    expect(low).toBeLessThanOrEqual(setting.gamma);
    expect(share).toBeLessThan(1);
    expect(singleStep.vacuous(setting)).toBe(false);
  });

  test("a step that is too short is seen to fail", () => {
    const setting = settingOf({ d: 256, m: 500, c0: 10, gamma: 0.05, constants: { ...open, c1: 5 } });
    expect(simulate(setting, ["single-step"], { draws: 500, seed: 4 }).get("single-step")!.low).toBeGreaterThan(0.5);
  });

  test("on networks the shares are those of steps taken one by one", async () => {
    const [d, m, c0, c1] = [20, 120, 3, 4];
    const initial = twoLayer({ d, m, seed: 2 });
    const trained = onBall(initial, c0 / Math.sqrt(m), 5);
    const n = 80;
    const { x } = sphere({ d, n: 1, testN: n, seed: 3 }).test;
    const point = (i: number) => Array.from(x.subarray(i * d, (i + 1) * d));
    const flips = (network: Parameters<typeof at>[0], i: number) => {
      const { f, gradient } = at(network, point(i));
      return f * at(network, moved(point(i), gradient, (-Math.sign(f) * c1) / d)).f <= 0;
    };
    const farthest = (i: number) => {
      const weights = initial.weights.slice();
      const side = Math.sign(at(initial, point(i)).f);
      for (let s = 0; s < m; s++) for (let k = 0; k < d; k++) weights[s * d + k]! += (side * initial.outer[s]! * c0 * point(i)[k]!) / Math.sqrt(m);
      return { ...initial, weights };
    };
    const rows = Array.from({ length: n }, (_, i) => [flips(initial, i), flips(trained, i), flips(farthest(i), i)]);
    const share = (holds: (row: readonly boolean[]) => boolean) => rows.filter((row) => holds(row)).length / n;
    const [result] = await checkStatements({ initial, trained }, x, { c0, gamma: 0.05, constants: { ...open, c1 }, draws: 20, only: ["single-step"] });
    expect(result!.measured).toBeCloseTo(
      share((row) => row.every(Boolean)),
      10,
    );
    expect(result!.detail["initial"]).toBeCloseTo(
      share((row) => row[0]!),
      10,
    );
    expect(result!.detail["trained"]).toBeCloseTo(
      share((row) => row[1]!),
      10,
    );
    expect(result!.detail["ball"]).toBeCloseTo(
      share((row) => row[2]!),
      10,
    );
    expect(result!.detail["ball"]).toBeLessThan(result!.detail["initial"]!);
    expect(result!.detail["c1Ball"]).toBeGreaterThan(c1);
  });

  test("where f is 0 at W₀ there is no side to push it to, and no step", async () => {
    const initial = { ...twoLayer({ d: 1, m: 1 }), weights: Float32Array.of(1), outer: Float32Array.of(-1) };
    const [result] = await checkStatements({ initial, trained: initial }, Float32Array.of(-1), { c0: 2, gamma: 0.05, draws: 1, only: ["single-step"] });
    expect(result!.detail).toEqual({ initial: 0, trained: 0, ball: 0 });
  });

  test.each([
    { d: 1, m: 1, c0: 0 },
    { d: 1, m: 2, c0: 1 },
    { d: 3, m: 1, c0: 0.5 },
    { d: 12, m: 40, c0: 0 },
  ])("a network of d $d, m $m, C_0 $c0 is measured at γ 0, 0.05 and 1", async ({ d, m, c0 }) => {
    const initial = twoLayer({ d, m, seed: 1 });
    const { x } = sphere({ d, n: 1, testN: 5 }).test;
    for (const gamma of [0, 0.05, 1]) {
      const [result] = await checkStatements({ initial, trained: initial }, x, { c0, gamma, draws: 20, only: ["single-step"] });
      expect(result).toMatchObject({ bound: 1 - gamma, vacuous: true, widthFrom: null, tightness: 0 });
      expect(result!.measured).toBeGreaterThanOrEqual(0);
      expect(result!.measured).toBeLessThanOrEqual(1);
      expect(Object.values(result!.detail).every(Number.isFinite)).toBe(true);
    }
  });
});
