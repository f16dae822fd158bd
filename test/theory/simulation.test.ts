import { describe, expect, test } from "vitest";
import { failureOf, settingOf, simulate } from "../../src/theory/check.ts";
import { statements } from "../../src/theory/statements/index.ts";
import { statementIds, type Setting } from "../../src/theory/statements/statement.ts";

const drawn = statementIds.filter((id) => statements[id].draw !== undefined);

/**
 * Small and large, the limits d = 1, m = 1 and C_0 = 0, strict and lax; the last two so that what the paper says of widths in its window is
 * asked as well: with its own constants there is no such width.
 */
const window = { lowerExponent: 1, upperExponent: 0.5 };
const settings = [
  { d: 1, m: 1, c0: 0.1, gamma: 0.2 },
  { d: 1, m: 50, c0: 2, gamma: 0.2 },
  { d: 2, m: 20, c0: 0.5, gamma: 0.1 },
  { d: 100, m: 300, c0: 0, gamma: 0.01 },
  { d: 49, m: 1000, c0: 1, gamma: 0.2 },
  { d: 196, m: 400, c0: 3, gamma: 0.5 },
  { d: 784, m: 1000, c0: 10, gamma: 0.05 },
  { d: 1024, m: 1500, c0: 1, gamma: 0.05 },
  { d: 196, m: 800, c0: 1, gamma: 0.05, constants: window },
  { d: 784, m: 2000, c0: 2, gamma: 0.2, constants: window },
].map((setting) => settingOf(setting));

const claimsAt = (setting: Setting) => drawn.filter((id) => !statements[id].vacuous(setting));

describe.each(settings)("2,000 draws at d $d, m $m, C_0 $c0, γ $gamma", (setting) => {
  test("no statement that says something fails more often than it may", () => {
    const ids = claimsAt(setting);
    for (const [id, { draws, violations, low }] of simulate(setting, ids, { draws: 2000, seed: 11 })) {
      expect(draws).toBe(2000);
      expect(low, `${id}: ${violations} of ${draws} draws break the bound ${statements[id].bound(setting)}`).toBeLessThanOrEqual(
        failureOf(statements[id], setting),
      );
    }
  });
});

test.each(drawn)("%s is asked at two settings or more at which it says something", (id) => {
  expect(settings.filter((setting) => claimsAt(setting).includes(id)).length).toBeGreaterThanOrEqual(2);
});

test("the same seed gives the same draws, another others", () => {
  const setting = settingOf({ d: 20, m: 100, c0: 1, gamma: 0.1 });
  const [first, again, other] = [5, 5, 6].map((seed) => simulate(setting, drawn, { draws: 50, seed }));
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

/** Where each bound is nearly reached: what no draw comes near would be simulated in vain. */
const sharpest = [
  { id: "function-value", at: { d: 3, m: 1, c0: 20, gamma: 0.05 } },
  { id: "sign-flips", at: { d: 3, m: 2000, c0: 10, gamma: 0.5 } },
  { id: "gradient-size", at: { d: 4096, m: 2000, c0: 0, gamma: 0.5 } },
  { id: "gradient-size-sharp", at: { d: 4096, m: 20_000, c0: 10, gamma: 0.5 } },
  { id: "neuron-flips-fixed", at: { d: 49, m: 20_000, c0: 1, gamma: 0.2 } },
  { id: "neuron-flips-any", at: { d: 784, m: 1000, c0: 10, gamma: 0.05 } },
] as const;

test.each(sharpest)("$id: were its bound a tenth tighter, draws would break it more often than it may fail", ({ id, at }) => {
  const setting = settingOf(at);
  const { quantile } = simulate(setting, [id], { draws: 300, seed: 3 }).get(id)!;
  const { side, bound } = statements[id];
  const used = side === "at most" ? quantile / bound(setting) : bound(setting) / quantile;
  expect(used).toBeGreaterThan(0.9);
  expect(used).toBeLessThanOrEqual(1);
});

test("at the smallest γ there is, every bound is a number, on a line as well", () => {
  for (const d of [1, 784])
    for (const c0 of [0, 10]) {
      const setting = settingOf({ d, m: 1000, c0, gamma: Number.MIN_VALUE });
      for (const id of statementIds) expect(statements[id].bound(setting), id).toSatisfy(Number.isFinite);
    }
  // No neuron flips at all there, and still nothing is certain at γ = 0.
  const still = settingOf({ d: 1, m: 10, c0: 0, gamma: 0, constants: { reach: 0.5 } });
  expect(statements["neuron-flips-fixed"].bound(still)).toBe(Infinity);
});
