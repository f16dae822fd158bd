import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { deviation, lazyRadius, projectToBall } from "../../src/model/two-layer/lazy-ball.ts";
import type { TwoLayerNetwork } from "../../src/model/two-layer/network.ts";
import { predictor } from "../../src/model/two-layer/predict.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { coneDistance, coneStep } from "../../src/theory/ball/cone.ts";
import { random } from "../../src/util/random.ts";

/** A network moved from its initialisation by normal noise of a size. */
function moved(initial: TwoLayerNetwork, size: number, seed: number): TwoLayerNetwork {
  const draw = random(seed, "test");
  return {
    ...initial,
    weights: initial.weights.map((w) => w + size * draw.normal()),
    hiddenBias: initial.hiddenBias.map((b) => b + (initial.bias ? size * draw.normal() : 0)),
  };
}

const scaled = (network: TwoLayerNetwork, c: number): TwoLayerNetwork => ({
  ...network,
  weights: network.weights.map((w) => c * w),
  hiddenBias: network.hiddenBias.map((b) => c * b),
});

/** max_s ‖α w_s − w_{s,0}‖, from the definition. */
function distanceAt(network: TwoLayerNetwork, initial: TwoLayerNetwork, alpha: number): number {
  let largest = 0;
  for (let s = 0; s < network.m; s++) {
    let sum = (alpha * network.hiddenBias[s]! - initial.hiddenBias[s]!) ** 2;
    for (let i = s * network.d; i < (s + 1) * network.d; i++) sum += (alpha * network.weights[i]! - initial.weights[i]!) ** 2;
    largest = Math.max(largest, Math.sqrt(sum));
  }
  return largest;
}

const largestNorm = (initial: TwoLayerNetwork) => distanceAt(initial, initial, 0);

const shape = { d: fc.integer({ min: 1, max: 20 }), m: fc.integer({ min: 1, max: 12 }), bias: fc.boolean(), seed: fc.nat(1e6) };
/** From a hair's breadth to far beyond where the rows began. */
const size = fc.double({ min: -5, max: 1, noNaN: true }).map((power) => 10 ** power);
const scale = fc.double({ min: -3, max: 3, noNaN: true }).map((power) => 10 ** power);

describe("the cone distance", () => {
  const cases = fc.record({ ...shape, size });
  const pair = ({ d, m, bias, seed, size }: { d: number; m: number; bias: boolean; seed: number; size: number }) => {
    const initial = twoLayer({ d, m, bias, seed });
    return { initial, network: moved(initial, size, seed) };
  };

  test("is never above the deviation, and is attained at its α", () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { initial, network } = pair(one);
        const { distance, alpha } = coneDistance(network, initial);
        expect(distance).toBeLessThanOrEqual(deviation(network, initial));
        expect(alpha).toBeGreaterThanOrEqual(0);
        const there = distanceAt(network, initial, alpha);
        expect(Math.abs(distance - there)).toBeLessThanOrEqual(1e-12 * largestNorm(initial) + 1e-12 * there);
      }),
      { numRuns: 300 },
    );
  });

  test("is the smallest over a dense grid of α, which comes as near to it as its spacing allows", () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { initial, network } = pair(one);
        const { distance, alpha } = coneDistance(network, initial);
        const tolerance = 1e-12 * largestNorm(initial);
        for (let k = 0; k <= 400; k++) expect(distanceAt(network, initial, k / 100)).toBeGreaterThanOrEqual(distance * (1 - 1e-12) - tolerance);
        // Around the α it gives, however fine: a slope left over would show here.
        for (const step of [1e-2, 1e-4, 1e-6, 1e-8])
          for (const sign of [-1, 1]) {
            const beside = Math.max(0, alpha * (1 + sign * step));
            expect(distanceAt(network, initial, beside)).toBeGreaterThanOrEqual(distance * (1 - 1e-12) - tolerance);
          }
      }),
      { numRuns: 60 },
    );
  });

  test("is unchanged by W → cW, up to the rounding of cW", () => {
    fc.assert(
      fc.property(cases, scale, (one, c) => {
        const { initial, network } = pair(one);
        const before = coneDistance(network, initial);
        const after = coneDistance(scaled(network, c), initial);
        expect(Math.abs(after.distance - before.distance)).toBeLessThanOrEqual(2 ** -23 * largestNorm(initial) + 2 ** -22 * before.distance);
        // A power of two rounds nothing.
        const exact = coneDistance(scaled(network, 2 ** Math.round(Math.log2(c))), initial);
        expect(Math.abs(exact.distance - before.distance)).toBeLessThanOrEqual(1e-11 * largestNorm(initial));
      }),
      { numRuns: 200 },
    );
  });

  test("is 0 on the ray of W₀ and nowhere else", () => {
    fc.assert(
      fc.property(fc.record(shape), scale, ({ d, m, bias, seed }, c) => {
        const initial = twoLayer({ d, m, bias, seed });
        expect(coneDistance(initial, initial)).toEqual({ distance: 0, alpha: 1 });
        const there = coneDistance(scaled(initial, c), initial);
        expect(there.distance).toBeLessThanOrEqual(2 ** -23 * largestNorm(initial));
        expect(there.alpha * c).toBeCloseTo(1, 5);
        const power = coneDistance(scaled(initial, 8), initial);
        expect(power.distance).toBeLessThanOrEqual(1e-14 * largestNorm(initial));
      }),
      { numRuns: 100 },
    );
  });

  test("tells a hair's breadth from nothing", () => {
    const initial = twoLayer({ d: 50, m: 4, seed: 3 });
    const network = { ...initial, weights: initial.weights.slice() };
    network.weights[17]! += 2 ** -20;
    const off = deviation(network, initial);
    const { distance } = coneDistance(network, initial);
    expect(distance).toBeGreaterThan(0.5 * off);
    expect(distance).toBeLessThanOrEqual(off);
  });

  test("is at most V for what is scaled from the ball of radius V: the cone", () => {
    fc.assert(
      fc.property(cases, scale, fc.double({ min: 0.01, max: 20, noNaN: true }), (one, c, c0) => {
        const { initial, network } = pair(one);
        const radius = lazyRadius(c0, one.m);
        const inside = projectToBall(network, initial, radius).network;
        expect(coneDistance(scaled(inside, c), initial).distance).toBeLessThanOrEqual(radius + 2 ** -23 * (largestNorm(initial) + radius));
      }),
      { numRuns: 200 },
    );
  });

  test("minimises what is convex in α: the distance falls up to its α and rises from there on", () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true }), (one, a, b) => {
        const { initial, network } = pair(one);
        const middle = distanceAt(network, initial, (a + b) / 2);
        expect(middle).toBeLessThanOrEqual((distanceAt(network, initial, a) + distanceAt(network, initial, b)) / 2 + 1e-12 * largestNorm(initial));
        const { alpha } = coneDistance(network, initial);
        const [near, far] = [a, b].toSorted((p, q) => Math.abs(p - alpha) - Math.abs(q - alpha));
        if ((near! - alpha) * (far! - alpha) >= 0)
          expect(distanceAt(network, initial, near!)).toBeLessThanOrEqual(distanceAt(network, initial, far!) + 1e-12 * largestNorm(initial));
      }),
      { numRuns: 200 },
    );
  });

  test("in one row is the sine of its angle", () => {
    const initial: TwoLayerNetwork = { ...twoLayer({ d: 2, m: 1 }), weights: Float32Array.of(3, 4) };
    const turned = { ...initial, weights: Float32Array.of(0, 1) };
    const { distance, alpha } = coneDistance(turned, initial);
    expect(distance).toBeCloseTo(3, 12);
    expect(alpha).toBeCloseTo(4, 12);
  });

  test("between two rows that want another scale is a compromise", () => {
    const initial: TwoLayerNetwork = { ...twoLayer({ d: 1, m: 2 }), weights: Float32Array.of(1, 1) };
    // |α − 1| and |3α − 1| are equal at α = 1/2.
    expect(coneDistance({ ...initial, weights: Float32Array.of(1, 3) }, initial)).toEqual({ distance: 0.5, alpha: 0.5 });
  });

  test("is the limit α → 0 where every other scale is farther", () => {
    const initial = twoLayer({ d: 7, m: 5, bias: true, seed: 4 });
    const limit = { distance: largestNorm(initial), alpha: 0 };
    expect(coneDistance(scaled(initial, -1), initial)).toEqual(limit);
    expect(coneDistance(scaled(initial, -0.01), initial)).toEqual(limit);
    // The largest row alone decides it, the others may point where they like.
    const norms = Array.from({ length: 5 }, (_, s) => Math.hypot(initial.hiddenBias[s]!, ...initial.weights.subarray(s * 7, s * 7 + 7)));
    const s = norms.indexOf(Math.max(...norms));
    const turned = { ...initial, weights: initial.weights.map((w, i) => (Math.floor(i / 7) === s ? -w : w)), hiddenBias: initial.hiddenBias.slice() };
    turned.hiddenBias[s]! *= -1;
    expect(coneDistance(turned, initial)).toEqual(limit);
    expect(coneDistance(scaled(initial, 0), initial).distance).toBe(limit.distance);
  });

  test("takes the smallest and the largest weights there are", () => {
    const initial = twoLayer({ d: 3, m: 3, seed: 1 });
    for (const c of [2 ** -100, 2 ** 100]) {
      const { distance, alpha } = coneDistance(scaled(initial, c), initial);
      expect(distance).toBeLessThanOrEqual(1e-7);
      expect(alpha * c).toBeCloseTo(1, 6);
    }
    const dead = { ...initial, weights: initial.weights.map((w, i) => (i < 3 ? 0 : w)) };
    expect(coneDistance(dead, initial).distance).toBeCloseTo(Math.hypot(...initial.weights.subarray(0, 3)), 6);
  });

  test("refuses networks of different size and weights that are not finite", () => {
    const initial = twoLayer({ d: 3, m: 3, seed: 1 });
    expect(() => coneDistance(twoLayer({ d: 3, m: 4 }), initial)).toThrow(/d, m = 3, 4 and 3, 3/);
    expect(() => coneDistance({ ...initial, weights: initial.weights.map((w, i) => (i === 4 ? NaN : w)) }, initial)).toThrow(/row 1 .* not finite/);
    expect(() => coneDistance({ ...initial, weights: initial.weights.map((w, i) => (i === 8 ? Infinity : w)) }, initial)).toThrow(/row 2 .* not finite/);
  });
});

describe("a step of the path", () => {
  const at = { c0: 10, epoch: 2, steps: 300, testAccuracy: 0.99 };

  test("has the deviation, the cone distance, and rows from the farthest to the nearest", () => {
    const initial = twoLayer({ d: 9, m: 40, bias: true, seed: 2 });
    const network = moved(initial, 0.3, 5);
    const step = coneStep(network, initial, { ...at, rows: 7 });
    expect(step).toMatchObject(at);
    expect(step.deviation).toBe(deviation(network, initial));
    const { distance, alpha } = coneDistance(network, initial);
    expect([step.coneDistance, step.alpha]).toEqual([distance, alpha]);
    const far = step.rows.map(({ initialNorm, along, across }) => Math.hypot(along - initialNorm, across));
    expect(far).toHaveLength(7);
    expect(far[0]).toBeCloseTo(step.deviation, 12);
    expect(far).toEqual(far.toSorted((a, b) => b - a));
    expect(far.at(-1)).toBeCloseTo(Math.min(...coneStep(network, initial, at).rows.map((row) => Math.hypot(row.along - row.initialNorm, row.across))), 12);
    expect(coneStep(network, initial, at).rows).toHaveLength(40);
    expect(coneStep(network, initial, { ...at, rows: 1 }).rows).toHaveLength(1);
  });

  test("puts a row where it is in the plane it spans with its start", () => {
    const initial: TwoLayerNetwork = { ...twoLayer({ d: 2, m: 1 }), weights: Float32Array.of(3, 4) };
    const [row] = coneStep({ ...initial, weights: Float32Array.of(3 - 8, 4 + 6) }, initial, at).rows;
    expect(row).toEqual({ initialNorm: 5, along: 5, across: 10 });
    const [still] = coneStep(initial, initial, at).rows;
    expect(still).toEqual({ initialNorm: 5, along: 5, across: 0 });
    const [unborn] = coneStep(initial, { ...initial, weights: new Float32Array(2) }, at).rows;
    expect(unborn).toEqual({ initialNorm: 0, along: 0, across: 5 });
  });
});

describe("the sign of f on a ray", () => {
  beforeAll(() => useNodeEngine());

  test("is the same at every scale, f itself proportional: through the graph, without biases", async () => {
    const [d, m, n] = [30, 200, 64];
    const initial = twoLayer({ d, m, seed: 6 });
    const network = moved(initial, 0.2, 7);
    const x = random(8, "test").fillNormal(new Float32Array(n * d));
    const predict = await predictor(network);
    try {
      const f = await predict.outputs(network, x, n);
      const scale = Math.sqrt(f.reduce((sum, value) => sum + value * value, 0) / n);
      for (const alpha of [1e-3, 0.3, 2, 4.7, 1e3]) {
        const there = await predict.outputs(scaled(network, alpha), x, n);
        for (let i = 0; i < n; i++) {
          expect(Math.abs(there[i]! / alpha - f[i]!)).toBeLessThan(1e-5 * scale);
          if (Math.abs(f[i]!) > 1e-4 * scale) expect(Math.sign(there[i]!)).toBe(Math.sign(f[i]!));
        }
      }
    } finally {
      await predict.dispose();
    }
  });
});
