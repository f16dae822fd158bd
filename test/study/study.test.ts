import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isConeConfig } from "../../src/experiment/cone/config.ts";
import { isFlipsConfig } from "../../src/experiment/flips/config.ts";
import { isAdversarialConfig } from "../../src/experiment/robust/config.ts";
import { isTheoryConfig } from "../../src/experiment/theory/config.ts";
import { parseStudy } from "../../src/study/parse.ts";
import { resolveStudy } from "../../src/study/resolve.ts";
import { expand, toInput, withSeeds } from "../../src/study/study.ts";
import { isNetworkCell } from "./example.ts";

const figure2 = `
name: figure-2
data: { dataset: mnist, digits: [0, 1], size: { each: [5, 7, 10, 14, 20, 28] } }
network: { kind: two-layer, m: { each: [1000, 10000, 100000] }, bias: true }
training: { method: sgd, c0: 10, lr: 0.1, batch: 64, exit: step, epochs: 1000 }
measure: [flips]
seeds: 5
`;
const cellsOf = (text: string) => expand(parseStudy(text, "s.yaml"));

describe("a study", () => {
  it("expands to every combination at every seed", () => {
    const cells = cellsOf(figure2);
    expect(cells).toHaveLength(6 * 3 * 5);
    expect(cells[0]).toEqual({
      kind: "flips",
      data: { dataset: "mnist", digits: [0, 1], size: 5, normalize: false },
      network: { kind: "two-layer", m: 1000, bias: true },
      training: { method: "sgd", c0: 10, lr: 0.1, batch: 64, exit: "step", epochs: 1000 },
      measure: { flips: { misclassified: "zero", samples: false } },
      seed: 0,
    });
    expect(cells.slice(0, 5).map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(cells.map((cell) => JSON.stringify(cell))).size).toBe(cells.length);
  });

  it("has the paper's setting where it says nothing", () => {
    const [cell, ...others] = cellsOf("name: short");
    expect(others).toEqual([]);
    expect(cell).toMatchObject({ data: { size: 28 }, network: { m: 1000, bias: true }, training: { c0: 10, lr: 0.1, batch: 64, exit: "step", epochs: 1000 } });
  });

  it("takes no cell twice", () => {
    expect(expand(resolveStudy({ name: "x", data: { size: { each: [5, 5, 7] } }, seeds: [3, 3] }, "x"))).toHaveLength(2);
  });

  it("runs at other seeds where it is told to", () => {
    const study = parseStudy("name: x\ndata: { size: { each: [5, 7] } }", "s.yaml");
    expect(expand(withSeeds(study, [4, 9])).map(({ seed }) => seed)).toEqual([4, 9, 4, 9]);
  });

  it("of adversarial training expands with its balls resolved", () => {
    const study = (training: string) => cellsOf(`name: x\nnetwork: { m: { each: [100, 400] } }\ntraining: ${training}`).filter(isAdversarialConfig);
    const cells = study("{ method: { each: [faithful, fast] }, eps: { each: [0.1, 0.2] }, c0: 10 }");
    expect(cells).toHaveLength(8);
    expect(cells[0]).toEqual({
      kind: "robust",
      data: { dataset: "mnist", digits: [0, 1], size: 28, normalize: false },
      network: { kind: "two-layer", m: 100, bias: true },
      training: {
        method: "faithful",
        eps: 0.1,
        c0: 10,
        radius: 1,
        lr: 0.01,
        batch: 32,
        epochs: 1000,
        patience: 20,
        minRise: 1e-4,
        project: "epoch",
        box: true,
        steps: 100,
      },
      measure: { robust: { attack: "pgd", norm: "l2", eps: 0.1, steps: 100 } },
      seed: 0,
    });
    expect(cells.map(({ training }) => training.steps)).toEqual([100, 100, 10, 10, 100, 100, 10, 10]);
    // Unless told otherwise, the budget of the test is that of the training.
    expect(cells.map(({ measure }) => measure.robust.eps)).toEqual(cells.map(({ training }) => training.eps));
    const byRadius = study("{ method: fast, radius: { each: [0.1, 0.3] }, train: 500, stepSize: 0.01 }");
    expect(byRadius.map(({ training }) => training)).toEqual(
      [0.1, 0.3, 0.1, 0.3].map((radius) => expect.objectContaining({ radius, train: 500, stepSize: 0.01, eps: 0.2 }) as unknown),
    );
    expect(byRadius.some(({ training }) => "c0" in training)).toBe(false);
    expect(cellsOf("name: x\nmeasure: [robust]")[0]).toMatchObject({ training: { method: "faithful", c0: 10 } });
  });

  it("of adversarial training may be measured at other budgets, by other attacks", () => {
    const text =
      "name: x\ntraining: { method: fast, eps: 0.2 }\nmeasure: [{ robust: { attack: { each: [fgsm, apgd] }, norm: linf, eps: { each: [0, 0.05] } } }]";
    const cells = cellsOf(text).filter(isAdversarialConfig);
    expect(cells.every(({ training }) => training.eps === 0.2)).toBe(true);
    expect(cells.map(({ measure }) => measure.robust)).toEqual([
      { attack: "fgsm", norm: "linf", eps: 0 },
      { attack: "fgsm", norm: "linf", eps: 0.05 },
      { attack: "apgd", norm: "linf", eps: 0, steps: 100 },
      { attack: "apgd", norm: "linf", eps: 0.05, steps: 100 },
    ]);
  });

  it("of SGD may measure robust accuracy alone or beside flips", () => {
    const alone = cellsOf("name: x\ntraining: { method: sgd }\nmeasure: [{ robust: { eps: { each: [0.01, 0.1] } } }]");
    const measure = (eps: number) => ({ robust: { attack: "pgd", norm: "l2", eps, steps: 100, box: true } });
    const training = { method: "sgd", c0: 10, lr: 0.1, batch: 64, exit: "step", epochs: 1000 };
    expect(alone).toEqual([0.01, 0.1].map((eps) => expect.objectContaining({ kind: "robust", training, measure: measure(eps) }) as unknown));
    const both = cellsOf("name: x\nmeasure: [flips, { robust: { eps: { each: [0.01, 0.1] } } }]\nseeds: 2").filter(isNetworkCell);
    expect(both.map(({ kind, seed }) => `${kind} ${seed}`)).toEqual(["flips 0", "flips 1", "robust 0", "robust 1", "robust 0", "robust 1"]);
    for (const cell of both) expect(cell).toMatchObject({ data: both[0]!.data, network: both[0]!.network, training });
  });

  it("of the sphere expands over d", () => {
    const cells = cellsOf("name: x\ndata: { dataset: sphere, d: { each: [25, 100] }, points: 50 }").filter(isFlipsConfig);
    expect(cells.map(({ data }) => data)).toEqual([25, 100].map((d) => ({ dataset: "sphere", d, points: 50 })));
    expect(cells[0]).toMatchObject({ network: { m: 1000, bias: true }, measure: { flips: {} } });
    const robust = cellsOf("name: x\ndata: { dataset: sphere }\nmeasure: [robust]").filter(isNetworkCell);
    expect(robust.map(({ data }) => data)).toEqual([{ dataset: "sphere", d: 784, points: 1000 }]);
  });

  it("of the theory has its defaults, and lists where it is told to vary", () => {
    const [short, ...others] = cellsOf("name: x\nmeasure: [theory]");
    expect(others).toEqual([]);
    expect(short).toEqual({
      kind: "theory",
      data: { dataset: "mnist", digits: [0, 1], size: 28, normalize: true },
      network: { kind: "two-layer", m: 1000, bias: false },
      training: { method: "sgd", c0: 10, lr: 0.1, batch: 64, exit: "step", epochs: 1000 },
      measure: { theory: { gamma: 0.05, draws: 2000, points: 200, searches: 4, c1: 16 } },
      seed: 0,
    });
    const text =
      "name: x\ndata: { dataset: sphere, d: 9 }\ntraining: { c0: { each: [0, 2] }, epochs: 0 }\nmeasure: [{ theory: { gamma: { each: [0, 0.1, 1] }, draws: 5 } }]";
    const cells = cellsOf(text).filter(isTheoryConfig);
    expect(cells).toHaveLength(6);
    expect(cells.map(({ training }) => training.c0)).toEqual([0, 0, 0, 2, 2, 2]);
    expect(cells[1]).toMatchObject({ training: { c0: 0, epochs: 0 }, measure: { theory: { gamma: 0.1, draws: 5, points: 200 } } });
  });

  it("of the cone is trained to the largest of its balls", () => {
    const [cell] = cellsOf("name: x\nmeasure: [{ cone: { c0: [50, 10, 50] } }]");
    expect(cell).toMatchObject({ training: { c0: 50 }, measure: { cone: { c0: [10, 50] } }, network: { bias: false }, data: { normalize: true } });
    expect(cellsOf("name: x\nmeasure: [cone]").filter(isConeConfig)[0]!.measure).toEqual({ cone: { c0: [10, 20, 50, 100] } });
  });
});

/** The same study, however it is written: what it was made of aside. */
function expectRoundtrip(input: unknown): void {
  const study = resolveStudy(input, "x");
  const again = resolveStudy(toInput(study), "again");
  expect({ ...again, input: null }).toEqual({ ...study, input: null });
  expect(expand(again)).toEqual(expand(study));
  // What is written names everything: writing it a second time changes nothing.
  expect(toInput(again)).toEqual(toInput(study));
}

describe("a study written down", () => {
  it.each([
    { training: { method: "fast", c0: 7 }, measure: [{ robust: { steps: 7 } }] },
    { training: { method: "fast", radius: { each: [0.1, 0.2] }, steps: 5 }, measure: ["robust"] },
    { training: { method: "fast", eps: 0.3, train: 100, box: false }, measure: [{ robust: { attack: "apgd", norm: "linf", eps: { each: [0, 0.1] } } }] },
    { training: { method: { each: ["faithful", "fast"] } } },
    { training: { method: "sgd" }, measure: [{ robust: { attack: "fgsm", restarts: 3 } }] },
    { measure: ["flips", { robust: { eps: { each: [0.1, 0.2] }, box: false } }], training: { lr: { each: [0.1, 0.5] } } },
    { measure: [{ robust: {} }, { flips: { samples: true } }] },
    { measure: ["theory", "cone"], training: { batch: 32 } },
    { measure: ["theory"] },
    { data: { dataset: "sphere", d: { each: [1, 2] } }, measure: [{ theory: { gamma: { each: [0, 1] }, c1: 3 } }] },
    { data: { dataset: "sphere", points: 7 }, measure: ["cone"] },
    { data: { dataset: "sphere" } },
    { figures: [1, "bounds"], data: { dataset: "sphere" }, measure: ["robust"] },
    {
      data: {
        digits: {
          each: [
            [0, 1],
            [3, 8],
          ],
        },
        size: { each: [5, 7] },
      },
    },
  ])("is read again as the same study: %j", (input) => expectRoundtrip({ name: "x", ...input }));

  it("is read again as the same study, whatever it says", () => {
    const data = fc.record({
      size: fc.oneof(fc.integer({ min: 2, max: 28 }), fc.record({ each: fc.uniqueArray(fc.integer({ min: 2, max: 28 }), { minLength: 1 }) })),
      normalize: fc.boolean(),
    });
    const study = fc.record({
      name: fc.constant("any"),
      data,
      network: fc.record({ m: fc.integer({ min: 1, max: 1e6 }) }),
      training: fc.record({ c0: fc.double({ min: 1e-3, max: 1e3, noNaN: true }), exit: fc.constantFrom("step", "epoch") }),
      measure: fc.constantFrom(["flips"], ["robust", "flips"], ["flips", { robust: { eps: { each: [0, 0.1] } } }]),
      seeds: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 4 })),
    });
    fc.assert(fc.property(study, expectRoundtrip));
  });
});
