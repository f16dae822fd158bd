import { describe, expect, it } from "vitest";
import { parseStudy } from "../../src/study/parse.ts";
import { SignflipError } from "../../src/util/errors.ts";

/** What a text that is no study says. */
function errorOf(text: string): SignflipError {
  try {
    parseStudy(text, "study.yaml");
  } catch (error) {
    if (error instanceof SignflipError) return error;
    throw error;
  }
  throw new Error(`no error from ${text}`);
}

describe("a study's text", () => {
  it("may be YAML or JSON", () => {
    const study = parseStudy("name: x\nseeds: 2\n", "study.yaml");
    expect(parseStudy('{ "name": "x", "seeds": 2 }', "study.json")).toEqual(study);
    expect(study).toMatchObject({ name: "x", figures: [], seeds: [0, 1] });
  });

  it("may use aliases for what it repeats", () => {
    const study = parseStudy("name: x\ndata: { size: &sizes { each: [5, 7] } }\nnetwork: { m: *sizes }\n", "study.yaml");
    expect(study).toEqual(parseStudy("name: x\ndata: { size: { each: [5, 7] } }\nnetwork: { m: { each: [5, 7] } }\n", "study.yaml"));
  });

  it.each([
    ["", "a study is a set of keys (name, data, network, training, measure, seeds); got null"],
    ["- 1", "a study is a set of keys"],
    ["just words", "a study is a set of keys (name, data, network, training, measure, seeds); got just words"],
    ["name: [", "not YAML at line 1, column 8"],
    ["name: x\n\tdata: 3", "not YAML at line 2"],
    ["name: x\ndata: *none", "not YAML"],
    ["name: x\ndata: &d { size: *d }", "data.size contains itself (an alias, *name, inside what it names)"],
    ["name: x\nmeasure: &m [flips, { flips: *m }]", "measure.1.flips contains itself (an alias, *name, inside what it names)"],
    ["name: x\ntraining: &t { lr: { each: [0.1, *t] } }", "training.lr.each.1 contains itself (an alias, *name, inside what it names)"],
    ["&all { name: x, data: *all }", "data contains itself (an alias, *name, inside what it names)"],
  ])("says in one line what is wrong with %j", (text, says) => {
    const { code, usage, message } = errorOf(text);
    expect({ code, usage }).toEqual({ code: "SF_STUDY", usage: true });
    expect(message).toMatch(/^study\.yaml: [^\n]+$/);
    expect(message).toContain(says);
  });
});
