import { describe, expect, it } from "vitest";
import { isRobustConfig, type CellConfig, type RobustConfig } from "../../src/study/cell.ts";
import { cellKey } from "../../src/study/key.ts";
import { batchCost, inOrder, planStudies } from "../../src/study/plan.ts";
import { figureStudies, presetNames } from "../../src/study/presets.ts";
import { expand } from "../../src/study/expand.ts";
import { figureNumbers, type FigureNumber } from "../../src/study/schema.ts";
import { exampleConfig, robustConfig } from "./example.ts";

const fingerprint = async (data: unknown) => JSON.stringify(data);
const plans = (preset: "smoke" | "laptop" | "paper", figures: readonly FigureNumber[] = figureNumbers) =>
  planStudies(
    figures.flatMap((figure) => figureStudies(figure, preset)),
    fingerprint,
  );

const cellsOf = (figure: FigureNumber, preset: "smoke" | "laptop" | "paper") => figureStudies(figure, preset).flatMap(expand);

describe("a cell's key", () => {
  it("never changes by accident", () => {
    // When this fails, every stored result is lost to its owner. Change it only together with resultVersion.
    expect(cellKey(exampleConfig, "fingerprint")).toBe("d56dc1ef3cd323aae259037670c7742287a8cd0acc43e57a56f3adec18284de9");
  });

  it("of adversarial training never changes by accident", () => {
    expect(cellKey(robustConfig, "fingerprint")).toBe("a1ff8f83487d5e285618e5604d3421a7e02e81b5316a48fcf06dd067bea905f4");
  });

  it("does not depend on the order in which a configuration was written", () => {
    const reversed = Object.fromEntries(Object.entries(exampleConfig).reverse()) as unknown as typeof exampleConfig;
    expect(cellKey(reversed, "fingerprint")).toBe(cellKey(exampleConfig, "fingerprint"));
  });

  it("depends on every setting, the seed and the data", () => {
    const others = [
      cellKey(exampleConfig, "other data"),
      cellKey({ ...exampleConfig, seed: 1 }, "fingerprint"),
      cellKey({ ...exampleConfig, training: { ...exampleConfig.training, lr: 0.2 } }, "fingerprint"),
      cellKey({ ...exampleConfig, measure: { flips: { misclassified: "exclude", samples: false } } }, "fingerprint"),
    ];
    expect(new Set([...others, cellKey(exampleConfig, "fingerprint")]).size).toBe(5);
  });
});

describe("the presets", () => {
  it("paper has the paper's whole grid", () => {
    expect(cellsOf(2, "paper")).toHaveLength(6 * 3 * 5);
    expect(cellsOf(3, "paper")).toHaveLength(6 * 3 * 5);
    const seven = cellsOf(7, "paper");
    expect(seven).toHaveLength(5);
    expect(seven[0]).toMatchObject({ data: { size: 28, normalize: true }, network: { bias: false }, measure: { flips: { samples: true } } });
  });

  it("laptop has at least 3 seeds, sizes 5 to 28, two widths and three C_0", () => {
    const values = <T>(of: (cell: CellConfig) => T, figure: 2 | 3) => [...new Set(cellsOf(figure, "laptop").map(of))];
    expect(values(({ data }) => data.size, 2)).toEqual([5, 7, 10, 14, 20, 28]);
    expect(values(({ network }) => network.m, 2)).toHaveLength(2);
    expect(values(({ training }) => training.c0, 3)).toHaveLength(3);
    expect(values(({ seed }) => seed, 2).length).toBeGreaterThanOrEqual(3);
  });

  it("have Figure 4 as two studies, one for each panel", () => {
    const paper = cellsOf(4, "paper").filter(isRobustConfig);
    const is = (cell: RobustConfig) => cell.training.c0 === 10;
    const [left, right] = [paper.filter(is), paper.filter((cell) => !is(cell))];
    expect(left).toHaveLength(6 * 20 * 5);
    expect(new Set(left.map(({ training }) => training.eps)).size).toBe(20);
    expect(left.every(({ training, network }) => network.m === 1000 && training.radius === 10 / Math.sqrt(1000))).toBe(true);
    expect(right).toHaveLength(5 * 20 * 5);
    expect(right.every(({ data, training }) => data.size === 28 && training.eps === 0.2 && !("c0" in training))).toBe(true);
    for (const { data, network, training, measure } of paper) {
      expect({ normalize: data.normalize, bias: network.bias, measure }).toEqual({
        normalize: true,
        bias: true,
        measure: { robust: { attack: "pgd", steps: 100 } },
      });
      expect(training).toMatchObject({
        method: "faithful",
        lr: 0.01,
        batch: 32,
        epochs: 1000,
        patience: 20,
        minRise: 1e-4,
        project: "epoch",
        box: true,
        steps: 100,
      });
      expect(training).not.toHaveProperty("train");
    }
    const laptop = cellsOf(4, "laptop").filter(isRobustConfig);
    expect(laptop.every(({ training }) => training.method === "fast" && training.steps === 10)).toBe(true);
  });

  it("have Figures 5 and 6 as 2 and 3, on images of length 1 and without biases", () => {
    for (const [figure, same] of [
      [5, 2],
      [6, 3],
    ] as const) {
      const cells = cellsOf(figure, "paper");
      expect(cells.every(({ data, network }) => data.normalize && !network.bias)).toBe(true);
      const others = cellsOf(same, "paper").map((cell) => ({ ...cell, data: { ...cell.data, normalize: true }, network: { ...cell.network, bias: false } }));
      expect(cells).toEqual(others);
    }
  });

  it("share cells between figures", async () => {
    for (const preset of presetNames) {
      const all = await plans(preset);
      const cells = all.flatMap((one) => one.cells.map(({ key }) => key));
      expect(new Set(cells).size).toBeLessThan(cells.length);
    }
  });
});

describe("the order of cells", () => {
  it("has every key once", async () => {
    const all = await plans("laptop");
    const ordered = inOrder(all)
      .flat()
      .map(({ key }) => key);
    expect(new Set(ordered).size).toBe(ordered.length);
    expect(new Set(ordered)).toEqual(new Set(all.flatMap(({ cells }) => cells.map(({ key }) => key))));
  });

  it("completes one figure after the other, cheap batches first", async () => {
    const all = await plans("laptop");
    const ordered = inOrder(all);
    const position = new Map(ordered.flat().map(({ key }, i) => [key, i]));
    const ends = all.map(({ cells }) => Math.max(...cells.map(({ key }) => position.get(key)!)));
    const firstEnd = Math.min(...ends);
    expect(firstEnd).toBe(all[ends.indexOf(firstEnd)]!.cells.length - 1);
    const costs = ordered.filter((batch) => position.get(batch[0]!.key)! <= firstEnd).map(batchCost);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
  });

  it("trains adversarially for every ball alone", async () => {
    for (const preset of presetNames) expect(inOrder(await plans(preset, [4])).every((batch) => batch.length === 1)).toBe(true);
  });

  it("trains once for all C_0 of a study", async () => {
    for (const batch of inOrder(await plans("laptop", [3]))) expect(batch.map(({ config }) => config.training.c0)).toEqual([10, 20, 30]);
    const cells = await plans("laptop", [3]);
    const done = cells[0]!.cells.find(({ config }) => config.training.c0 === 20)!.key;
    expect(Math.min(...inOrder(cells, (key) => key === done).map((batch) => batch.length))).toBe(2);
  });

  it("keeps a network that any study wants kept", async () => {
    const [kept] = await planStudies(figureStudies(2, "smoke"), fingerprint, { networks: "all" });
    const [bare] = await planStudies(figureStudies(2, "smoke"), fingerprint, { networks: "none" });
    expect(
      inOrder([bare!, kept!])
        .flat()
        .every(({ keepNetwork }) => keepNetwork),
    ).toBe(true);
    expect(
      inOrder([bare!])
        .flat()
        .some(({ keepNetwork }) => keepNetwork),
    ).toBe(false);
    const [first] = await plans("smoke", [2]);
    expect(first!.cells.filter(({ keepNetwork }) => keepNetwork).every(({ config }) => config.seed === 0)).toBe(true);
  });
});
