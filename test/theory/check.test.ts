import { beforeAll, describe, expect, test } from "vitest";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { checkStatements, settingOf, type CheckOptions } from "../../src/theory/check.ts";
import { worstButShare } from "../../src/theory/statements/statement.ts";
import { onBall } from "./networks.ts";

beforeAll(() => useNodeEngine());

describe("what the theory is not about is refused in one line", () => {
  const initial = twoLayer({ d: 3, m: 5, seed: 1 });
  const on = Float32Array.of(0.6, 0, 0.8);
  const check = (x = on, networks: Parameters<typeof checkStatements>[0] = { initial, trained: initial }, options: Partial<CheckOptions> = {}) =>
    checkStatements(networks, x, { c0: 1, gamma: 0.1, draws: 2, only: ["function-value"], ...options });
  const refused = (message: RegExp) => ({ code: "SF_OPTION", message: expect.stringMatching(message) });

  test("points off the sphere", async () => {
    await expect(check(Float32Array.of(0.6, 0, 0.8, 1, 1, 0))).rejects.toMatchObject(refused(/^theory: point 1 has norm 1\.41.*‖x‖ = 1: normalize the data$/));
    await expect(check(Float32Array.of(0, 0, 0))).rejects.toMatchObject(refused(/point 0 has norm 0;/));
    await expect(check(Float32Array.of(NaN, 0, 1))).rejects.toMatchObject(refused(/point 0 has norm NaN;/));
    for (const x of [new Float32Array(0), new Float32Array(4)]) await expect(check(x)).rejects.toMatchObject(refused(/expected points of 3 numbers each/));
    await expect(check()).resolves.toHaveLength(1);
  });

  test("networks with biases, of another size or outside the ball", async () => {
    const bias = twoLayer({ d: 3, m: 5, bias: true });
    await expect(check(on, { initial: bias, trained: bias })).rejects.toMatchObject(refused(/without biases/));
    await expect(check(on, { initial, trained: twoLayer({ d: 3, m: 6 }) })).rejects.toMatchObject(refused(/d, m = 3, 5 and 3, 6/));
    await expect(check(on, { initial, trained: onBall(initial, 1) })).rejects.toMatchObject(refused(/outside the lazy ball of radius 0\.447/));
  });

  test("settings out of range", async () => {
    await expect(check(on, undefined, { draws: 0 })).rejects.toMatchObject(refused(/draws must be a whole number from 1; got 0/));
    for (const gamma of [-0.1, 1.1, NaN]) await expect(check(on, undefined, { gamma })).rejects.toMatchObject(refused(/γ must be a number from 0 to 1/));
    for (const c0 of [-1, Infinity, NaN]) await expect(check(on, undefined, { c0 })).rejects.toMatchObject(refused(/C_0 must be a number from 0/));
    for (const at of [{ d: 0 }, { m: 1.5 }]) expect(() => settingOf({ d: 1, m: 1, c0: 1, gamma: 0.1, ...at })).toThrow(/must be a whole number from 1/);
    expect(() => settingOf({ d: 1, m: 1, c0: 1, gamma: 0.1, constants: { c1: 0 } })).toThrow(/c1 must be a number above 0; got 0/);
  });
});

test("a share of the values may be worse, counted without rounding errors", () => {
  const values = Array.from({ length: 100 }, (_, i) => i);
  expect(worstButShare(values, "at most", 0)).toBe(99);
  expect(worstButShare(values, "at most", 0.29)).toBe(70);
  expect(worstButShare(values, "at least", 1 - 0.9)).toBe(10);
  expect(worstButShare(values, "at least", 0.999)).toBe(99);
  expect([worstButShare(values, "at most", 1), worstButShare([3], "at least", 0.5)]).toEqual([0, 3]);
});
