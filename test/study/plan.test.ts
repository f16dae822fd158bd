import { describe, expect, it } from "vitest";
import { dimensionOf, hasUnitNorm } from "../../src/data/index.ts";
import type { Cell, CellConfig } from "../../src/experiment/experiment.ts";
import { isConeConfig } from "../../src/experiment/cone/config.ts";
import { experimentOf, registerExperiment } from "../../src/experiment/index.ts";
import { isAdversarialConfig, type AdversarialConfig } from "../../src/experiment/robust/config.ts";
import { isFlipsConfig, type FlipsConfig } from "../../src/experiment/flips/config.ts";
import { isTheoryConfig } from "../../src/experiment/theory/config.ts";
import { figureNames, type FigureName } from "../../src/figure/names.ts";
import { checkStudies, figureStudies, presetNames, type Preset } from "../../src/figure/presets.ts";
import { cellKey, inputsOf } from "../../src/study/key.ts";
import { planStudies } from "../../src/study/plan.ts";
import { expand } from "../../src/study/study.ts";
import { sha256Hex } from "../../src/util/hash.ts";
import { coneConfig, exampleConfig, isNetworkCell, robustConfig, sgdRobustConfig, theoryConfig } from "./example.ts";

const fingerprints = { data: async (data: object) => JSON.stringify(data) };
const plans = (preset: Preset, figures: readonly FigureName[] = figureNames) => planStudies(figureStudies(figures, preset), fingerprints);

const cellsOf = (figure: FigureName, preset: Preset) => figureStudies([figure], preset).flatMap(expand).filter(isNetworkCell);
const sizeOf = ({ data }: { readonly data: object }): unknown => Reflect.get(data, "size");

describe("a cell's key", () => {
  it("never changes by accident", () => {
    // Where this fails, every stored cell of an experiment is lost to its owner: only a raised version is a reason to record anew.
    const known = {
      flips: [exampleConfig, "d69daf7e93da9c2b719106c5f7c6cc9ff3bae991bf8abeba3ad7263a47ef87f5"],
      robust: [robustConfig, "fa960ce2b6b02df4f4aa1935c069d127aecf32c5469e2c1b403ef8d52152db81"],
      "robust after SGD": [sgdRobustConfig, "bc9a91aaad08f14ed65795af9f4a267bb3248ec4c9991b9450e69116c588021e"],
      theory: [theoryConfig, "0827905a56b2c0f5db344c5396452cb6bc0a58399040d5f29f31788efcf2bd13"],
      cone: [coneConfig, "d6dd425f365835b5575cbaa7bf5b025be45595335ec00ea6af15dce92fe40c9f"],
    } as const;
    expect(Object.fromEntries(Object.entries(known).map(([name, [config]]) => [name, cellKey(config, "fingerprint")]))).toEqual(
      Object.fromEntries(Object.entries(known).map(([name, [, key]]) => [name, key])),
    );
  });

  it("is the same for every cell of a figure, in its order", () => {
    // Of all keys of a figure, in their order.
    const known: Record<string, readonly [count: number, hash: string]> = {
      "smoke figure-2": [12, "1f90fc239492de991d9894b078a1bf9e3a5753e2b9f3d06312ac4246d1e4bc20"],
      "smoke figure-4": [10, "7cccb7573ba1db504ea60381c7d78365a94eafd14d82b6cdaa170853ff3da43d"],
      "laptop figure-2": [36, "14154c2e37fe2712aed95b6ab6a8e6164fef8f049959c953b7bfbc1e9208d437"],
      "laptop figure-3": [54, "9cc1767dbf7852a5c4e7c2a3fb9b02e0f47ef87bd3aeabbc3cbe541edfec3135"],
      "laptop figure-4": [64, "055e0c40aabdc4cbeeedb7b009906bf76f558b56baf9e74114f283725062e897"],
      "laptop figure-5": [30, "a1c707bb6a46740aef8c7fc645fee0f518ee5536157c78825aeec2f15f7c8e9b"],
      "laptop figure-6": [45, "c2ed8a5ff80ce78a9205af121715bfbcc4721337e4d2d75811f2cb106477f806"],
      "laptop figure-7": [3, "7395eb5ba4b78392ba438970147a7b4abeeea9f8854af237702b34420f1b632f"],
      "paper figure-4": [1100, "3ab7c0b16322c896a830bebd2602039883fa01f975918a81ae5c5372b6d017ed"],
      "paper figure-5": [90, "1e82b25bdc20a52a291e98f9be123223ffaa55081bb820c80c2edf58e3846ad7"],
    };
    const now = Object.keys(known).map((name): [string, readonly [number, string]] => {
      const [preset, figure] = name.split(" ") as [Preset, FigureName];
      const keys = cellsOf(figure, preset).map((cell) => cellKey(cell, "fingerprint"));
      return [name, [keys.length, sha256Hex(keys.join())]];
    });
    expect(Object.fromEntries(now)).toEqual(known);
  });

  it("does not depend on the order in which a configuration was written", () => {
    const { kind, seed, ...rest } = exampleConfig;
    expect(cellKey({ seed, ...rest, kind }, "fingerprint")).toBe(cellKey(exampleConfig, "fingerprint"));
  });

  it("depends on every setting, the experiment, the seed and the data", () => {
    const configs: CellConfig[] = [
      exampleConfig,
      { ...exampleConfig, kind: "theory" },
      { ...exampleConfig, seed: 1 },
      { ...exampleConfig, ...{ training: { ...exampleConfig.training, lr: 0.2 } } },
      { ...exampleConfig, ...{ measure: { flips: { misclassified: "exclude", samples: false } } } },
    ];
    const keys = [cellKey(exampleConfig, "other data"), ...configs.map((config) => cellKey(config, "fingerprint"))];
    expect(new Set(keys).size).toBe(6);
  });

  it("depends on the bytes of the files that a cell reads, and is refused where nobody can read them", async () => {
    const kind = "with-files";
    registerExperiment<Cell>({ ...experimentOf(exampleConfig), kind, files: () => ["a.onnx", "b.onnx"] });
    const config = { ...exampleConfig, kind };
    const inputs = (bytes: string) => inputsOf(config, { data: async () => "data", file: async (path) => `${path} ${bytes}` });
    expect(await inputs("1")).toBe("data+a.onnx 1+b.onnx 1");
    expect(cellKey(config, await inputs("1"))).not.toBe(cellKey(config, await inputs("2")));
    await expect(inputsOf(config, { data: async () => "data" })).rejects.toThrow("nothing here reads a.onnx");
  });
});

describe("the presets", () => {
  it("paper has the paper's whole grid", () => {
    expect(cellsOf("figure-2", "paper")).toHaveLength(6 * 3 * 5);
    expect(cellsOf("figure-3", "paper")).toHaveLength(6 * 3 * 5);
    const seven = cellsOf("figure-7", "paper");
    expect(seven).toHaveLength(5);
    expect(seven[0]).toMatchObject({ data: { size: 28, normalize: true }, network: { bias: false }, measure: { flips: { samples: true } } });
  });

  it("laptop has at least 3 seeds, sizes 5 to 28, two widths and three C_0", () => {
    const values = <T>(of: (cell: FlipsConfig) => T, figure: 2 | 3) => [...new Set(cellsOf(`figure-${figure}`, "laptop").filter(isFlipsConfig).map(of))];
    expect(values(sizeOf, 2)).toEqual([5, 7, 10, 14, 20, 28]);
    expect(values(({ network }) => network.m, 2)).toHaveLength(2);
    expect(values(({ training }) => training.c0, 3)).toHaveLength(3);
    expect(values(({ seed }) => seed, 2).length).toBeGreaterThanOrEqual(3);
  });

  it("have Figure 4 as two studies, one for each panel", () => {
    const paper = cellsOf("figure-4", "paper").filter(isAdversarialConfig);
    const is = (cell: AdversarialConfig) => cell.training.c0 === 10;
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
        measure: { robust: { attack: "pgd", norm: "l2", eps: training.eps, steps: 100 } },
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
    const laptop = cellsOf("figure-4", "laptop").filter(isAdversarialConfig);
    expect(laptop.every(({ training }) => training.method === "fast" && training.steps === 10)).toBe(true);
  });

  it("have Figures 5 and 6 as 2 and 3, on images of length 1 and without biases", () => {
    for (const [figure, same] of [
      ["figure-5", "figure-2"],
      ["figure-6", "figure-3"],
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
      const studies = figureStudies(figureNames, preset);
      const names = studies.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      const figuresOf = (name: string) => studies.find((study) => study.name === name)!.figures;
      expect(figuresOf("theory-mnist")).toEqual(["bounds", "single-step", "scaling-laws"]);
      expect(figuresOf("figure-5")).toEqual(["figure-5", "scaling-laws"]);
      expect(figuresOf("figure-4-left")).toEqual(["figure-4", "scaling-laws"]);
      expect(figuresOf("figure-2")).toEqual(["figure-2"]);
      expect(figuresOf("cone")).toEqual(["figure-1"]);
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
        .every((cell) => isTheoryConfig(cell) || isConeConfig(cell)),
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
