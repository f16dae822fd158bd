import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { figureNames } from "../../src/figure/names.ts";
import { presetNames } from "../../src/figure/preset.ts";
import { figureStudies } from "../../src/figure/presets.ts";
import { resolveStudy } from "../../src/study/resolve.ts";
import { toInput } from "../../src/study/study.ts";

const root = join(import.meta.dirname, "..", "..");
const validate = new Ajv2020({ allErrors: false }).compile(JSON.parse(readFileSync(join(root, "docs", "study.schema.json"), "utf8")) as object);

describe("the JSON Schema of studies", () => {
  it("takes every study of every preset, as it is written and resolved", () => {
    const studies = presetNames.flatMap((preset) => figureStudies(figureNames, preset));
    expect(studies.length).toBeGreaterThan(20);
    for (const study of studies) {
      expect({ name: study.name, errors: validate(study.input) ? null : validate.errors }).toEqual({ name: study.name, errors: null });
      expect({ name: study.name, errors: validate(toInput(study)) ? null : validate.errors }).toEqual({ name: study.name, errors: null });
    }
  });

  it.each([
    readFileSync(join(root, "examples", "study.yaml"), "utf8"),
    "name: short",
    "name: x\nmeasure: [flips, { robust: { attack: apgd, norm: linf, eps: { each: [0.01, 0.1] } } }]",
    "name: x\ndata: { dataset: sphere, d: { each: [5, 7] } }\nmeasure: [theory]\ntraining: { c0: 0, epochs: 0 }",
    "name: x\nmeasure: [{ cone: { c0: [10, 20] } }]\nseeds: [3, 5]",
  ])("takes what the program takes: %j", (text) => {
    const study: unknown = parse(text);
    expect(() => resolveStudy(study, "x")).not.toThrow();
    expect(validate(study) ? null : validate.errors).toBeNull();
  });

  it.each([
    "figures: [2]",
    "name: x\nmeasur: [flips]",
    "name: x\nmeasure: [flop]",
    "name: x\nmeasure: [{ flips: { sample: true } }]",
    "name: x\ndata: { size: 40 }",
    "name: x\ndata: { size: [5, 7] }",
    "name: x\ndata: { dataset: sphere, size: 5 }",
    "name: x\nnetwork: { m: 0 }",
    "name: x\nnetwork: { width: 5 }",
    "name: x\ntraining: { lr: { each: [] } }",
    "name: x\ntraining: { exit: never }",
    "name: x\nseeds: 0",
  ])("refuses what the program refuses: %j", (text) => {
    const study: unknown = parse(text);
    expect(() => resolveStudy(study, "x")).toThrow(/^x: /);
    expect(validate(study)).toBe(false);
  });
});
