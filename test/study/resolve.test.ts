import { describe, expect, it } from "vitest";
import { experimentNames } from "../../src/experiment/index.ts";
import { parseStudy } from "../../src/study/parse.ts";
import { resolveStudy } from "../../src/study/resolve.ts";
import { expand } from "../../src/study/study.ts";
import { SignflipError } from "../../src/util/errors.ts";

const kindsOf = (study: object) => resolveStudy({ name: "x", ...study }, "x").parts.map(({ kind }) => kind);

describe("what a study measures", () => {
  it("is flips where it does not say, and robust accuracy where it trains adversarially", () => {
    expect(kindsOf({})).toEqual(["flips"]);
    expect(kindsOf({ training: { method: "sgd" } })).toEqual(["flips"]);
    expect(kindsOf({ training: { method: "fast" } })).toEqual(["robust"]);
    expect(kindsOf({ training: { method: { each: ["faithful", "fast"] } } })).toEqual(["robust"]);
  });

  it("is every experiment there is, by its name or with its settings", () => {
    for (const name of experimentNames()) {
      expect(kindsOf({ measure: [name] })).toEqual([name]);
      expect(kindsOf({ measure: [{ [name]: {} }] })).toEqual([name]);
    }
  });

  it("is several things of the same networks", () => {
    const study = resolveStudy({ name: "x", measure: ["flips", { robust: { eps: { each: [0, 0.1] } } }], training: { lr: { each: [0.1, 0.5] } } }, "x");
    expect(study.parts.map(({ kind }) => kind)).toEqual(["flips", "robust"]);
    const [flips, robust] = study.parts.map(({ choice }) => choice);
    for (const part of ["data", "network", "training"] as const) expect(robust![part]).toEqual(flips![part]);
    expect(expand(study).map(({ kind }) => kind)).toEqual([...Array<string>(2).fill("flips"), ...Array<string>(4).fill("robust")]);
  });
});

describe("a setting that one of several measurements has", () => {
  const study = (training: object) => resolveStudy({ name: "x", measure: ["theory", "cone"], training }, "x");

  it("is for that one alone", () => {
    const [theory, cone] = study({ c0: 3, lr: 0.5 }).parts.map(({ choice }) => choice.training);
    expect(theory).toMatchObject({ c0: [3], lr: [0.5] });
    expect(cone).toMatchObject({ lr: [0.5] });
    expect(cone).not.toHaveProperty("c0");
    expect(study({ c0: 3 }).parts[1]).toEqual(study({}).parts[1]);
  });

  it("is refused where none has it", () => {
    expect(() => study({ patience: 3 })).toThrow("unknown key training.patience");
  });
});

describe("a study's errors", () => {
  it.each([
    ["a: 1", "unknown key a (known: name, figures, data, network, training, measure, seeds)"],
    ["seeds: 2", "name must be a name"],
    ["name: ../x", "name must be a name of letters"],
    ["name: x\nmeasur: [flips]", "unknown key measur (did you mean measure?)"],
    ["name: x\ntraining: { learning: 1 }", "unknown key training.learning (known: method, c0, lr, batch, epochs, exit)"],
    ["name: x\nnetwork: 3", "network must be a set of keys (kind, m, bias)"],
    ["name: x\ndata: 3", "data must be a set of keys (dataset, digits, size, normalize)"],
    ["name: x\ndata: [5]", "data must be a set of keys (dataset, digits, size, normalize); got [5]"],
    ["name: x\ndata: { sizes: 5 }", "unknown key data.sizes (did you mean size?)"],
    ["name: x\ndata: { dataset: sphere, size: 5 }", "data.size is a setting of the dataset mnist; sphere has dataset, d, points"],
    ["name: x\ndata: { d: 5 }", "data.d is a setting of the dataset sphere; mnist has dataset, digits, size, normalize"],
    ["name: x\ndata: { dataset: sphere, d: 0 }", "data.d must be a whole number from 1 to 65,536; got 0"],
    ["name: x\ndata: { dataset: { each: [mnist, sphere] } }", "data.dataset must be mnist, sphere, fashion-mnist or cifar10, one of them in a study"],
    ["name: x\ndata: { dataset: cube }", "data.dataset must be mnist, sphere, fashion-mnist or cifar10; got cube"],
    ["name: x\nmeasure: [theory]\nnetwork: { bias: true }", "network.bias must be false: the theory is about networks without biases; got true"],
    ["name: x\nmeasure: [theory]\ndata: { normalize: false }", "data.normalize must be true: the theory is about points with ‖x‖ = 1; got false"],
    ["name: x\nmeasure: [{ theory: { gamma: 1.5 } }]", "measure.0.theory.gamma must be a number from 0 to 1; got 1.5"],
    ["name: x\nmeasure: [{ theory: { gama: 0.5 } }]", "unknown key measure.0.theory.gama (did you mean gamma?)"],
    ["name: x\nmeasure: [{ theory: 3 }]", "measure.0.theory must be a set of keys (gamma, draws, points, searches, c1)"],
    ["name: x\nmeasure: [theory]\ntraining: { c0: -1 }", "training.c0 must be a number from 0 to 1,000,000; got -1"],
    ["name: x\nmeasure: [cone]\ntraining: { c0: 1 }", "unknown key training.c0 (known: method, lr, batch, epochs, exit)"],
    ["name: x\nmeasure: [{ cone: { c0: [] } }]", "measure.0.cone.c0 must be a list of numbers above 0"],
    ["name: x\nmeasure: [cone]\nnetwork: { bias: true }", "network.bias must be false"],
    ["name: x\ndata: { size: 40 }", "data.size must be a whole number from 2 to 28 (MNIST images are 28×28); got 40"],
    ["name: x\ndata: { size: { each: [5, 1] } }", "data.size must be a whole number from 2 to 28 (MNIST images are 28×28); got 1"],
    ["name: x\ndata: { size: { each: [] } }", "data.size must be one value or { each: [one or more values] }"],
    ["name: x\ndata: { size: { all: [5] } }", "data.size must be one value or { each: [one or more values] }; got { all: [5] }"],
    ["name: x\ndata: { size: [5, 7] }", "got [5, 7]; to run every one of these values write { each: [5, 7] }"],
    ["name: x\nnetwork: { m: [100, 1000] }", "to run every one of these values write { each: [100, 1000] }"],
    ["name: x\nmeasure: [{ robust: { eps: [0.1, 0.2] } }]", "to run every one of these values write { each: [0.1, 0.2] }"],
    ["name: x\ndata: { digits: [[0, 1], [3, 8]] }", "got [[0, 1], [3, 8]]; to run every one of these values write { each: [[0, 1], [3, 8]] }"],
    ["name: x\ndata: { digits: [1, 1] }", "data.digits must be two different digits"],
    ["name: x\nnetwork: { m: 0 }", "network.m must be a whole number from 1 to 1,000,000; got 0"],
    ["name: x\ntraining: { lr: .nan }", "training.lr must be a number above 0, at most 1,000,000; got NaN"],
    ["name: x\ntraining: { exit: never }", "training.exit must be step or epoch; got never"],
    ["name: x\nmeasure: flips", "measure must be a list of measurements: [flips]; got flips"],
    ["name: x\nmeasure: []", "measure must be a list of measurements: [flips]; got []"],
    [
      "name: x\nmeasure: [flip]",
      "measure.0 must be flips, robust, theory, cone or evaluate, or one of them with its settings: { flips: { … } }; got flip (did you mean flips?)",
    ],
    [
      "name: x\nmeasure: [accuracy]",
      "measure.0 must be flips, robust, theory, cone or evaluate, or one of them with its settings: { flips: { … } }; got accuracy",
    ],
    ["name: x\nmeasure: [flips, { robus: { eps: 1 } }]", "measure.1 must be flips, robust, theory, cone or evaluate"],
    ["name: x\nmeasure: [flips, { robus: { eps: 1 } }]", "(did you mean robust?)"],
    ["name: x\nmeasure: [{ flips: {}, robust: {} }]", "measure.0 must be flips, robust, theory, cone or evaluate, or one of them with its settings"],
    ["name: x\nmeasure: [flips, { flips: { samples: true } }]", "measure names flips twice; give it lists of values instead: { each: [ … ] }"],
    ["name: x\nmeasure: [{ flips: { sample: true } }]", "unknown key measure.0.flips.sample (did you mean samples?)"],
    ["name: x\nmeasure: [{ flips: { samples: { each: [true, false] } } }]", "measure.0.flips.samples must be"],
    ["name: x\nseeds: 0", "seeds must be how many seeds (from 1 to 1,000) or a list of seeds"],
    ["name: x\nseeds: []", "seeds must be how many seeds (from 1 to 1,000) or a list of seeds"],
    ["name: x\nfigures: 2", "figures must be a list of figures: [2, 3]"],
    ["name: x\nmeasure: [robust]\ntraining: { c0: 10, radius: 0.3 }", "training.radius and c0 cannot be combined: c0 is the radius C_0/√m"],
    ["name: x\ntraining: { method: fast, eps: -0.1 }", "training.eps must be a number from 0 to 1e18; got -0.1"],
    ["name: x\ntraining: { method: fast, eps: .nan }", "training.eps must be a number from 0 to 1e18; got NaN"],
    ["name: x\ntraining: { method: fast, steps: 0 }", "training.steps must be a whole number from 1 to 1,000,000; got 0"],
    ["name: x\ntraining: { method: faithful, exit: step }", "unknown key training.exit"],
    ["name: x\ntraining: { method: { each: [sgd, fast] } }", "training.method must be faithful or fast; got sgd"],
    ["name: x\ntraining: { eps: 0.1 }", "unknown key training.eps"],
    ["name: x\ntraining: { method: fast }\nmeasure: [flips]", "training.method must be sgd; got fast"],
    ["name: x\nmeasure: [{ robust: { attack: pdg } }]", "measure.0.robust.attack must be single-step, fgsm, pgd, apgd, apgd-ce, apgd-dlr or apgd-t; got pdg"],
    ["name: x\nmeasure: [{ robust: { norm: l3 } }]", "measure.0.robust.norm must be l2, linf, l1 or l0; got l3"],
    ["name: x\nmeasure: [{ robust: { attack: fgsm, steps: 3 } }]", "measure.robust.steps is not an option of the attack fgsm"],
    ["name: x\nmeasure: [{ robust: { attack: single-step, norm: linf } }]", "measure.robust.norm linf is not a norm of the attack single-step (it has l2)"],
    ["name: x\nmeasure: [{ robust: { attack: single-step, restarts: 2 } }]", "measure.robust.restarts is not an option of the attack single-step"],
    ["name: x\nmeasure: [flips, theory]", "measure: flips and theory need the same networks, but data is"],
    [
      "name: x\nmeasure: [flips, theory]\ndata: { normalize: true }",
      "need the same networks, but network.bias is true for flips and false for theory; give the study one value that both take, or write two studies",
    ],
  ])("say in one line what is wrong with %j", (text, says) => {
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
