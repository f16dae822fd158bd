import { describe, expect, it } from "vitest";
import { isFlipsConfig, type FlipsConfig } from "../../src/experiment/flips/config.ts";
import { figureNames, type FigureName } from "../../src/figure/names.ts";
import { figureStudies, presetNames, type Preset } from "../../src/figure/presets.ts";
import { batchCost, batchName, inOrder, type Batch } from "../../src/study/order.ts";
import { planStudies } from "../../src/study/plan.ts";
import { resolveStudy } from "../../src/study/resolve.ts";

const fingerprints = { data: async (data: object) => JSON.stringify(data) };
const plans = (preset: Preset, figures: readonly FigureName[] = figureNames) => planStudies(figureStudies(figures, preset), fingerprints);
const ballsOf = (batch: Batch) =>
  batch
    .map(({ config }) => config)
    .filter(isFlipsConfig)
    .map(({ training }: FlipsConfig) => training.c0);

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
    for (const preset of presetNames) expect(inOrder(await plans(preset, ["figure-4"])).every((batch) => batch.length === 1)).toBe(true);
  });

  it("trains once for all C_0 of a study", async () => {
    for (const batch of inOrder(await plans("laptop", ["figure-3"]))) expect(ballsOf(batch)).toEqual([10, 20, 30]);
    const cells = await plans("laptop", ["figure-3"]);
    const done = cells[0]!.cells.find((cell) => ballsOf([cell])[0] === 20)!.key;
    expect(Math.min(...inOrder(cells, (key) => key === done).map((batch) => batch.length))).toBe(2);
  });

  it("keeps a network that any study wants kept", async () => {
    const [kept] = await planStudies(figureStudies(["figure-2"], "smoke"), fingerprints, { networks: "all" });
    const [bare] = await planStudies(figureStudies(["figure-2"], "smoke"), fingerprints, { networks: "none" });
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
    const [first] = await plans("smoke", ["figure-2"]);
    expect(first!.cells.filter(({ keepNetwork }) => keepNetwork).every(({ config }) => config.seed === 0)).toBe(true);
  });

  it("measures a network by several attacks and budgets after one training", async () => {
    const attacks = { attack: { each: ["fgsm", "pgd"] }, eps: { each: [0.01, 0.1] } };
    const study = resolveStudy({ name: "x", data: { size: { each: [5, 7] } }, training: { method: "sgd" }, measure: [{ robust: attacks }], seeds: 2 }, "x");
    const batches = inOrder(await planStudies([study], fingerprints));
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 4, 4]);
    for (const batch of batches) expect(new Set(batch.map(({ config }) => config.seed)).size).toBe(1);
    expect(batchName(batches[0]!)).toBe("MNIST 0, 1 · size 5 · m 1,000 · C_0 10 · ε 0.01, 0.1 · sgd · fgsm, pgd · seed 0");
  });

  it("keeps what different experiments compute apart", async () => {
    const study = resolveStudy({ name: "x", measure: ["flips", "robust"], training: { c0: { each: [1, 2] } } }, "x");
    const batches = inOrder(await planStudies([study], fingerprints));
    const kinds = batches.map((batch) => batch.map(({ config }) => config.kind).join(" "));
    expect(kinds.toSorted((a, b) => a.localeCompare(b))).toEqual(["flips flips", "robust", "robust"]);
  });
});
