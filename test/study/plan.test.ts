import { isAdversarialConfig } from "../../src/experiment/robust/config.ts";
import { isTheoryConfig } from "../../src/experiment/theory/config.ts";
import { dimensionOf, hasUnitNorm } from "../../src/data/index.ts";
import type { CellConfig } from "../../src/experiment/experiment.ts";
import type { RobustConfig } from "../../src/experiment/robust/config.ts";
import { batchCost, inOrder } from "../../src/study/order.ts";
import { expand } from "../../src/study/study.ts";
import { describe, expect, it } from "vitest";
import { cellKey } from "../../src/study/key.ts";
import { planStudies } from "../../src/study/plan.ts";
import { checkStudies, figureStudies, presetNames, type Preset } from "../../src/study/presets.ts";
import { figureKeys, type FigureKey } from "../../src/study/schema.ts";
import { sha256Hex } from "../../src/util/hash.ts";
import { coneConfig, exampleConfig, robustConfig, theoryConfig } from "./example.ts";

const fingerprint = async (data: unknown) => JSON.stringify(data);
const plans = (preset: Preset, figures: readonly FigureKey[] = figureKeys) => planStudies(figureStudies(figures, preset), fingerprint);

const cellsOf = (figure: FigureKey, preset: Preset) => figureStudies([figure], preset).flatMap(expand);
const sizeOf = ({ data }: CellConfig) => (data.dataset === "mnist" ? data.size : undefined);

describe("a cell's key", () => {
  it("never changes by accident", () => {
    // When this fails, every stored result is lost to its owner. Change it only together with resultVersion.
    expect(cellKey(exampleConfig, "fingerprint")).toBe("d56dc1ef3cd323aae259037670c7742287a8cd0acc43e57a56f3adec18284de9");
  });

  it("of adversarial training never changes by accident", () => {
    expect(cellKey(robustConfig, "fingerprint")).toBe("a1ff8f83487d5e285618e5604d3421a7e02e81b5316a48fcf06dd067bea905f4");
  });

  it("is the same for every cell of Figures 2 to 7 as it was before there were spheres and checks of the theory", () => {
    // Of all keys of a figure, in their order.
    const known: Record<string, readonly [count: number, hash: string]> = {
      "smoke 2": [12, "4d5982039c8f05a6cc72f1a19b9a5614d2be5cb209251cf05208954712705d07"],
      "smoke 4": [10, "56dcbe5ba97f9fcbd2c93d5b7b89fd686a744e1610702b76e9167c82f4c8ec59"],
      "laptop 2": [36, "b80b1b9ef8287734ac3ecddb60487a0710ca763c9201bb459b82e6381d568ef6"],
      "laptop 3": [54, "22097a1e41a92f696ce502dd52aa15148b8677bb5282cfadc6798b3c0f9e416c"],
      "laptop 4": [64, "df19cfcd48c2045bd70dd34cd5a1e15dfafbcfd0f452f0af27fe9a895d9d9b4e"],
      "laptop 5": [30, "81038fb012187bba65526f334c87e8ccdbc7f22003d6a43012f65423833d50fc"],
      "laptop 6": [45, "27ed561a4ec52131a2360c36ad178f6387018607ff34b21b18c3718e9d77ff2e"],
      "laptop 7": [3, "ff670c40de077e67916b03633306b18508690676a03089f74848b11798094c26"],
      "paper 4": [1100, "9936bfa73fa0341957451f9ee218fe861582b8ecd288341b24271605a7bf5681"],
      "paper 5": [90, "c87e809c1a40f504888e2803fd0313bd71ea9410b53e05eed92e9965286f8a0d"],
    };
    for (const [name, expected] of Object.entries(known)) {
      const [preset, figure] = name.split(" ") as [Preset, string];
      const keys = cellsOf(Number(figure) as FigureKey, preset).map((cell) => cellKey(cell, "fingerprint"));
      expect([keys.length, sha256Hex(keys.join())], name).toEqual(expected);
    }
  });

  it("of a check of the theory and of a path beyond the ball never changes by accident", () => {
    expect(cellKey(theoryConfig, "fingerprint")).toBe("0986f7493c0547bc82e2f3319eecbff915aa97bc3ce81904b279da40cc72c9c3");
    expect(cellKey(coneConfig, "fingerprint")).toBe("bc89eaa73fdf6bafb685a29da396fd6baa11794f86d57035ec5c8add4a99967b");
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
    expect(values(sizeOf, 2)).toEqual([5, 7, 10, 14, 20, 28]);
    expect(values(({ network }) => network.m, 2)).toHaveLength(2);
    expect(values(({ training }) => training.c0, 3)).toHaveLength(3);
    expect(values(({ seed }) => seed, 2).length).toBeGreaterThanOrEqual(3);
  });

  it("have Figure 4 as two studies, one for each panel", () => {
    const paper = cellsOf(4, "paper").filter(isAdversarialConfig);
    const is = (cell: RobustConfig) => cell.training.c0 === 10;
    const [left, right] = [paper.filter(is), paper.filter((cell) => !is(cell))];
    expect(left).toHaveLength(6 * 20 * 5);
    expect(new Set(left.map(({ training }) => training.eps)).size).toBe(20);
    expect(left.every(({ training, network }) => network.m === 1000 && training.radius === 10 / Math.sqrt(1000))).toBe(true);
    expect(right).toHaveLength(5 * 20 * 5);
    expect(right.every((cell) => sizeOf(cell) === 28 && cell.training.eps === 0.2 && !("c0" in cell.training))).toBe(true);
    for (const { data, network, training, measure } of paper) {
      expect({ normalize: hasUnitNorm(data), bias: network.bias, measure }).toEqual({
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
    const laptop = cellsOf(4, "laptop").filter(isAdversarialConfig);
    expect(laptop.every(({ training }) => training.method === "fast" && training.steps === 10)).toBe(true);
  });

  it("have Figures 5 and 6 as 2 and 3, on images of length 1 and without biases", () => {
    for (const [figure, same] of [
      [5, 2],
      [6, 3],
    ] as const) {
      const cells = cellsOf(figure, "paper");
      expect(cells.every(({ data, network }) => hasUnitNorm(data) && !network.bias)).toBe(true);
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

describe("the studies behind several figures", () => {
  it("stand once, with all the figures they are drawn in", () => {
    for (const preset of presetNames) {
      const studies = figureStudies(figureKeys, preset);
      const names = studies.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      const figuresOf = (name: string) => studies.find((study) => study.name === name)!.figures;
      expect(figuresOf("theory-mnist")).toEqual(["bounds", "single-step", "scaling-laws"]);
      expect(figuresOf("figure-5")).toEqual([5, "scaling-laws"]);
      expect(figuresOf("figure-4-left")).toEqual([4, "scaling-laws"]);
      expect(figuresOf("figure-2")).toEqual([2]);
      expect(figuresOf("cone")).toEqual([1]);
    }
  });

  it("are drawn in nothing that was not asked for", () => {
    const studies = figureStudies(["scaling-laws"], "laptop");
    expect(studies.every(({ figures }) => figures.join() === "scaling-laws")).toBe(true);
    expect(studies.map(({ name }) => name)).toEqual(expect.arrayContaining(["figure-4-left", "figure-4-right", "figure-5", "figure-6"]));
  });

  it("that check the theory are those and no others", () => {
    const names = checkStudies("laptop").map(({ name }) => name);
    expect(names).toContain("cone");
    expect(names.every((name) => name === "cone" || name.startsWith("theory-"))).toBe(true);
    expect(
      checkStudies("laptop")
        .flatMap(expand)
        .every((cell) => "theory" in cell.measure || "cone" in cell.measure),
    ).toBe(true);
  });

  it("cover dimensions from 16 to 4096, widths from 100 to 100,000 and three C_0 at the laptop preset, 2,000 draws at most of them", () => {
    const cells = checkStudies("laptop").flatMap(expand).filter(isTheoryConfig);
    const values = (of: (cell: (typeof cells)[number]) => number) => [...new Set(cells.map(of))].sort((a, b) => a - b);
    expect(values(({ data }) => dimensionOf(data))).toEqual([16, 25, 49, 64, 100, 196, 256, 400, 784, 1024, 4096]);
    expect(values(({ network }) => network.m)).toEqual([100, 1000, 2000, 10_000, 100_000]);
    expect(values(({ training }) => training.c0)).toEqual([2, 10, 30]);
    expect(values(({ measure }) => measure.theory.gamma).length).toBeGreaterThanOrEqual(3);
    expect(cells.filter(({ network }) => network.m <= 10_000).every(({ measure }) => measure.theory.draws >= 2000)).toBe(true);
    expect(cells.every(({ data, network }) => hasUnitNorm(data) && !network.bias)).toBe(true);
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
    const [kept] = await planStudies(figureStudies([2], "smoke"), fingerprint, { networks: "all" });
    const [bare] = await planStudies(figureStudies([2], "smoke"), fingerprint, { networks: "none" });
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
