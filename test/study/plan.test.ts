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

  it("is the same for every cell of a figure at its first three seeds", () => {
    // Of all these keys, sorted: a preset may have more seeds than before, and other studies, and still find its old cells.
    const known: Record<string, readonly [count: number, hash: string]> = {
      "smoke figure-2": [12, "889fb516214e12ccfbb38983ce20f396f39f9eb5cb9c61b8384d1981641435b4"],
      "smoke figure-4": [10, "9ed2a98d9e74242062df53b55c40aef472987f31890f903f83159f5c68e9320e"],
      "laptop figure-2": [36, "36b618c83b89d5cc351b01980aa190cb05898d7c0260f0a7dfb95e2aa8f99e20"],
      "laptop figure-3": [54, "afe640a7892e6de7baa9b5483f77327847c22966fb10b6acbc651c62bf4064fe"],
      "laptop figure-4": [64, "0cf203c4c089f3562f12f65eb5e78faed265b3c0b3bf790e81c3701363b919c7"],
      "laptop figure-5": [30, "9987ad1ae5885a5b53f508973e584d20e97552f21ee4aac4ec9cc8e02e8b7fd3"],
      "laptop figure-6": [45, "24a5c61e1ccfd0b2fdfe447f19441258e71f88faf6c17bde749fa6f47bd3f5f4"],
      "laptop figure-7": [3, "bda2f456721692daeaf88c9b13979defbbc96c86f4d9ac2139b9c57006be5611"],
      "paper figure-4": [660, "a9020d7baffc4b0df5d728575810915d75d02add3a7207daefea1e0eac01e60e"],
      "paper figure-5": [54, "e332cbca71204933af4729bdda7f7096448ec6fd49cda0c1f819aa975d75e70a"],
    };
    const now = Object.keys(known).map((name): [string, readonly [number, string]] => {
      const [preset, figure] = name.split(" ") as [Preset, FigureName];
      const cells = cellsOf(figure, preset).filter(({ seed }) => seed < 3);
      const keys = [...new Set(cells.map((cell) => cellKey(cell, "fingerprint")))].toSorted();
      return [name, [keys.length, sha256Hex(keys.join())]];
    });
    expect(Object.fromEntries(now)).toEqual(known);
  });

  it("does not depend on the order in which a configuration was written", () => {
    const { kind, seed, ...rest } = exampleConfig;
    expect(cellKey({ seed, ...rest, kind }, "fingerprint")).toBe(cellKey(exampleConfig, "fingerprint"));
  });

  it("depends on every setting, the experiment, the seed and the data", () => {
    const faster: FlipsConfig = { ...exampleConfig, training: { ...exampleConfig.training, lr: 0.2 } };
    const excluding: FlipsConfig = { ...exampleConfig, measure: { flips: { misclassified: "exclude", samples: false } } };
    const configs: CellConfig[] = [exampleConfig, { ...exampleConfig, kind: "theory" }, { ...exampleConfig, seed: 1 }, faster, excluding];
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
