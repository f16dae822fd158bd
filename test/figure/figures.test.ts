import { isFlips, type FlipsResult } from "../../src/experiment/flips/config.ts";
import { isAdversarial } from "../../src/experiment/robust/config.ts";
import { isTheory } from "../../src/experiment/theory/config.ts";
import type { Cell } from "../../src/experiment/experiment.ts";
import { describe, expect, it, vi } from "vitest";
import { parse, View, type Spec } from "vega";
import { checkFigures } from "../../src/figure/check.ts";
import { compileFigure } from "../../src/figure/draw/compile.ts";
import { paintOf } from "../../src/figure/draw/theme.ts";
import { figureNames, figures, type FigureName } from "../../src/figure/index.ts";
import { presetNames } from "../../src/figure/preset.ts";
import { resolveStudy } from "../../src/study/resolve.ts";
import { renderSvg } from "../../src/platform/node/pictures.ts";
import { outlineOf } from "./outline.ts";
import { synthetic, syntheticRobust } from "./synthetic.ts";
import { syntheticCone } from "./synthetic-cone.ts";
import { syntheticTheory } from "./synthetic-theory.ts";

/** The theory along d, along m and along C_0, as its study has it. */
const theory = [
  ...syntheticTheory({ d: [16, 256, 4096], m: [10_000] }),
  ...syntheticTheory({ d: [64], m: [100, 1000, 10_000] }),
  ...syntheticTheory({ d: [64], c0: [2, 30] }),
  ...syntheticTheory({ dataset: "mnist", d: [25, 100, 784], m: [10_000] }),
];

/** For each figure the rows its study would give, and what a reader must find in the picture. */
const fixed: Record<FigureName, { readonly rows: readonly Cell[]; readonly labels: readonly string[] }> = {
  "figure-1": { rows: syntheticCone(), labels: ["Figure 1.", "ball", "cone", "3 runs", "‖x‖ = 1"] },
  "figure-2": {
    rows: synthetic({ sizes: [5, 10, 28], seeds: 2 }),
    labels: [
      "Figure 2.",
      "Gradient norm ‖∇f(x)‖",
      "Smallest flipping step |η|",
      "Relative perturbation ‖δ‖/‖x‖",
      "Perturbation ‖δ‖",
      "input dimension d",
      "√d",
      "1/d",
      "1/√d",
      "m = 1,000",
      "m = 10,000",
      "25",
      "100",
      "784",
      "C₀ = 10",
    ],
  },
  "figure-3": {
    rows: synthetic({ sizes: [5, 10, 28], m: [1000], c0: [10, 20, 30], seeds: 2 }),
    labels: ["Figure 3.", "‖∇f(x)‖", "|η|", "C₀ = 10", "C₀ = 20", "C₀ = 30", "m = 1,000", "1/√d"],
  },
  "figure-4": {
    rows: syntheticRobust({ sizes: [5, 10, 28], eps: [0.05, 0.1, 0.2, 0.4, 0.8], m: [250, 1000, 4000], radius: [0.1, 0.2, 0.4, 0.8], seeds: 2, train: 2000 }),
    labels: [
      "Figure 4.",
      "Over d and ε, at m = 1,000, C₀ = 10",
      "Over m and V, at d = 784, ε = 0.2",
      "Against ε, one curve per d",
      "Against V, one curve per m",
      "robust test accuracy",
      "input dimension d",
      "budget ε",
      "width m",
      "radius V",
      "c/√d",
      "c/√m",
      "d = 784",
      "m = 4,000",
      "0.05",
      "0 %",
      "100 %",
      "faithful method, 2,000 training points",
      "means over 2 runs",
      "with biases",
    ],
  },
  "figure-5": {
    rows: synthetic({ sizes: [5, 10, 28], seeds: 2, normalize: true }),
    labels: ["Figure 5.", "Gradient norm ‖∇f(x)‖", "Smallest flipping step |η|", "Perturbation ‖δ‖", "√d", "1/d", "1/√d", "m = 10,000", "‖x‖ = 1", "no biases"],
  },
  "figure-6": {
    rows: synthetic({ sizes: [5, 10, 28], m: [1000], c0: [10, 20, 30], seeds: 2, normalize: true }),
    labels: ["Figure 6.", "‖∇f(x)‖", "|η|", "‖δ‖", "C₀ = 10", "C₀ = 30", "m = 1,000", "‖x‖ = 1", "1/√d"],
  },
  "figure-7": {
    rows: synthetic({ sizes: [28], m: [1000], seeds: 2, normalize: true, samples: 300 }),
    labels: ["Figure 7.", "at d = 784", "‖δ‖", "‖∇f(x)‖", "|η|", "mean ", "% of samples", "2 runs", "‖x‖ = 1"],
  },
  bounds: {
    rows: theory,
    labels: [
      "Bounds.",
      "sup |f|: O(1)",
      "|S|: O(√m)",
      "inf ‖∇f‖: Ω(√d)",
      "one δ: O(1/√d)",
      "any δ: O(1)",
      "≤ c√d",
      "bound",
      "sharper",
      "vacuous",
      "exact extreme over the ball",
      "measured",
      "independent draws",
      "width m (at d = 64)",
      "input dimension d (at m = 10,000)",
      "γ = 0.05",
    ],
  },
  "single-step": {
    rows: theory,
    labels: [
      "Single step.",
      "networks at initialization",
      "trained networks",
      "C₁: the step is C₁/d",
      "points flipped",
      "smallest C₁",
      "Robust error at ε = c/√d",
      "sphere, trained",
      "MNIST, at initialization",
      "over draws of (a, W₀)",
      "Where the theorem speaks: from d = 3,000,000 on",
      "m ≥ d",
      "2.4",
      "ln m ≤ d",
      "0.24",
      "window",
      "measured: flipped by C₁ = 10",
      "d = 4,096",
      "10²⁴",
    ],
  },
  "scaling-laws": {
    rows: [
      ...theory,
      ...synthetic({ sizes: [5, 10, 28], seeds: 2, normalize: true, c0: [10, 30] }),
      ...syntheticRobust({ seeds: 1, eps: [0.05, 0.1, 0.2, 0.4, 0.8] }),
    ],
    labels: [
      "Scaling laws.",
      "Against the input dimension d",
      "Against the width m",
      "Against C₀",
      "‖∇f(x)‖",
      "|η|",
      "‖δ‖",
      "ε½",
      "V½",
      "MNIST, trained",
      "sphere, at initialization",
      "bootstrap",
      "−0.5",
      "fitted exponent of d",
    ],
  },
};

/** Text as the reader of an SVG sees it. */
function textOf(svg: string): string {
  return [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)]
    .map((match) => match[1]!.replace(/<[^>]*>/g, " "))
    .join("\n")
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<");
}

/** A result as JSON keeps it where a mean or a bound is no number. */
function withNulls(result: Cell): Cell {
  const none = null as unknown as number;
  if (isAdversarial(result)) return { ...result, row: { ...result.row, robustTestAccuracy: none } } as Cell;
  if (isFlips(result)) return { ...result, row: { ...result.row, step: { ...result.row.step, mean: none } } } as Cell;
  if (!isTheory(result)) return result;
  const { trained, trainedShares, statements } = result.row;
  return {
    ...result,
    row: {
      ...result.row,
      trained: { ...trained, step: { ...trained.step, mean: none } },
      trainedShares: { ...trainedShares, smallest: null },
      statements: statements.map((one) => ({ ...one, bound: null, exact: null, widthFrom: null, tightness: null, simulation: null })),
    },
  } as Cell;
}

describe.each(figureNames)("%s", (name) => {
  const figure = figures[name];
  const { rows, labels } = fixed[name];

  it("is filed under its own name", () => {
    expect(figure.id).toBe(name);
  });

  it("is drawn from the cells of its own studies, at every preset", () => {
    for (const preset of presetNames)
      for (const study of figure.studies(preset)) expect(checkFigures(resolveStudy({ ...study, figures: [name] }, preset), preset)).toEqual([name]);
  });

  it.each([{}, { columns: 1 }, { title: false }, { theme: "dark" as const }])("compiles without a warning: %o", (options) => {
    expect(compileFigure(figure.spec(rows, options)).warnings).toEqual([]);
  });

  it("runs without a warning of Vega's", async () => {
    const warn = vi.fn<(...parts: unknown[]) => void>();
    const logger = { level: () => logger, error: warn, warn, info: () => logger, debug: () => logger };
    const view = new View(parse(compileFigure(figure.spec(rows)).vega as Spec), { renderer: "none", logger: logger as never });
    await view.runAsync();
    view.finalize();
    expect(warn.mock.calls).toEqual([]);
  });

  it("shows its labels", async () => {
    const text = textOf(await renderSvg(figure.spec(rows), { embedFont: false }));
    for (const label of labels) expect(text).toContain(label);
    expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it.each([{}, { columns: 1, title: false }])("has no text smaller than 13 px, and fits a phone where it is to: %o", async (options) => {
    const svg = await renderSvg(figure.spec(rows, options), { embedFont: false });
    const sizes = [...svg.matchAll(/font-size="([\d.]+)px"/g)].map((match) => Number(match[1]));
    expect(sizes.length).toBeGreaterThan(10);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(13);
    if (options.columns === 1) expect(Number(/width="(\d+)"/.exec(svg)![1])).toBeLessThanOrEqual(370);
  });

  it("keeps its words, its verdicts and its picture", async () => {
    await expect(outlineOf(figure, rows)).toMatchFileSnapshot(`__snapshots__/${name}.txt`);
  });

  it("says its result in one plain sentence, and what is to be seen in one or two", () => {
    expect(figure.headline(rows)).toMatch(/^[A-Z0-9].*\d.*\.$/);
    expect(figure.headline(rows).split(/\. /)).toHaveLength(1);
    expect(figure.caption(rows).split(/\. (?=[A-Z])/).length).toBeLessThanOrEqual(2);
    for (const note of figure.notes(rows)) expect(note).toMatch(/\.$/);
  });

  it("is legible on a dark ground: no color of the light theme is left but those that lie on tiles", () => {
    const { ground, ...light } = paintOf({ theme: "light" });
    const dark = JSON.stringify(figure.spec(rows, { theme: "dark" }));
    const left = Object.values(light)
      .flat()
      .filter((color) => dark.includes(`"${color}"`));
    expect(left.filter((color) => color !== light.ink || name !== "figure-4")).toEqual([]);
    expect(dark).not.toContain(ground);
  });

  it("carries its data and refers to nothing outside", () => {
    const { $schema: _, ...spec } = figure.spec(rows);
    expect(JSON.stringify(spec)).not.toMatch(/https?:|"url"/);
  });

  it("gives every claim an id of its own, a number and a count of runs", () => {
    const claims = figure.claims(rows);
    expect(new Set(claims.map((claim) => claim.id)).size).toBe(claims.length);
    for (const claim of claims) {
      expect(claim.id).toMatch(new RegExp(`^${name}/`));
      expect(claim.measured).toMatch(/\d/);
      expect(claim.measured).toMatch(/\d+ (runs?|networks?)/);
      expect(JSON.stringify(claim)).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it("draws and judges a study that has no rows, one row, or means that JSON made null", async () => {
    const nulls = rows.map(withNulls);
    const withoutSamples = rows.map((result): Cell => ({ ...result, ...(isFlips(result) ? { samples: undefined as never } : {}) }));
    for (const some of [[], rows.slice(0, 1), nulls, withoutSamples]) {
      expect(compileFigure(figure.spec(some)).warnings).toEqual([]);
      expect(textOf(await renderSvg(figure.spec(some), { embedFont: false }))).not.toMatch(/NaN|undefined|Infinity/);
      expect([figure.headline(some), figure.caption(some), ...figure.notes(some)].join(" ")).not.toMatch(/NaN|undefined|Infinity/);
      for (const claim of figure.claims(some)) expect(JSON.stringify(claim)).not.toMatch(/NaN|undefined|Infinity/);
    }
    for (const claim of figure.claims([])) expect(claim.verdict).toBe("undecided");
  });

  it("counts a row given twice once", () => {
    expect(figure.spec([...rows, ...rows])).toEqual(figure.spec(rows));
  });
});

describe.each(figureNames)("%s", (name) => {
  const figure = figures[name];
  const { rows } = fixed[name];

  // All others take either kind.
  it.skipIf(name === "scaling-laws")("says in the picture and in a note which rows it leaves out", () => {
    const other = isAdversarial(rows[0]!)
      ? synthetic({ sizes: [5], m: [1000], seeds: 1 })
      : syntheticRobust({ sizes: [5], seeds: 1, eps: [0.1], halves: ["left"] });
    const words = (results: readonly Cell[]) => JSON.stringify((figure.spec(results).title as { subtitle: string[] }).subtitle);
    const missing = (text: string) => Number(/not shown: (\d+) runs?/i.exec(text)?.[1] ?? 0);
    const before = missing(words(rows));
    expect(missing(words([...rows, ...other]))).toBe(before + 1);
    expect(missing(figure.notes([...rows, ...other]).at(-1)!)).toBe(before + 1);
    // On a page, which has a title of its own, the picture still says it.
    const { text } = figure.spec([...rows, ...other], { title: false }).title as { text: string[] };
    expect(missing(text.join(" "))).toBe(before + 1);
    expect(figure.claims([...other, ...rows])).toEqual(figure.claims(rows));
  });
});

describe("what the pictures say", () => {
  const points = (rows: readonly FlipsResult[], panel = 0) => {
    const spec = figures["figure-2"].spec(rows) as unknown as { concat: { data: { values: Record<string, number | string | null>[] } }[] };
    return spec.concat[panel]!.data.values;
  };

  it("has a point per width and size, at the mean over seeds, with a t-interval as its bar", () => {
    const rows = synthetic({ sizes: [5, 28], m: [1000], seeds: 3, noise: 0.02 });
    const at25 = rows.filter(({ row }) => row.d === 25).map(({ row }) => row.gradientNorm.mean);
    const mean = (at25[0]! + at25[1]! + at25[2]!) / 3;
    const sd = Math.sqrt(at25.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
    const [first] = points(rows);
    expect(points(rows)).toHaveLength(2);
    expect(first!["mean"]).toBeCloseTo(mean, 10);
    // 4.302653 is the 97.5 % quantile of Student's t with 2 degrees of freedom.
    expect(first!["high"]).toBeCloseTo(mean + (4.302653 * sd) / Math.sqrt(3), 5);
  });

  it("has no bars for one seed, and says so", () => {
    const rows = synthetic({ seeds: 1 });
    expect(points(rows).every((point) => point["low"] === null)).toBe(true);
    expect(figures["figure-2"].notes(rows).join(" ")).toMatch(/no error bars/);
  });

  it("draws the rate through the geometric mean of all points", () => {
    const rows = synthetic({ sizes: [5, 10, 28], m: [1000, 10_000], seeds: 1 });
    const spec = figures["figure-2"].spec(rows) as unknown as { concat: { layer: { data?: { values: { x: number; y: number }[] } }[] }[] };
    const [from, to] = spec.concat[1]!.layer[0]!.data!.values;
    const log = (values: readonly number[]) => values.reduce((sum, value) => sum + Math.log(value), 0) / values.length;
    const x = log(rows.map(({ row }) => row.d));
    const y = log(rows.map(({ row }) => row.step.mean));
    const slope = Math.log(to!.y / from!.y) / Math.log(to!.x / from!.x);
    expect(slope).toBeCloseTo(-1, 10);
    expect(Math.log(from!.y) + slope * (x - Math.log(from!.x))).toBeCloseTo(y, 10);
  });

  it("predicts nothing for ‖δ‖ alone on raw pixels", () => {
    const layers = (normalize: boolean) =>
      (figures["figure-2"].spec(synthetic({ normalize })) as unknown as { concat: { layer: unknown[] }[] }).concat.map((panel) => panel.layer.length);
    expect(layers(true)).toEqual([7, 7, 7, 7]);
    expect(layers(false)).toEqual([7, 7, 7, 5]);
  });

  it("puts every flipped sample into a bar of figure 7 or counts it in the caption, and no other sample", () => {
    const rows = synthetic({ sizes: [10, 28], m: [1000], seeds: 2, samples: 2000 });
    const flipped = rows.filter(({ row }) => row.d === 784).flatMap(({ samples }) => samples!.status.filter((status) => status === 0)).length;
    const spec = figures["figure-7"].spec(rows) as unknown as { concat: { data: { values: { Samples: string }[] } }[] };
    for (const panel of spec.concat) {
      expect(panel.data.values.reduce((sum, bar) => sum + Number(bar.Samples.replaceAll(",", "")), 0)).toBe(flipped);
    }
    expect(figures["figure-7"].caption(rows)).toContain(flipped.toLocaleString("en-US"));
    const notes = figures["figure-7"].notes(rows).join(" ");
    expect(notes).toMatch(/\d+ misclassified samples? and \d+ samples? that no step flipped/);
    expect(notes).toMatch(/Not shown: 2 runs \(size = 10\)/);
  });

  it("does not let a few far samples squeeze a histogram, and counts them", () => {
    const rows = synthetic({ sizes: [28], m: [1000], seeds: 1, samples: 2000 }).map((result) => ({
      ...result,
      samples: { ...result.samples!, step: result.samples!.step.map((step, i) => (i === 7 ? 40 * step! : step)) },
    }));
    expect(figures["figure-7"].notes(rows).join(" ")).toMatch(/1 sample with \|η\| beyond [\d.]+ is not drawn/);
  });
});
