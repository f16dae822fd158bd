import { beforeAll, describe, expect, test } from "vitest";
import { sphere } from "../../src/data/sphere.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { checkStatements, settingOf, simulate } from "../../src/theory/check.ts";
import { neuronFlipsAny, switches } from "../../src/theory/statements/neuron-flips-any.ts";
import { flipProbability, neuronFlipsFixed, reachOf, worstTurn } from "../../src/theory/statements/neuron-flips-fixed.ts";
import { radiusOf } from "../../src/theory/statements/statement.ts";
import { random } from "../../src/util/random.ts";
import { summarize } from "../../src/util/statistics.ts";
import { at, moved, onBall } from "./networks.ts";

beforeAll(() => useNodeEngine());

const both = [neuronFlipsFixed, neuronFlipsAny] as const;

/** The statement's quantity in many draws. */
function drawn(statement: (typeof both)[number], setting: ReturnType<typeof settingOf>, draws: number): number[] {
  const stream = random(7, "test", statement.id);
  return Array.from({ length: draws }, () => {
    const z = Float64Array.from({ length: setting.m }, stream.normal);
    const a = Float64Array.from({ length: setting.m }, stream.sign);
    return statement.draw!(setting, { z, a, random: stream });
  });
}

describe.each([
  { d: 32, m: 200, c0: 0, gamma: 0.05 },
  { d: 784, m: 1000, c0: 10, gamma: 0.05 },
  { d: 16, m: 500, c0: 5, gamma: 0.2 },
  { d: 100, m: 1000, c0: 3, gamma: 0.01 },
  { d: 4, m: 2000, c0: 1, gamma: 0.5 },
])("B.6 at d $d, m $m, C_0 $c0, γ $gamma", (numbers) => {
  const setting = settingOf(numbers);

  test("the bounds fail in no larger share of 2,000 draws than γ", () => {
    const simulations = simulate(setting, ["neuron-flips-fixed", "neuron-flips-any"], { draws: 2000, seed: 1 });
    for (const { id } of both) {
      const { draws, low } = simulations.get(id)!;
      expect(draws).toBe(2000);
      expect(low, id).toBeLessThanOrEqual(setting.gamma);
    }
  });

  test("a fixed perturbation flips each neuron with the probability given, and no random one flips more", () => {
    const { mean, sd, n } = summarize(drawn(neuronFlipsFixed, setting, 500));
    expect(Math.abs(mean - flipProbability(setting))).toBeLessThan((4.5 * sd) / Math.sqrt(n));
    const stream = random(2, "test");
    const worst = Math.atan2(worstTurn(setting).across, worstTurn(setting).along);
    expect(worst / Math.PI).toBeCloseTo(flipProbability(setting), 12);
    for (let k = 0; k < 200; k++) {
      const delta = Float64Array.from({ length: setting.d }, stream.normal);
      const size = (reachOf(setting) * stream.uniform()) / Math.hypot(...delta);
      const along = 1 + delta[0]! * size;
      expect(Math.atan2(Math.hypot(...delta.subarray(1)) * size, along)).toBeLessThanOrEqual(worst);
    }
  });
});

test("a fixed perturbation in space: δ of norm R that touches the ball flips arcsin(R)/π of the neurons of real networks", () => {
  const setting = settingOf({ d: 9, m: 40_000, c0: 0, gamma: 0.05 });
  const { along, across } = worstTurn(setting);
  const reach = reachOf(setting);
  // x + δ = along·(along·x + across·e): a right angle at x + δ.
  const delta = [along * along - 1, along * across, 0, 0, 0, 0, 0, 0, 0];
  expect(Math.hypot(...delta)).toBeCloseTo(reach, 12);
  const x = [1, 0, 0, 0, 0, 0, 0, 0, 0];
  const network = twoLayer({ d: 9, m: 40_000, seed: 3 });
  const [before, after] = [at(network, x).z, at(network, moved(x, delta)).z];
  const share = before.filter((z, s) => z > 0 !== after[s]! > 0).length / 40_000;
  expect(Math.abs(share - Math.asin(reach) / Math.PI)).toBeLessThan(4.5 * Math.sqrt(0.1 / 40_000));
});

// P(|cos(w, x)| ≤ R), in closed form where the dimension is small: an arcsine, Archimedes' uniform law, a cubic.
test.each([
  { d: 2, closed: (reach: number) => (2 * Math.asin(reach)) / Math.PI },
  { d: 3, closed: (reach: number) => reach },
  { d: 5, closed: (reach: number) => (3 * reach - reach ** 3) / 2 },
])("without a ball around W_0, in dimension $d a neuron can be switched with the probability that |cos(w, x)| ≤ R", ({ d, closed }) => {
  for (const reach of [0.2, 0.7]) {
    const setting = settingOf({ d, m: 1000, c0: 0, gamma: 0.05, constants: { reach: reach * Math.sqrt(d) } });
    const { mean, sd, n } = summarize(drawn(neuronFlipsAny, setting, 400));
    expect(Math.abs(mean - closed(reach))).toBeLessThan((4.5 * sd) / Math.sqrt(n));
  }
});

test("draws of what any perturbation can switch agree with real vectors", () => {
  const setting = settingOf({ d: 20, m: 30_000, c0: 50, gamma: 0.05 });
  const network = twoLayer({ d: 20, m: 30_000, seed: 5 });
  const limit = radiusOf(setting) * (1 + reachOf(setting));
  let real = 0;
  for (let s = 0; s < 30_000; s++) {
    const row = network.weights.subarray(s * 20, (s + 1) * 20);
    if (Math.abs(row[0]!) <= reachOf(setting) * Math.hypot(...row) + limit) real++;
  }
  expect(Math.abs(real / 30_000 - summarize(drawn(neuronFlipsAny, setting, 20)).mean)).toBeLessThan(4.5 * Math.sqrt(0.25 / 30_000));
});

test("whatever (δ, W) switches a neuron, the neuron meets the condition; the explicit choice does switch", () => {
  const [d, m, reach, radius] = [6, 80, 0.4, 0.3];
  const network = twoLayer({ d, m, seed: 1 });
  const x = [0, 0, 1, 0, 0, 0];
  const norms = Array.from({ length: m }, (_, s) => Math.hypot(...network.weights.subarray(s * d, (s + 1) * d)));
  const { z } = at(network, x);
  const meets = (s: number) => Math.abs(z[s]!) <= reach * norms[s]! + radius * (1 + reach);
  const stream = random(3, "test", "switch");
  const found = new Set<number>();
  for (let k = 0; k < 2000; k++) {
    const delta = Float64Array.from({ length: d }, stream.normal);
    const size = Math.hypot(...delta);
    const there = at(onBall(network, radius, k), moved(x, delta, reach / size)).z;
    for (let s = 0; s < m; s++) if (z[s]! > 0 !== there[s]! > 0) found.add(s);
  }
  let explicit = 0;
  for (let s = 0; s < m; s++) {
    if (!switches(z[s]!, norms[s]!, reach, radius)) continue;
    explicit++;
    const row = Array.from(network.weights.subarray(s * d, (s + 1) * d));
    const side = Math.sign(z[s]!);
    const place = x.map((value, i) => value - (side * reach * row[i]!) / norms[s]!);
    const w = row.map((value, i) => value - (side * (radius + 1e-9) * place[i]!) / Math.hypot(...place));
    expect(Math.sign(w.reduce((sum, value, i) => sum + value * place[i]!, 0))).not.toBe(side);
    found.add(s);
  }
  expect(explicit).toBeGreaterThan(m / 3);
  expect(explicit).toBeLessThan(m);
  for (const s of found) expect(meets(s)).toBe(true);
});

test("on networks: measured shares keep to the bounds and are those of the definition", async () => {
  const [d, m, c0] = [25, 600, 4];
  const initial = twoLayer({ d, m, seed: 2 });
  const trained = onBall(initial, c0 / Math.sqrt(m));
  const { x } = sphere({ d, n: 1, testN: 60, seed: 3 }).test;
  const [fixed, any] = await checkStatements({ initial, trained }, x, { c0, gamma: 0.05, draws: 200, only: ["neuron-flips-fixed", "neuron-flips-any"] });
  for (const result of [fixed!, any!]) expect(result).toMatchObject({ holds: true, vacuous: false });
  expect(Math.abs(fixed!.detail["initial"]! - fixed!.detail["probability"]!)).toBeLessThan(0.01);
  expect(any!.detail["switched"]!).toBeLessThanOrEqual(any!.detail["switchable"]!);
  expect(any!.detail["switched"]! / any!.detail["switchable"]!).toBeGreaterThan(0.9);
  const share = at(initial, x.subarray(0, d)).z.filter((z, s) => z > 0 !== at(trained, x.subarray(0, d)).z[s]! > 0).length / m;
  const [one] = await checkStatements({ initial, trained }, x.slice(0, d), { c0, gamma: 0.05, draws: 1, only: ["neuron-flips-any"] });
  expect(one!.detail["trained"]).toBeCloseTo(share, 10);
});

describe("at the edges", () => {
  test("γ = 0 asks for what no bound gives; γ = 1 for nothing", () => {
    for (const statement of both) {
      for (const gamma of [0, 1]) {
        const setting = settingOf({ d: 100, m: 1000, c0: 1, gamma });
        expect(statement.vacuous(setting)).toBe(true);
        expect(statement.widthFrom(setting)).toBe(Infinity);
        expect(statement.bound(setting)).toBeGreaterThan(0);
      }
      expect(statement.bound(settingOf({ d: 100, m: 1000, c0: 1, gamma: 0 }))).toBe(Infinity);
    }
  });

  test("the width from which on they say something is the first at which they do", () => {
    for (const statement of both) {
      const setting = settingOf({ d: 100, m: 1, c0: 10, gamma: 0.05 });
      const from = statement.widthFrom(setting);
      expect(from).toBeGreaterThan(1);
      expect(statement.vacuous({ ...setting, m: from })).toBe(false);
      expect(statement.vacuous({ ...setting, m: from - 1 })).toBe(true);
    }
  });

  test("one dimension and R = 1: x + δ = 0 switches the active half off, and nothing is claimed of all δ", () => {
    const setting = settingOf({ d: 1, m: 400, c0: 0, gamma: 0.05 });
    expect(flipProbability(setting)).toBe(0.5);
    expect(summarize(drawn(neuronFlipsFixed, setting, 100)).mean).toBeCloseTo(0.5, 1);
    expect(neuronFlipsAny.vacuous(setting)).toBe(true);
    expect(drawn(neuronFlipsAny, setting, 3)).toEqual([1, 1, 1]);
    const near = settingOf({ d: 1, m: 400, c0: 0, gamma: 0.05, constants: { reach: 0.9 } });
    expect(flipProbability(near)).toBe(0);
    expect(drawn(neuronFlipsFixed, near, 3)).toEqual([0, 0, 0]);
    expect(drawn(neuronFlipsAny, near, 3)).toEqual([0, 0, 0]);
  });

  test("beyond R = 1 the point on the other side is within reach, and every neuron flips", () => {
    const setting = settingOf({ d: 4, m: 50, c0: 0, gamma: 0.05, constants: { reach: 3 } });
    expect(drawn(neuronFlipsFixed, setting, 3)).toEqual([1, 1, 1]);
    expect(neuronFlipsFixed.vacuous(setting)).toBe(true);
    expect(neuronFlipsFixed.widthFrom(setting)).toBe(Infinity);
  });

  test.each([
    { d: 1, m: 1, c0: 0 },
    { d: 1, m: 3, c0: 2 },
    { d: 3, m: 1, c0: 0.1 },
  ])("a network of d $d, m $m, C_0 $c0 is measured", async ({ d, m, c0 }) => {
    const initial = twoLayer({ d, m, seed: 1 });
    const { x } = sphere({ d, n: 1, testN: 5 }).test;
    for (const gamma of [0, 0.05, 1])
      for (const result of await checkStatements({ initial, trained: initial }, x, {
        c0,
        gamma,
        draws: 20,
        only: ["neuron-flips-fixed", "neuron-flips-any"],
      })) {
        expect(result.measured).toBeGreaterThanOrEqual(0);
        expect(result.measured).toBeLessThanOrEqual(1);
        expect(result.holds).toBe(true);
      }
  });
});
