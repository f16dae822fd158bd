import type { Cell } from "../../../src/experiment/experiment.ts";
import type { TheoryResult } from "../../../src/experiment/theory/config.ts";
import { describe, expect, it } from "vitest";
import type { Claim } from "../../../src/figure/figure.ts";
import { figures, type FigureName } from "../../../src/figure/index.ts";
import { exponentsOf, networksOf } from "../../../src/figure/scaling/rows.ts";
import { shareAt } from "../../../src/figure/theory/step-rows.ts";
import { lineAlong, valuesOf } from "../../../src/figure/theory/rows.ts";
import { synthetic, syntheticRobust } from "../synthetic.ts";
import { syntheticTheory } from "../synthetic-theory.ts";

function claim(name: FigureName, rows: readonly Cell[], id: string): Claim {
  const found = figures[name].claims(rows).find((one) => one.id === `${name}/${id}`);
  if (found === undefined)
    throw new Error(
      `${name} has no claim ${id}: ${figures[name]
        .claims(rows)
        .map((one) => one.id)
        .join(", ")}`,
    );
  return found;
}

const along = syntheticTheory();
const widths = syntheticTheory({ d: [64], m: [100, 1000, 10_000] });

describe("bounds", () => {
  it("agrees where every bound holds and every rate is the paper's, and says how often draws failed", () => {
    const rows = [...along, ...widths];
    expect(claim("bounds", rows, "sign-flips/holds")).toMatchObject({
      verdict: "agrees",
      measured: "holds at 7 of 7 settings; 14 runs; 42 violations in 28,000 draws: 0.15 % [0.11 %, 0.20 %], allowed: 5 %",
    });
    for (const id of [
      "function-value/rate-m",
      "sign-flips/rate-m",
      "neuron-flips-fixed/rate-d",
      "neuron-flips-any/rate-d",
      "gradient-change/rate-d",
      "gradient-change/rate-m",
    ])
      expect(claim("bounds", rows, id).verdict).toBe("agrees");
    expect(claim("bounds", rows, "sign-flips/rate-m").measured).toMatch(/^m\^0\.(49|50|51) \[0\.4\d, 0\.5\d\]; 3 widths × 2 runs$/);
  });

  it("differs where a bound fails too often, and not where it fails as rarely as it may", () => {
    const failing = syntheticTheory({ failing: ["sign-flips"] });
    expect(claim("bounds", failing, "sign-flips/holds")).toMatchObject({
      verdict: "differs",
      measured: expect.stringMatching(/^holds at 0 of 5 settings/) as string,
    });
    const one = [...along.filter(({ row }) => row.d !== 64), ...failing.filter(({ row }) => row.d === 64)];
    const { verdict, detail } = claim("bounds", one, "sign-flips/holds");
    expect(verdict).toBe("agrees");
    expect(detail).toMatch(/fails at 1 of the 5 settings where it is not vacuous, no more often than its probability of 5 % allows/);
  });

  it("is undecided where a bound says nothing, and says from which width on it does", () => {
    const { verdict, detail } = claim("bounds", syntheticTheory({ d: [16, 64] }), "gradient-size/holds");
    expect(verdict).toBe("undecided");
    expect(detail).toMatch(/Vacuous at 2 of 2 settings \(at these at every width\)/);
    expect(claim("bounds", syntheticTheory({ d: [1024] }), "gradient-size/holds").detail).toMatch(/Vacuous at 1 of 1 setting \(only below m = 120,000\)/);
    // What fails where nothing is claimed is no failure.
    expect(claim("bounds", syntheticTheory({ d: [16, 64], failing: ["gradient-size"] }), "gradient-size/holds").verdict).toBe("undecided");
  });

  it("fits no rate to places where a lower bound is vacuous", () => {
    expect(claim("bounds", along, "gradient-size/rate-d").detail).toMatch(/Left out: 2 sizes at which every bound is vacuous/);
  });

  it("draws the line that has most of an axis, and counts what it leaves out", () => {
    const few = syntheticTheory({ d: [16, 64, 256, 1024], m: [100_000] });
    const rows = [...along, ...few];
    const line = lineAlong(rows, "d");
    expect(valuesOf(line.results, "d")).toEqual([16, 64, 256, 1024, 4096]);
    expect(line.results[0]!.row.m).toBe(1000);
    // Two places say less than four, however far apart.
    expect(valuesOf(lineAlong([...few, ...syntheticTheory({ d: [4, 8192] })], "d").results, "d")).toEqual([16, 64, 256, 1024]);
    const gammas = syntheticTheory({ d: [64], gamma: [0.01, 0.3] });
    const panels = (results: readonly Cell[]) => (figures.bounds.spec(results) as unknown as { concat: unknown[] }).concat;
    expect(panels([...along, ...widths, ...gammas])).toEqual(panels([...along, ...widths]));
    expect(figures.bounds.notes([...along, ...widths, ...gammas]).at(-1)).toMatch(/^Not shown: 4 runs \(γ = 0\.01 and γ = 0\.3\)/);
  });

  it("has a hollow triangle at the edge where a bound is negative or infinite, and a filled one for a point that vanishes", () => {
    const gone = along.map((result): TheoryResult => ({
      ...result,
      row: {
        ...result.row,
        statements: result.row.statements.map((one) => (one.id === "gradient-size" && result.row.d === 16 ? { ...one, measured: 1e-7 } : one)),
      },
    }));
    const text = (results: readonly Cell[]) => figures.bounds.notes(results).join(" ");
    expect(text(gone)).toMatch(/1 point below a thousandth of the largest in the panel is a triangle at its lower edge/);
    const marks = JSON.stringify(figures.bounds.spec(along));
    expect(marks).toMatch(/"shape":"triangle-down","yOffset":-6/);
    // No value that is not measured stands on the axis: what is beyond has the axis's own end.
    expect(marks).not.toMatch(/"mean":0\.0000/);
    expect(text(along)).toMatch(/Vacuous bounds, which say nothing, are hollow: one of the two of the gradient size/);
  });
});

describe("single-step", () => {
  it("agrees that the smallest C₁ is flat where it is, and differs where it grows", () => {
    for (const state of ["fresh", "trained"]) {
      expect(claim("single-step", along, `smallest/sphere-${state}`).verdict).toBe("agrees");
      expect(claim("single-step", syntheticTheory({ c1Exponent: 0.4 }), `smallest/sphere-${state}`).verdict).not.toBe("agrees");
    }
    expect(claim("single-step", syntheticTheory({ dataset: "mnist", d: [25, 100, 784] }), "smallest/mnist-fresh").verdict).toBe("agrees");
  });

  it("says of runs that no C₁ of the grid flips how many they are", () => {
    const none = along.map((result): TheoryResult => ({ ...result, row: { ...result.row, trainedShares: { ...result.row.trainedShares, smallest: null } } }));
    expect(claim("single-step", none, "smallest/sphere-trained")).toMatchObject({ verdict: "undecided", measured: "no C₁ of the grid flips 99 %; 10 runs" });
    expect(figures["single-step"].notes(none).join(" ")).toMatch(/In 10 runs no C₁ of the grid flips 99 %/);
  });

  it("refutes nothing by one C₁, and knows that no setting is in the window", () => {
    expect(claim("single-step", along, "flipped/fresh").verdict).toBe("agrees");
    expect(claim("single-step", syntheticTheory({ c1Exponent: 0.5 }), "flipped/trained").verdict).toBe("undecided");
    expect(claim("single-step", along, "window")).toMatchObject({
      verdict: "undecided",
      measured: expect.stringMatching(/^0 of 5 settings, 10 runs; the window opens at d = 2,9\d\d,\d{3}, where m = 10\^15\.5$/) as string,
    });
  });

  it("counts a network measured for two γ once", () => {
    const two = syntheticTheory({ gamma: [0.05, 0.3] });
    expect(figures["single-step"].notes(two).join(" ")).toMatch(/10 networks in all, cells that differ in γ alone counted once/);
  });

  it("has no trained curves where nothing was trained", () => {
    const fresh = syntheticTheory({ epochs: 0 });
    expect(figures["single-step"].claims(fresh).some(({ id }) => id.includes("trained"))).toBe(false);
    expect(JSON.stringify(figures["single-step"].spec(fresh))).not.toContain("One step, trained networks");
  });

  it("reads a share between two values of the grid", () => {
    const shares = { c1: [1, 10, 100], share: [0, 0.5, 1], smallest: 100 };
    expect(shareAt(shares, 10)).toBe(0.5);
    expect(shareAt(shares, Math.sqrt(10))).toBeCloseTo(0.25, 12);
    expect([shareAt(shares, 0.1), shareAt(shares, 1e6)]).toEqual([0, 1]);
  });
});

describe("scaling-laws", () => {
  const exponent = (rows: readonly Cell[], id: string) => {
    const found = exponentsOf(rows).find(({ variable, name, group }) => `${variable}/${name}/${group}` === id);
    if (found === undefined) throw new Error(`no exponent ${id}`);
    return found;
  };

  it.each([
    ["d/gradientNorm/sphere-trained", 0.5],
    ["d/step/sphere-fresh", -1],
    ["d/perturbation/sphere-trained", -0.5],
    ["m/gradientNorm/sphere-trained", 0],
    ["m/step/sphere-fresh", 0],
  ])("finds %s and agrees with the paper", (id, expected) => {
    const rows = [...along, ...widths];
    const { fit } = exponent(rows, id);
    expect(fit.exponent).toBeCloseTo(expected, 1);
    expect(fit.interval.low).toBeLessThan(fit.interval.high);
    expect(claim("scaling-laws", rows, id)).toMatchObject({
      verdict: "agrees",
      measured: expect.stringMatching(/\(bootstrap\); \d (sizes|widths) on 1 line, \d+ runs$/) as string,
    });
  });

  it("differs where the rows obey other laws", () => {
    const rows = [
      ...syntheticTheory({ gradientExponent: 0.8, stepExponent: -1.6 }),
      ...syntheticTheory({ d: [64], m: [100, 1000, 10_000], widthExponent: -0.3 }),
    ];
    for (const id of ["d/gradientNorm/sphere-trained", "d/step/sphere-trained", "d/perturbation/sphere-fresh", "m/gradientNorm/sphere-fresh"])
      expect(claim("scaling-laws", rows, id).verdict).toBe("differs");
  });

  it("counts each network once: the initial one for all C₀, both for all γ", () => {
    const rows = syntheticTheory({ c0: [2, 10, 30], gamma: [0.01, 0.05] });
    expect(exponent(rows, "d/step/sphere-fresh").fit).toMatchObject({ runs: 10, lines: 1 });
    expect(exponent(rows, "d/step/sphere-trained").fit).toMatchObject({ runs: 30, lines: 3 });
    expect(networksOf(rows)).toBe(40);
    expect(claim("scaling-laws", syntheticTheory({ c0: [2, 10, 30], d: [64], seeds: 4 }), "c0/perturbation/sphere-trained")).toMatchObject({
      verdict: "agrees",
      paper: "rises",
    });
  });

  it("takes MNIST from the cells of flips where there are, normalised and without biases, else from those of the theory", () => {
    const theory = syntheticTheory({ dataset: "mnist", d: [25, 100, 784] });
    const flips = synthetic({ sizes: [5, 10, 28], m: [1000], seeds: 3, normalize: true });
    expect(exponent(theory, "d/step/mnist-trained").fit.runs).toBe(6);
    expect(exponent([...theory, ...flips], "d/step/mnist-trained").fit.runs).toBe(9);
    expect(exponentsOf(synthetic({ sizes: [5, 10, 28] }))).toEqual([]);
  });

  it("reads both thresholds off Figure 4's cells, and resamples settings where there is one seed", () => {
    const rows = syntheticRobust({ seeds: 1 });
    expect(exponent(rows, "d/eps/mnist-adversarial").fit).toMatchObject({ resampled: "residuals", n: 6 });
    expect(exponent(syntheticRobust(), "m/radius/mnist-adversarial").fit).toMatchObject({ resampled: "runs", n: 4 });
    for (const id of ["d/eps/mnist-adversarial", "m/radius/mnist-adversarial"]) expect(claim("scaling-laws", rows, id).verdict).toBe("agrees");
  });

  it("has nothing to say without two places on a line", () => {
    expect(figures["scaling-laws"].claims(syntheticTheory({ d: [64] }))).toEqual([]);
    expect(figures["scaling-laws"].caption([])).toMatch(/^No runs yet/);
  });
});
