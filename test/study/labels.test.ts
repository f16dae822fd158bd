import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf } from "../../src/study/labels.ts";
import { batchName, inOrder } from "../../src/study/order.ts";
import { fileStem, plannedName, planStudies } from "../../src/study/plan.ts";
import { resolveStudy } from "../../src/study/resolve.ts";
import { expand } from "../../src/study/study.ts";
import { exampleConfig } from "./example.ts";

const plan = async (study: object) => {
  const [planned] = await planStudies([resolveStudy({ name: "x", data: { size: 5 }, ...study }, "x")], { data: async (data) => JSON.stringify(data) });
  return planned!.cells;
};
const namesOf = async (study: object) => (await plan(study)).map(plannedName);

describe("the names of a study's cells", () => {
  it("say a swept setting that they leave out otherwise", async () => {
    const cells = await plan({ training: { lr: { each: [0.01, 0.5] } }, seeds: 2 });
    expect(cells.map(plannedName)).toEqual([
      "MNIST 0, 1 · size 5 · m 1,000 · C_0 10 · lr 0.01 · seed 0",
      "MNIST 0, 1 · size 5 · m 1,000 · C_0 10 · lr 0.01 · seed 1",
      "MNIST 0, 1 · size 5 · m 1,000 · C_0 10 · lr 0.5 · seed 0",
      "MNIST 0, 1 · size 5 · m 1,000 · C_0 10 · lr 0.5 · seed 1",
    ]);
    expect(fileStem(plannedName(cells[2]!))).toBe("mnist-0-1-size-5-m-1000-c0-10-lr-0.5-seed-0");
    const batches = inOrder([{ study: resolveStudy({ name: "x" }, "x"), cells }]);
    expect(batches.map(batchName)).toContain("MNIST 0, 1 · size 5 · m 1,000 · C_0 10 · lr 0.5 · seed 1");
  });

  it("say nothing more where the name says it already", async () => {
    for (const study of [
      {},
      { seeds: 3 },
      { network: { m: { each: [100, 200] }, bias: { each: [true, false] } }, training: { c0: { each: [1, 2] } } },
      { data: { size: { each: [5, 7] }, normalize: { each: [true, false] }, digits: { each: [[0, 1], [3, 8]] } } }, // prettier-ignore
      { training: { method: { each: ["faithful", "fast"] }, eps: { each: [0.1, 0.2] }, radius: { each: [0.1, 0.2] } } },
      { measure: [{ theory: { gamma: { each: [0.1, 0.2] } } }] },
      { measure: ["flips", "robust", "theory"], data: { normalize: true }, network: { bias: false } },
    ]) {
      const cells = await plan(study);
      expect(cells.flatMap(({ swept }) => swept)).toEqual([]);
      expect(cells.some((cell) => plannedName(cell).includes(" lr "))).toBe(false);
    }
  });

  it("say a setting in words, wherever it stands in the configuration", async () => {
    const steps = await namesOf({ training: { method: "fast", stepSize: { each: [0.1, 0.2] }, box: { each: [true, false] } } });
    expect(steps).toContain("MNIST 0, 1 · size 5 · m 1,000 · C_0 10 · ε 0.2 · fast · box false · step size 0.2 · seed 0");
    const draws = await namesOf({ measure: [{ theory: { draws: { each: [10, 20] } } }] });
    expect(draws.map((name) => /draws \d+/.exec(name)?.[0])).toEqual(["draws 10", "draws 20"]);
  });

  it("differ wherever the configurations do, and so do file names", async () => {
    const values = { c0: [1, 2], lr: [0.01, 0.5], batch: [16, 64], epochs: [1, 5], exit: ["step", "epoch"] };
    const each = (list: readonly (number | string)[]) => fc.subarray([...list], { minLength: 1 }).map((some) => ({ each: some }));
    const training = fc.record(Object.fromEntries(Object.entries(values).map(([name, list]) => [name, each(list)])));
    await fc.assert(
      fc.asyncProperty(training, fc.integer({ min: 1, max: 3 }), async (chosen, seeds) => {
        const names = await namesOf({ training: chosen, seeds });
        expect(new Set(names).size).toBe(names.length);
        expect(new Set(names.map(fileStem)).size).toBe(names.length);
      }),
      { numRuns: 30 },
    );
  });

  it("are told by what a study varies, not by what other studies do", () => {
    expect(labelsOf([exampleConfig])).toEqual([[]]);
    const slow = { ...exampleConfig, training: { ...exampleConfig.training, lr: 0.01 } };
    expect(labelsOf([exampleConfig, slow])).toEqual([["lr 0.1"], ["lr 0.01"]]);
    // A setting that any two cells of one name differ by is said of all.
    expect(labelsOf([exampleConfig, slow, { ...exampleConfig, seed: 1 }])).toEqual([["lr 0.1"], ["lr 0.01"], ["lr 0.1"]]);
    expect(labelsOf(expand(resolveStudy({ name: "x", seeds: 2 }, "x")))).toEqual([[], []]);
  });
});

describe("a file's name", () => {
  it.each([
    ["MNIST 0, 1 · size 28 · ‖x‖ = 1 · m 10,000 · C_0 10 · seed 0", "mnist-0-1-size-28-unit-norm-m-10000-c0-10-seed-0"],
    ["sphere · d 4,096 · m 1,000,000 · no biases · C_0 0.5 · γ 0.05 · theory · seed 3", "sphere-d-4096-m-1000000-no-biases-c0-0.5-gamma-0.05-theory-seed-3"],
    [
      "MNIST 3, 8 · size 5 · m 100 · radius 0.1 · ε 0.01, 0.1 · fast · apgd linf · seed 1",
      "mnist-3-8-size-5-m-100-radius-0.1-eps-0.01-0.1-fast-apgd-linf-seed-1",
    ],
  ])("%s", (name, stem) => expect(fileStem(name)).toBe(stem));
});
