import { expand, toInput } from "../../src/study/study.ts";
import { parseStudy } from "../../src/study/parse.ts";
import { resolveStudy } from "../../src/study/resolve.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SignflipError } from "../../src/util/errors.ts";

const figure2 = `
name: figure-2
data: { dataset: mnist, digits: [0, 1], size: { each: [5, 7, 10, 14, 20, 28] } }
network: { kind: two-layer, m: { each: [1000, 10000, 100000] }, bias: true }
training: { method: sgd, c0: 10, lr: 0.1, batch: 64, exit: step, epochs: 1000 }
measure: [flips]
seeds: 5
`;

describe("a study", () => {
  it("expands to every combination at every seed", () => {
    const cells = expand(parseStudy(figure2, "figure-2.yaml"));
    expect(cells).toHaveLength(6 * 3 * 5);
    expect(cells[0]).toEqual({
      data: { dataset: "mnist", digits: [0, 1], size: 5, normalize: false },
      network: { kind: "two-layer", m: 1000, bias: true },
      training: { method: "sgd", c0: 10, lr: 0.1, batch: 64, exit: "step", epochs: 1000 },
      measure: { flips: { misclassified: "zero", samples: false } },
      seed: 0,
    });
    expect(cells.slice(0, 5).map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 4]);
  });

  it("has the paper's setting where it says nothing", () => {
    const [cell, ...others] = expand(parseStudy("name: short", "s.yaml"));
    expect(others).toEqual([]);
    expect(cell).toMatchObject({ data: { size: 28 }, network: { m: 1000, bias: true }, training: { c0: 10, lr: 0.1, batch: 64, exit: "step", epochs: 1000 } });
  });

  it("takes no cell twice", () => {
    expect(expand(resolveStudy({ name: "x", data: { size: { each: [5, 5, 7] } }, seeds: [3, 3] }, "x"))).toHaveLength(2);
  });

  it("of adversarial training expands with its balls resolved", () => {
    const study = (training: string) => expand(parseStudy(`name: x\nnetwork: { m: { each: [100, 400] } }\ntraining: ${training}`, "s.yaml"));
    const cells = study("{ method: { each: [faithful, fast] }, eps: { each: [0.1, 0.2] }, c0: 10 }");
    expect(cells).toHaveLength(8);
    expect(cells[0]).toEqual({
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
      measure: { robust: { attack: "pgd", steps: 100 } },
      seed: 0,
    });
    expect(cells.map(({ training }) => (training as { steps: number }).steps)).toEqual([100, 100, 10, 10, 100, 100, 10, 10]);
    const byRadius = study("{ method: fast, radius: { each: [0.1, 0.3] }, train: 500, stepSize: 0.01 }");
    expect(byRadius.map(({ training }) => training)).toEqual(
      [0.1, 0.3, 0.1, 0.3].map((radius) => expect.objectContaining({ radius, train: 500, stepSize: 0.01, eps: 0.2 }) as unknown),
    );
    expect(byRadius.some(({ training }) => "c0" in training)).toBe(false);
    const { c0 } = expand(resolveStudy({ name: "x", measure: ["robust"] }, "x"))[0]!.training;
    expect(c0).toBe(10);
  });

  it("of adversarial training is written down and read again as the same study", () => {
    for (const training of [{ c0: 7 }, { radius: { each: [0.1, 0.2] }, steps: 5 }, { eps: 0.3, train: 100, box: false }]) {
      const study = resolveStudy({ name: "x", training: { method: "fast", ...training }, measure: [{ robust: { steps: 7 } }] }, "x");
      expect(resolveStudy(toInput(study), "again")).toEqual(study);
    }
  });

  it("of the sphere expands over d", () => {
    const cells = expand(parseStudy("name: x\ndata: { dataset: sphere, d: { each: [25, 100] }, points: 50 }", "s.yaml"));
    expect(cells.map(({ data }) => data)).toEqual([25, 100].map((d) => ({ dataset: "sphere", d, points: 50 })));
    expect(cells[0]).toMatchObject({ network: { m: 1000, bias: true }, measure: { flips: {} } });
    const robust = expand(parseStudy("name: x\ndata: { dataset: sphere }\nmeasure: [robust]", "s.yaml"));
    expect(robust.map(({ data }) => data)).toEqual([{ dataset: "sphere", d: 784, points: 1000 }]);
  });

  it("of the theory has its defaults, and lists where it is told to vary", () => {
    const [short, ...others] = expand(parseStudy("name: x\nmeasure: [theory]", "s.yaml"));
    expect(others).toEqual([]);
    expect(short).toEqual({
      data: { dataset: "mnist", digits: [0, 1], size: 28, normalize: true },
      network: { kind: "two-layer", m: 1000, bias: false },
      training: { method: "sgd", c0: 10, lr: 0.1, batch: 64, exit: "step", epochs: 1000 },
      measure: { theory: { gamma: 0.05, draws: 2000, points: 200, searches: 4, c1: 16 } },
      seed: 0,
    });
    const text =
      "name: x\ndata: { dataset: sphere, d: 9 }\ntraining: { c0: { each: [0, 2] }, epochs: 0 }\nmeasure: [{ theory: { gamma: { each: [0, 0.1, 1] }, draws: 5 } }]";
    const cells = expand(parseStudy(text, "s.yaml"));
    expect(cells).toHaveLength(6);
    expect(cells.map(({ training }) => training.c0)).toEqual([0, 0, 0, 2, 2, 2]);
    expect(cells[1]).toMatchObject({ training: { c0: 0, epochs: 0 }, measure: { theory: { gamma: 0.1, draws: 5, points: 200 } } });
  });

  it("of the cone is trained to the largest of its balls", () => {
    const [cell] = expand(parseStudy("name: x\nmeasure: [{ cone: { c0: [50, 10, 50] } }]", "s.yaml"));
    expect(cell).toMatchObject({ training: { c0: 50 }, measure: { cone: { c0: [10, 50] } }, network: { bias: false }, data: { normalize: true } });
    expect(expand(parseStudy("name: x\nmeasure: [cone]", "s.yaml"))[0]!.measure).toEqual({ cone: { c0: [10, 20, 50, 100] } });
  });

  it("of the theory, the cone and the sphere is written down and read again as the same study", () => {
    for (const input of [
      { name: "x", measure: ["theory"] },
      { name: "x", data: { dataset: "sphere", d: { each: [1, 2] } }, measure: [{ theory: { gamma: { each: [0, 1] }, c1: 3 } }] },
      { name: "x", data: { dataset: "sphere", points: 7 }, measure: ["cone"] },
      { name: "x", data: { dataset: "sphere" } },
      { name: "x", figures: [1, "bounds"], data: { dataset: "sphere" }, measure: ["robust"] },
    ]) {
      const study = resolveStudy(input, "x");
      expect(resolveStudy(toInput(study), "again")).toEqual(study);
    }
  });

  it("is written down and read again as the same study", () => {
    fc.assert(
      fc.property(
        fc.record({
          name: fc.constant("any"),
          data: fc.record({
            size: fc.oneof(fc.integer({ min: 2, max: 28 }), fc.record({ each: fc.uniqueArray(fc.integer({ min: 2, max: 28 }), { minLength: 1 }) })),
            normalize: fc.boolean(),
          }),
          network: fc.record({ m: fc.integer({ min: 1, max: 1e6 }) }),
          training: fc.record({ c0: fc.double({ min: 1e-3, max: 1e3, noNaN: true }), exit: fc.constantFrom("step", "epoch") }),
          seeds: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 4 })),
        }),
        (input) => {
          const study = resolveStudy(input, "any");
          expect(resolveStudy(toInput(study), "again")).toEqual(study);
        },
      ),
    );
  });

  it.each([
    ["", "a study is a set of keys (name, data, network, training, measure, seeds); got null"],
    ["- 1", "a study is a set of keys"],
    ["name: [", "not YAML at line"],
    ["a: 1", "name must be a name"],
    ["name: ../x", "name must be a name of letters"],
    ["name: x\nmeasur: [flips]", "unknown key measur (did you mean measure?)"],
    ["name: x\ntraining: { learning: 1 }", "unknown key training.learning (known: method, c0, lr, batch, epochs, exit)"],
    ["name: x\ndata: 3", "data must be a set of keys (dataset, digits, size, normalize)"],
    ["name: x\ndata: { dataset: sphere, size: 5 }", "data.size is a setting of the dataset mnist; sphere has dataset, d, points"],
    ["name: x\ndata: { d: 5 }", "data.d is a setting of the dataset sphere; mnist has dataset, digits, size, normalize"],
    ["name: x\ndata: { dataset: sphere, d: 0 }", "data.d must be a whole number from 1 to 65,536; got 0"],
    ["name: x\ndata: { dataset: { each: [mnist, sphere] } }", "data.dataset must be mnist or sphere, one of them in a study"],
    ["name: x\ndata: { dataset: cube }", "data.dataset must be mnist or sphere; got cube"],
    ["name: x\nmeasure: [theory]\nnetwork: { bias: true }", "network.bias must be false: the theory is about networks without biases; got true"],
    ["name: x\nmeasure: [theory]\ndata: { normalize: false }", "data.normalize must be true: the theory is about points with ‖x‖ = 1; got false"],
    ["name: x\nmeasure: [{ theory: { gamma: 1.5 } }]", "measure.0.theory.gamma must be a number from 0 to 1; got 1.5"],
    ["name: x\nmeasure: [{ theory: { gama: 0.5 } }]", "unknown key measure.0.theory.gama (did you mean gamma?)"],
    ["name: x\nmeasure: [{ theory: 3 }]", "measure.0.theory must be a set of keys (gamma, draws, points, searches, c1)"],
    ["name: x\nmeasure: [theory, flips]", "measure must be a list of one measurement: [theory]"],
    ["name: x\nmeasure: [theory]\ntraining: { c0: -1 }", "training.c0 must be a number from 0 to 1,000,000; got -1"],
    ["name: x\nmeasure: [cone]\ntraining: { c0: 1 }", "unknown key training.c0 (known: method, lr, batch, epochs, exit)"],
    ["name: x\nmeasure: [{ cone: { c0: [] } }]", "measure.0.cone.c0 must be a list of numbers above 0"],
    ["name: x\nmeasure: [cone]\nnetwork: { bias: true }", "network.bias must be false"],
    ["name: x\ndata: { size: 40 }", "data.size must be a whole number from 2 to 28 (MNIST images are 28×28); got 40"],
    ["name: x\ndata: { size: { each: [5, 1] } }", "data.size must be a whole number from 2 to 28 (MNIST images are 28×28); got 1"],
    ["name: x\ndata: { size: { each: [] } }", "data.size must be one value or { each: [one or more values] }"],
    ["name: x\ndata: { size: { all: [5] } }", "data.size must be one value or { each: [one or more values] }"],
    ["name: x\ndata: { digits: [1, 1] }", "data.digits must be two different digits"],
    ["name: x\nnetwork: { m: 0 }", "network.m must be a whole number from 1 to 1,000,000; got 0"],
    ["name: x\ntraining: { lr: .nan }", "training.lr must be a number above 0, at most 1,000,000; got NaN"],
    ["name: x\ntraining: { exit: never }", "training.exit must be step or epoch; got never"],
    ["name: x\nmeasure: [flop]", "measure.0 must be flips, or"],
    ["name: x\nmeasure: [{ flips: { sample: true } }]", "unknown key measure.0.flips.sample (did you mean samples?)"],
    ["name: x\nseeds: 0", "seeds must be how many seeds (from 1 to 1,000) or a list of seeds"],
    ["name: x\nfigures: [8]", "figures.0 must be one of 1, 2, 3, 4, 5, 6, 7, bounds, single-step, scaling-laws"],
    ["name: x\nmeasure: [robust]\ntraining: { c0: 10, radius: 0.3 }", "training.radius and c0 exclude each other: c0 is the radius C_0/√m"],
    ["name: x\ntraining: { method: fast, eps: -0.1 }", "training.eps must be a number from 0 to 1e18; got -0.1"],
    ["name: x\ntraining: { method: fast, eps: .nan }", "training.eps must be a number from 0 to 1e18; got NaN"],
    ["name: x\ntraining: { method: fast, steps: 0 }", "training.steps must be a whole number from 1 to 1,000,000; got 0"],
    ["name: x\ntraining: { method: faithful, exit: step }", "unknown key training.exit"],
    ["name: x\ntraining: { method: { each: [sgd, fast] } }", "training.method must be faithful or fast; got sgd"],
    ["name: x\ntraining: { eps: 0.1 }", "unknown key training.eps"],
    ["name: x\ntraining: { method: fast }\nmeasure: [flips]", "measure.0 must be robust, or"],
  ])("says in one line what is wrong with %j", (text, says) => {
    let error: unknown;
    try {
      parseStudy(text, "study.yaml");
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(SignflipError);
    const { code, message, usage } = error as SignflipError;
    expect({ code, usage }).toEqual({ code: "SF_STUDY", usage: true });
    expect(message).toMatch(/^study\.yaml: [^\n]+$/);
    expect(message).toContain(says);
  });
});
