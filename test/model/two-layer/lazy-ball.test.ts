import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deviation, lazyRadius, projectToBall } from "../../../src/model/two-layer/lazy-ball.ts";
import type { TwoLayerNetwork } from "../../../src/model/two-layer/network.ts";
import { twoLayer } from "../../../src/model/two-layer/two-layer.ts";
import { random } from "../../../src/util/random.ts";

/** A network moved from its initialisation by normal noise of a size. */
function moved(initial: TwoLayerNetwork, size: number, seed: number): TwoLayerNetwork {
  const draw = random(seed, "test");
  return {
    ...initial,
    weights: initial.weights.map((w) => w + size * draw.normal()),
    hiddenBias: initial.hiddenBias.map((b) => b + (initial.bias ? size * draw.normal() : 0)),
  };
}

/** ‖w_s − w_{s,0}‖ of every row, from the definition. */
const distances = (network: TwoLayerNetwork, initial: TwoLayerNetwork) =>
  Array.from({ length: network.m }, (_, s) =>
    Math.hypot(
      network.hiddenBias[s]! - initial.hiddenBias[s]!,
      ...Array.from({ length: network.d }, (_, k) => network.weights[s * network.d + k]! - initial.weights[s * network.d + k]!),
    ),
  );

describe("the lazy ball", () => {
  const cases = fc.record({
    d: fc.integer({ min: 1, max: 30 }),
    m: fc.integer({ min: 1, max: 20 }),
    bias: fc.boolean(),
    seed: fc.nat(1e6),
    size: fc.double({ min: 1e-6, max: 10, noNaN: true }),
    radius: fc.double({ min: 1e-6, max: 10, noNaN: true }),
  });

  test("after projection no row is outside by more than 1e-6 of the radius, rows inside are untouched, and directions are kept", () => {
    fc.assert(
      fc.property(cases, ({ d, m, bias, seed, size, radius }) => {
        const initial = twoLayer({ d, m, bias, seed });
        const before = moved(initial, size, seed);
        const { network, onSurface } = projectToBall(before, initial, radius);
        const [old, now] = [distances(before, initial), distances(network, initial)];
        let outside = 0;
        for (let s = 0; s < m; s++) {
          expect(now[s]!).toBeLessThanOrEqual(radius * (1 + 1e-6));
          if (old[s]! <= radius * (1 - 1e-6)) expect(network.weights.subarray(s * d, (s + 1) * d)).toEqual(before.weights.subarray(s * d, (s + 1) * d));
          if (old[s]! > radius) outside++;
        }
        expect(onSurface * m).toBeGreaterThanOrEqual(outside - 1e-9);
        expect(deviation(network, initial)).toBeCloseTo(Math.max(...now), 10);
      }),
      { numRuns: 300 },
    );
  });

  test("a row far outside lands on the surface, where it pointed", () => {
    const initial = twoLayer({ d: 40, m: 6, bias: true, seed: 1 });
    const before = moved(initial, 1, 2);
    const { network, onSurface } = projectToBall(before, initial, 0.5);
    expect(onSurface).toBe(1);
    for (const distance of distances(network, initial)) expect(distance).toBeCloseTo(0.5, 6);
    const [a, b] = [network.weights.map((w, i) => w - initial.weights[i]!), before.weights.map((w, i) => w - initial.weights[i]!)];
    for (let s = 0; s < 6; s++) {
      const ratio = distances(before, initial)[s]! / 0.5;
      for (let i = s * 40; i < (s + 1) * 40; i++) expect(a[i]! * ratio).toBeCloseTo(b[i]!, 4);
    }
  });

  test("its radius is C_0/√m, and networks of different sizes have no deviation", () => {
    expect(lazyRadius(10, 1000)).toBeCloseTo(0.31622776, 7);
    expect(() => deviation(twoLayer({ d: 2, m: 3 }), twoLayer({ d: 2, m: 4 }))).toThrow(expect.objectContaining({ code: "SF_NETWORK" }));
  });
});
