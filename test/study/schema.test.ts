import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expand, parseStudy, resolveStudy, toInput } from "../../src/study/schema.ts";
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
    ["name: x\nfigures: [4]", "figures.0 must be one of 2, 3, 7"],
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
