import { expect, test } from "vitest";
import { randomStarts } from "../../src/attack/start.ts";
import { norm, row } from "./support.ts";

const [n, d, radius] = [4000, 3, 0.5];
const budgets = Array.from({ length: n }, () => radius);

test("random starts are uniform in the l2 ball: the share within r is (r/R)^d", () => {
  const start = randomStarts("l2", d, 1)(0, budgets);
  const lengths = budgets.map((_, i) => norm(row(start, i, d)) / radius);
  expect(Math.max(...lengths)).toBeLessThan(1 + 1e-6);
  for (const r of [0.3, 0.5, 0.7, 0.9]) {
    const share = lengths.filter((length) => length < r).length / n;
    expect(Math.abs(share - r ** d)).toBeLessThan(5 * Math.sqrt((r ** d * (1 - r ** d)) / n));
  }
});

test("and in the linf ball: every coordinate is uniform", () => {
  const start = randomStarts("linf", d, 1)(0, budgets);
  for (const r of [-0.4, 0, 0.25]) {
    const share = start.filter((value) => value < r).length / (n * d);
    const expected = (r + radius) / (2 * radius);
    expect(Math.abs(share - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / (n * d)));
  }
  expect(start.every((value) => Math.abs(value) <= Math.fround(radius))).toBe(true);
});
