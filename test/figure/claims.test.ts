import { describe, expect, it } from "vitest";
import { figures } from "../../src/figure/index.ts";
import type { Claim, FigureName } from "../../src/figure/figure.ts";
import type { CellResult } from "../../src/study/cell.ts";
import { synthetic } from "./synthetic.ts";

function claim(name: FigureName, rows: readonly CellResult[], id: string): Claim {
  const found = figures[name].claims(rows).find((one) => one.id === `${name}/${id}`);
  if (found === undefined) throw new Error(`${name} has no claim ${id}`);
  return found;
}

const exponents = ["gradientNorm", "step", "perturbationRelative"] as const;

describe("figure 2", () => {
  it.each(exponents)("agrees on %s where the rows obey the paper's power laws", (name) => {
    const rows = synthetic({ normalize: true });
    for (const m of [1000, 10_000]) {
      const { verdict, measured } = claim("figure-2", rows, `${name}/m=${m}`);
      expect(verdict).toBe("agrees");
      expect(measured).toMatch(/^d\^−?\d\.\d\d \[−?\d\.\d\d, −?\d\.\d\d\]; 6 sizes × 3 runs$/);
    }
  });

  it.each(exponents)("differs on %s where they obey others", (name) => {
    const rows = synthetic({ normalize: true, gradientExponent: 0.9, stepExponent: -1.8 });
    expect(claim("figure-2", rows, `${name}/m=1000`).verdict).toBe("differs");
  });

  it("is undecided with two sizes", () => {
    const { verdict, detail } = claim("figure-2", synthetic({ sizes: [5, 28] }), "step/m=1000");
    expect(verdict).toBe("undecided");
    expect(detail).toMatch(/three sizes; there are 2/);
  });

  it("says what raw pixels change", () => {
    const rows = synthetic();
    expect(claim("figure-2", rows, "step/m=1000").detail).toMatch(/‖x‖ goes like d\^0\.50, and \|η\|\/‖x‖ like d\^−1\.[45]/);
    expect(claim("figure-2", rows, "perturbationRelative/m=1000").detail).toMatch(/‖δ‖ by itself like d\^−0\.[45]/);
    expect(claim("figure-2", synthetic({ normalize: true }), "step/m=1000").detail).not.toMatch(/raw pixels/);
  });

  it("names the networks whose test error is not below 1 %", () => {
    const good = synthetic({ sizes: [5, 10, 28], m: [1000], seeds: 2 });
    expect(claim("figure-2", good, "test-error")).toMatchObject({ verdict: "agrees", measured: expect.stringMatching(/^6 of 6 networks/) as string });
    // 1 % exactly is not less than 1 %.
    const bad = good.map((result, i) => (i === 3 ? { ...result, row: { ...result.row, testAccuracy: 0.99 } } : result));
    const judged = claim("figure-2", bad, "test-error");
    expect(judged.verdict).toBe("differs");
    expect(judged.detail).toBe("Not below 1 %: d = 100, m = 1,000, C₀ = 10, seed 1 (1.00 %).");
  });

  it("tells whether the networks are in the lazy ball, and why not where the weights are looked at once an epoch", () => {
    expect(claim("figure-2", synthetic({ exit: "step" }), "inside-ball").verdict).toBe("agrees");
    const late = claim("figure-2", synthetic({ exit: "epoch" }), "inside-ball");
    expect(late.verdict).toBe("differs");
    expect(late.detail).toMatch(/once an epoch/);
  });

  it("lets float32 touch the edge of the ball", () => {
    const rows = synthetic({ m: [1000] }).map((result) => ({ ...result, row: { ...result.row, deviation: (10 / Math.sqrt(1000)) * (1 + 1e-7) } }));
    expect(claim("figure-2", rows, "inside-ball").verdict).toBe("agrees");
  });
});

describe("figure 3", () => {
  const c0 = [10, 20, 30];

  it.each(["gradientNorm", "step", "perturbation"])("agrees that a larger C₀ raises %s where it does", (name) => {
    const { verdict, measured, detail } = claim("figure-3", synthetic({ m: [1000], c0 }), `rise/${name}`);
    expect(verdict).toBe("agrees");
    expect(measured).toMatch(/^× \d\.\d\d \[\d\.\d\d, \d\.\d\d\] from C₀ = 10 to 30; 6 sizes × 3 runs$/);
    expect(detail).toMatch(/12 of 12 steps.*p < 0\.001/);
  });

  it("differs where it falls, and is undecided where nothing changes", () => {
    const rows = synthetic({ m: [1000], c0 });
    const steps = (change: (mean: number, c0: number) => number) =>
      rows.map((result) => ({ ...result, row: { ...result.row, step: { ...result.row.step, mean: change(result.row.step.mean, result.row.c0) } } }));
    expect(
      claim(
        "figure-3",
        steps((mean, c) => mean / c),
        "rise/step",
      ).verdict,
    ).toBe("differs");
    const flat = rows.map((result) => ({ ...result, row: { ...result.row, step: { ...result.row.step, mean: 1 / result.row.d } } }));
    expect(claim("figure-3", flat, "rise/step").verdict).toBe("undecided");
  });

  it("does not count a network that no C₀ stopped as one that fell", () => {
    const rows = synthetic({ m: [1000], c0 });
    const same = rows.map((result) => {
      const twin = rows.find(({ row }) => row.c0 === Math.min(result.row.c0, 20) && row.d === result.row.d && row.seed === result.row.seed)!;
      return { ...result, row: { ...result.row, step: twin.row.step } };
    });
    expect(claim("figure-3", same, "rise/step").detail).toMatch(/rises in 6 of 12 steps .*in 6 of them nothing changes.*p = 0\.016/);
  });

  it("is undecided with a single C₀", () => {
    expect(claim("figure-3", synthetic({ m: [1000] }), "rise/step").verdict).toBe("undecided");
  });
});

describe("figure 7", () => {
  it("finds Gaussian samples concentrated and symmetric", () => {
    const rows = synthetic({ sizes: [28], m: [1000], samples: 2115 });
    expect(claim("figure-7", rows, "concentration").verdict).toBe("agrees");
    expect(claim("figure-7", rows, "concentration").measured).toMatch(/^mean .* sd .* middle 90 %: .* to .*; 3 runs$/);
    expect(claim("figure-7", rows, "gaussian/gradientNorm").verdict).toBe("agrees");
  });

  it("finds a long tail neither", () => {
    const rows = synthetic({ sizes: [28], m: [1000], seeds: 5, samples: 2115 }).map((result) => ({
      ...result,
      samples: { ...result.samples!, step: result.samples!.step.map((step) => (step === null ? null : Math.exp(600 * step))) },
    }));
    expect(claim("figure-7", rows, "concentration").verdict).toBe("differs");
    expect(claim("figure-7", rows, "gaussian/step").verdict).toBe("differs");
  });

  it("is undecided with one run", () => {
    const rows = synthetic({ sizes: [28], m: [1000], samples: 500, seeds: 1 });
    for (const { verdict } of figures["figure-7"].claims(rows)) expect(verdict).toBe("undecided");
  });
});
