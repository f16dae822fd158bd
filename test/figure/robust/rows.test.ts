import type { AdversarialResult } from "../../../src/experiment/robust/config.ts";
import { describe, expect, it } from "vitest";
import { figures } from "../../../src/figure/index.ts";
import { curvesOf, gridOf, halvesOf, tilesOf } from "../../../src/figure/robust/rows.ts";
import { thresholdOf } from "../../../src/figure/robust/threshold.ts";
import { syntheticRobust } from "../synthetic.ts";

const keys = (results: readonly AdversarialResult[]) => results.map(({ key }) => key).sort();

describe("the two halves of figure 4", () => {
  const left = syntheticRobust({ halves: ["left"] });
  const right = syntheticRobust({ halves: ["right"] });

  it("tells them apart, in whatever order they come", () => {
    const { left: l, right: r } = halvesOf([...right, ...left].reverse());
    expect(keys(l.results)).toEqual(keys(left));
    expect(keys(r.results)).toEqual(keys(right));
  });

  it("takes what there is of either", () => {
    expect(halvesOf(left).right.results).toEqual([]);
    expect(halvesOf(right).left.results).toEqual([]);
    expect(keys(halvesOf(right).right.results)).toEqual(keys(right));
    // One place on both axes may be either's; beside the other half it is not.
    expect(keys(halvesOf([...left, right[0]!]).right.results)).toEqual([right[0]!.key]);
    expect(keys(halvesOf([left[0]!, ...right]).left.results)).toEqual([left[0]!.key]);
    expect(halvesOf([left[0]!]).left.results).toHaveLength(1);
  });

  it("draws the larger of two settings and says how the other differs", () => {
    const fast = syntheticRobust({ halves: ["left"], method: "fast", train: 2000, seeds: 1 });
    const { left: l } = halvesOf([...fast, ...left]);
    expect(keys(l.results)).toEqual(keys(left));
    expect(figures["figure-4"].notes([...fast, ...left]).at(-1)).toMatch(new RegExp(`^Not shown: ${fast.length} runs \\(fast · .*train = 2,000`));
  });

  it("has a column of its own for every m where radii are given as C_0/√m", () => {
    const byC0 = right.map((result): AdversarialResult => {
      const c0 = Math.round(result.row.radius * 100);
      const radius = c0 / Math.sqrt(result.row.m);
      return { ...result, config: { ...result.config, training: { ...result.config.training, c0, radius } }, row: { ...result.row, c0, radius } };
    });
    const half = halvesOf(byC0).right;
    const { across, along } = gridOf(half);
    expect(across).toHaveLength(4);
    for (const m of across) expect(along(m)).toHaveLength(10);
    expect(tilesOf(half)).toHaveLength(40);
  });

  it("leaves out what a logarithmic axis has no place for", () => {
    const zero = {
      ...left[0]!,
      key: "zero",
      config: { ...left[0]!.config, training: { ...left[0]!.config.training, eps: 0 }, measure: { robust: { ...left[0]!.config.measure.robust, eps: 0 } } },
      row: { ...left[0]!.row, eps: 0 },
    };
    expect(keys(halvesOf([...left, zero]).left.results)).toEqual(keys(left));
    expect(figures["figure-4"].notes([...left, zero]).at(-1)).toBe("Not shown: 1 run (ε = 0).");
  });
});

describe("what the heat map shows", () => {
  const rows = syntheticRobust({ sizes: [5, 10, 28], seeds: 3, halves: ["left"] });
  type Values = { data: { values: Record<string, number>[] } };
  type Drawn = { concat: (Values & { layer: Values[] })[] };
  const drawn = (results: readonly AdversarialResult[]) => figures["figure-4"].spec(results) as unknown as Drawn;

  it("has a tile per d and ε at the mean over seeds, and tiles that meet", () => {
    const tiles = drawn(rows).concat[0]!.data.values;
    expect(tiles).toHaveLength(30);
    const there = rows.filter(({ row }) => row.d === 100 && row.eps === 0.2).map(({ row }) => row.robustTestAccuracy);
    const tile = tiles.find((one) => one["across"] === 100 && Number(one["along"]) === 0.2)!;
    expect(tile["accuracy"]).toBeCloseTo(there.reduce((sum, value) => sum + value, 0) / 3, 12);
    for (const one of tiles) {
      const above = tiles.find((other) => other["across"] === one["across"] && other["y"]! > one["y"]! && other["y"]! <= one["y2"]!);
      if (Number(one["along"]) < 1) expect(above).toBeDefined();
    }
  });

  it("has grey tiles for what is missing, in the same places", () => {
    const places = (results: readonly AdversarialResult[]) => drawn(results).concat[0]!.data.values.map(({ x, x2, y, y2 }) => [x, x2, y, y2]);
    const some = rows.filter(({ row }) => !(row.d === 100 && row.eps === 0.4));
    expect(places(some)).toEqual(places(rows));
    expect(drawn(some).concat[0]!.data.values.filter(({ accuracy }) => accuracy === null)).toHaveLength(1);
  });

  it("draws the line at c/√d and the circles where the curves pass one half", () => {
    const { fit, curves } = thresholdOf(halvesOf(rows).left);
    expect(curves).toHaveLength(9);
    expect(curvesOf(halvesOf(rows).left)[0]!.samples).toHaveLength(10);
    const layers = drawn(rows).concat[0]!.layer;
    const circles = layers.at(-1)!.data.values;
    expect(circles.map(({ x }) => x)).toEqual([25, 100, 784]);
    circles.forEach(({ y }, i) => expect(y).toBe(fit.means[i]!.at));
    for (const { x, y } of layers.at(-3)!.data.values) expect(y! * Math.sqrt(x!)).toBeCloseTo(fit.c, 10);
  });
});
