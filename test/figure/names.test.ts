import { describe, expect, it } from "vitest";
import { checkFigures } from "../../src/figure/check.ts";
import { overallOf } from "../../src/figure/draw/verdict.ts";
import { figureNamed, figureNames, shortNames } from "../../src/figure/names.ts";
import { resolveStudy } from "../../src/study/resolve.ts";

describe("a figure is asked for", () => {
  it.each([
    [2, "figure-2"],
    ["2", "figure-2"],
    ["figure-2", "figure-2"],
    ["Figure 2", "figure-2"],
    ["bounds", "bounds"],
    ["single-step", "single-step"],
    [8, undefined],
    ["", undefined],
    ["figure-", undefined],
  ])("%j: %s", (asked, name) => {
    expect(figureNamed(asked)).toBe(name);
  });

  it("by its short name too", () => {
    expect(shortNames.map(figureNamed)).toEqual(figureNames);
  });
});

describe("checkFigures", () => {
  const check = (study: object) => checkFigures(resolveStudy({ name: "x", ...study }, "x.yaml"), "x.yaml");
  const complaint = (study: object) => {
    try {
      check(study);
    } catch (error) {
      expect(error).toMatchObject({ code: "SF_STUDY", usage: true });
      return (error as Error).message;
    }
    throw new Error("no complaint");
  };

  it("gives back the names of the figures, each once", () => {
    expect(check({ figures: [2, "figure-2", "3"] })).toEqual(["figure-2", "figure-3"]);
    expect(check({})).toEqual([]);
    expect(check({ figures: [4], training: { method: "fast" } })).toEqual(["figure-4"]);
  });

  it("says which figure there is not, and which there are", () => {
    expect(complaint({ figures: [8] })).toBe("x.yaml: figures has no figure 8; there are 1, 2, 3, 4, 5, 6, 7, bounds, single-step, scaling-laws");
    expect(complaint({ figures: ["bound"] })).toMatch(/has no figure "bound" \(did you mean bounds\?\)/);
  });

  it("says what a figure needs that the study does not compute", () => {
    expect(complaint({ figures: [2, 4] })).toBe(
      "x.yaml: Figure 4 cannot be drawn from this study: it needs networks trained adversarially (training: { method: fast } or faithful, measure: [robust])",
    );
    expect(complaint({ figures: [7] })).toMatch(/Figure 7 cannot be drawn from this study: it needs .*samples: true/);
    expect(complaint({ figures: ["bounds"] })).toMatch(/^x\.yaml: Bounds cannot be drawn .*measure: \[theory\]/);
    expect(complaint({ figures: [1] })).toMatch(/measure: \[cone\]/);
    expect(complaint({ figures: ["scaling-laws"] })).toMatch(/inputs of norm 1/);
  });
});

describe("the verdict on a figure", () => {
  const of = (...verdicts: readonly ("agrees" | "differs" | "undecided")[]) => overallOf(verdicts.map((verdict) => ({ verdict })));

  it("is that of its claims, and mixed where they are", () => {
    expect(of("agrees", "undecided")).toEqual({ verdict: "agrees", agrees: 1, differs: 0, undecided: 1 });
    expect(of("differs", "undecided").verdict).toBe("differs");
    expect(of("agrees", "differs").verdict).toBe("mixed");
    expect(of("undecided").verdict).toBe("undecided");
    expect(of("agrees", "undecided", "undecided").verdict).toBe("undecided");
    expect(of().verdict).toBe("undecided");
  });
});
