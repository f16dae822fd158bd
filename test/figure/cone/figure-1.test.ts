import type { Cell } from "../../../src/experiment/experiment.ts";
import type { ConeResult } from "../../../src/experiment/cone/config.ts";
import { describe, expect, it } from "vitest";
import { compileFigure } from "../../../src/figure/draw/compile.ts";
import { asC0, leavesAt, pathsOf, stagesOf, stayFactor } from "../../../src/figure/cone/rows.ts";
import { figure as figure1 } from "../../../src/figure/cone/figure-1.ts";
import { renderSvg } from "../../../src/platform/node/pictures.ts";
import { synthetic } from "../synthetic.ts";
import { syntheticCone } from "../synthetic-cone.ts";

const rows = syntheticCone();

interface Drawn {
  readonly concat: readonly {
    readonly width: number;
    readonly height: number;
    readonly data: { readonly values: readonly Record<string, number | string | null>[] };
    readonly layer: readonly {
      readonly data?: { readonly values: readonly { readonly x: number; readonly y: number }[] };
      readonly encoding: Record<string, { readonly scale?: { readonly domain: readonly number[] } }>;
    }[];
  }[];
}
const drawn = (results: readonly Cell[], options = {}) => figure1.spec(results, options) as unknown as Drawn;

const textOf = (svg: string) => [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map((match) => match[1]!.replace(/<[^>]*>/g, " ")).join("\n");

/** The same run with another path. */
const withPath = (result: ConeResult, path: ConeResult["row"]["path"], rest: Partial<ConeResult["row"]> = {}): ConeResult => ({
  ...result,
  row: { ...result.row, path, ...rest },
});

describe("figure 1", () => {
  it.each([{}, { columns: 1 }, { title: false }])("compiles without a warning: %o", (options) => {
    expect(compileFigure(figure1.spec(rows, options)).warnings).toEqual([]);
  });

  it("shows its labels", async () => {
    const text = textOf(await renderSvg(figure1.spec(rows), { embedFont: false }));
    for (const label of [
      "Figure 1.",
      "ball",
      "cone",
      "in radii V",
      "steps of SGD",
      "needed for the cone",
      "C₀ = 10",
      "end",
      "3 runs",
      "m = 1,000",
      "d = 196",
      "‖x‖ = 1",
      "leaves the ball after",
    ])
      expect(text).toContain(label);
    expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it("draws whatever there is: nothing, one run, a path of one step, numbers that JSON made null, rows far out or none", async () => {
    const none = null as unknown as number;
    const [one] = rows;
    const cases: readonly (readonly Cell[])[] = [
      [],
      [one!],
      [withPath(one!, one!.row.path.slice(0, 1))],
      [withPath(one!, one!.row.path.slice(-1))],
      [withPath(one!, [])],
      [withPath(one!, [{ ...one!.row.path[0]!, deviation: 0, steps: 0 }])],
      rows.map((result) =>
        withPath(
          result,
          result.row.path.map((step) => ({ ...step, coneDistance: none })),
        ),
      ),
      [
        withPath(
          one!,
          one!.row.path.map((step) => ({ ...step, rows: [] })),
        ),
      ],
      syntheticCone({ c0: [10, 1e4, 1e6], leaves: true }),
      syntheticCone({ size: 2, m: 1, c0: [10, 20] }),
    ];
    for (const results of cases) {
      expect(compileFigure(figure1.spec(results)).warnings).toEqual([]);
      expect(textOf(await renderSvg(figure1.spec(results), { embedFont: false }))).not.toMatch(/NaN|undefined|Infinity/);
      expect([figure1.headline(results), figure1.caption(results), ...figure1.notes(results)].join(" ")).not.toMatch(/NaN|undefined|Infinity/);
      for (const claim of figure1.claims(results)) expect(JSON.stringify(claim)).not.toMatch(/NaN|undefined|Infinity/);
    }
    for (const claim of figure1.claims([])) expect(claim).toMatchObject({ verdict: "undecided", measured: "no runs" });
  });

  it("draws one setting of the cone's runs alone, each run once", () => {
    const other = syntheticCone({ size: 5, seeds: 1 });
    const parts = (results: readonly Cell[]) => drawn(results).concat;
    expect(parts([...synthetic({ seeds: 1 }), ...other, ...rows, ...rows])).toEqual(parts(rows));
    expect(figure1.notes([...rows, ...other]).at(-1)).toBe("Not shown: 1 run (size = 5).");
    expect(pathsOf([...rows].reverse()).map(({ row }) => row.seed)).toEqual([0, 1, 2]);
  });
});

describe("the ball and the cone of the picture", () => {
  it("have the same pixels to a unit both ways, at every width", () => {
    for (const options of [{}, { columns: 1 }])
      for (const results of [rows, syntheticCone({ c0: [10, 300], leaves: true }), syntheticCone({ c0: [10, 11], leaves: true })]) {
        const { width, height, layer, data } = drawn(results, options).concat[0]!;
        const [left, right] = layer[0]!.encoding["x"]!.scale!.domain;
        const [bottom, top] = layer[0]!.encoding["y"]!.scale!.domain;
        expect(width / (right! - left!)).toBeCloseTo(height / (top! - bottom!), 10);
        for (const { x, y } of data.values as { x: number; y: number }[]) {
          expect(Math.abs(x)).toBeLessThan(right!);
          expect(y).toBeLessThan(top!);
        }
      }
  });

  it("are a half-disc of radius 1 and a wedge that touches it, from w = 0", () => {
    const results = syntheticCone({ size: 3, m: 100, seeds: 1 });
    const [wedge, disc] = drawn(results)
      .concat[0]!.layer.slice(0, 2)
      .map(({ data }) => data!.values);
    for (const { x, y } of disc!) expect(Math.hypot(x, y)).toBeCloseTo(1, 12);
    const norms = results[0]!.row.path[0]!.rows.map(({ initialNorm }) => initialNorm);
    const norm = norms.reduce((a, b) => a + b) / norms.length; // V = 1
    const [from, to] = wedge!;
    const slope = (to!.y - from!.y) / (to!.x - from!.x);
    expect(from!.y - slope * (from!.x + norm)).toBeCloseTo(0, 10);
    // The distance of the line from the disc's centre.
    expect((slope * norm) / Math.hypot(1, slope)).toBeCloseTo(1, 10);
  });

  it("a ball that holds w = 0 has all of space for its cone", () => {
    const { layer } = drawn(syntheticCone({ size: 2, m: 1, c0: [10, 20] })).concat[0]!;
    const top = layer[0]!.encoding["y"]!.scale!.domain[1];
    expect(layer[0]!.data!.values.map(({ y }) => y)).toEqual([top, top]);
  });
});

describe("where a path leaves", () => {
  const run = (at: readonly (readonly [steps: number, deviation: number, cone: number])[], exitReason: "epochs" | "left-ball" = "epochs") => {
    const [first] = syntheticCone({ m: 1, c0: [10, 1000], seeds: 1 });
    return withPath(
      first!,
      at.map(([steps, deviation, coneDistance]) => ({ ...first!.row.path[0]!, steps, deviation, coneDistance })),
      { exitReason },
    );
  };

  it("is read between two steps by a power law", () => {
    // Both ∝ steps^(1/2), the cone's √2 behind: twice the steps.
    const result = run([100, 200, 400].map((steps) => [steps, 0.999 * Math.sqrt(steps), 0.999 * Math.sqrt(steps / 2)]));
    expect(leavesAt(result, "deviation")).toBeCloseTo(100 / 0.999 ** 2, 8);
    expect(leavesAt(result, "coneDistance")).toBeCloseTo(200 / 0.999 ** 2, 8);
    expect(stayFactor(result)).toEqual({ factor: expect.closeTo(2, 8) as number, leavesCone: true });
    expect(asC0(result, result.row.path[0]!, "deviation")).toBeCloseTo(9.99, 10);
  });

  it("is unknown where it ends inside, and at most the first step where that is outside", () => {
    expect(leavesAt(run([[5, 9, 8]]), "deviation")).toBeNull();
    expect(stayFactor(run([[5, 9, 8]]))).toBeNull();
    expect(leavesAt(run([[5, 11, 8]]), "deviation")).toBe(5);
    const staysInCone = run([
      [5, 9, 8],
      [50, 11, 9.5],
    ]);
    expect(stayFactor(staysInCone)!.leavesCone).toBe(false);
    expect(figure1.notes([staysInCone]).join(" ")).toContain("the cone in no run: at least");
    expect(figure1.notes([run([[5, 9, 8]])]).join(" ")).toContain("leaves the ball in no run");
  });

  it("a few stages stand for a long path, its first and last among them", () => {
    const [result] = syntheticCone({ c0: [10, 10.1, 10.2, 10.5, 11, 12, 15, 20, 30, 50, 100], leaves: true, seeds: 1 });
    expect(stagesOf(result!).map(({ c0 }) => c0)).toEqual([10, 20, 50, 100]);
    expect(stagesOf(withPath(result!, result!.row.path.slice(0, 1)))).toHaveLength(1);
  });
});

describe("the claims", () => {
  const verdicts = (results: readonly Cell[]) => Object.fromEntries(figure1.claims(results).map(({ id, verdict }) => [id, verdict]));

  it("hold for networks that scaling brings nearer, with numbers and a count of runs", () => {
    expect(verdicts(rows)).toEqual({ "figure-1/nearer": "agrees", "figure-1/later": "agrees" });
    for (const { measured } of figure1.claims(rows)) expect(measured).toMatch(/\d.*; .*3 runs$/);
    expect(figure1.claims(rows)[1]!.detail).toMatch(/Of the 15 networks looked at beyond the ball 0 lie in the cone\. At the end 9\d\.\d %/);
  });

  it("fail for a single network that it does not", () => {
    const [first, ...rest] = rows;
    const exception = withPath(
      first!,
      first!.row.path.map((step, k) => (k === 2 ? { ...step, coneDistance: step.deviation } : step)),
    );
    expect(verdicts([exception, ...rest])).toEqual({ "figure-1/nearer": "differs", "figure-1/later": "agrees" });
  });

  it("decide nothing about leaving where no run leaves", () => {
    const inside = syntheticCone({ c0: [10], seeds: 2 });
    expect(verdicts(inside)["figure-1/later"]).toBe("undecided");
    expect(figure1.claims(inside)[1]!.measured).toBe("it leaves the ball in none of 2 runs");
  });
});
