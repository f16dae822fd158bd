import { describe, expect, it } from "vitest";
import { figures } from "../../src/figure/index.ts";
import { seriesChannels } from "../../src/figure/draw/series.ts";
import { curvesOf, mostCurves } from "../../src/figure/flips/rows.ts";
import type { FlipsResult } from "../../src/experiment/flips/config.ts";
import { synthetic } from "./synthetic.ts";

/** The same rows with another learning rate. */
const atRate = (rows: readonly FlipsResult[], lr: number): FlipsResult[] =>
  rows.map((result) => ({ ...result, key: `${result.key}-${lr}`, config: { ...result.config, training: { ...result.config.training, lr } } }));

const rows = synthetic({ sizes: [5, 10, 28], m: [1000], seeds: 2 });
const swept = [...atRate(rows, 0.01), ...atRate(rows, 0.5)];

interface Drawn {
  readonly title: { readonly subtitle: readonly string[] };
  readonly concat: readonly {
    readonly data: { readonly values: readonly { readonly series: string; readonly low: number | null; readonly under: number | null }[] };
  }[];
}
const drawn = (results: readonly FlipsResult[]) => figures["figure-2"].spec(results) as unknown as Drawn;
const labels = (results: readonly FlipsResult[]) => [...new Set(drawn(results).concat[0]!.data.values.map(({ series }) => series))];

describe("what a study sweeps", () => {
  it("becomes a curve with its value in the label, and no row is left out", () => {
    expect(labels(rows)).toEqual(["m = 1,000"]);
    expect(labels(swept)).toEqual(["m = 1,000 · lr = 0.01", "m = 1,000 · lr = 0.5"]);
    expect(figures["figure-2"].notes(swept).join(" ")).not.toMatch(/not shown/i);
  });

  it("is named by all that differ, in the order of the values, whatever order rows come in", () => {
    const both = [...swept, ...atRate(synthetic({ sizes: [5, 10], m: [500], seeds: 1, normalize: true }), 0.5)].reverse();
    expect(labels(both)).toEqual([
      "m = 500 · ‖x‖ = 1 · no biases · lr = 0.5",
      "m = 1,000 · raw pixels · with biases · lr = 0.01",
      "m = 1,000 · raw pixels · with biases · lr = 0.5",
    ]);
  });

  it("has claims of its own for every curve, and one rise for every setting at several C₀", () => {
    const ids = figures["figure-2"].claims(swept).map(({ id }) => id);
    expect(ids).toContain("figure-2/step/m=1000,lr=0.01");
    expect(ids).toContain("figure-2/step/m=1000,lr=0.5");
    const balls = synthetic({ sizes: [5, 10], m: [1000], c0: [10, 30], seeds: 1 });
    const rises = figures["figure-3"].claims([...atRate(balls, 0.01), ...atRate(balls, 0.5)]).filter(({ id }) => id.includes("/rise/step"));
    expect(rises.map(({ id }) => id)).toEqual(["figure-3/rise/step/lr=0.01", "figure-3/rise/step/lr=0.5"]);
  });

  it("is said in the picture where there are more curves than can be told apart", () => {
    const many = Array.from({ length: mostCurves + 3 }, (_, k) => atRate(rows, 0.01 * (k + 1))).flat();
    expect(curvesOf(many, "network.m")).toMatchObject({ all: mostCurves + 3 });
    expect(labels(many)).toHaveLength(mostCurves);
    expect(drawn(many).title.subtitle.at(-1)).toBe(`not shown: 3 of ${mostCurves + 3} curves`);
  });

  it("has a color or at least a shape of its own for every curve", () => {
    for (const n of [2, 5, 8]) {
      const { scale } = seriesChannels(
        Array.from({ length: n }, (_, k) => String(k)),
        {},
      ).color;
      expect(new Set((scale as { range: string[] }).range).size).toBe(n);
    }
    const { color, shape } = seriesChannels(
      Array.from({ length: mostCurves }, (_, k) => String(k)),
      {},
    );
    const [colors, shapes] = [color, shape].map(({ scale }) => (scale as { range: string[] }).range);
    expect(new Set(colors!.map((one, k) => `${one} ${shapes![k]!}`)).size).toBe(mostCurves);
  });
});

describe("an interval that leaves the panel", () => {
  it("is cut at its edge and ends in an arrow there, which the subtitle explains", () => {
    const wide = synthetic({ sizes: [5, 28], m: [1000], seeds: 2, noise: 0.3 });
    const cut = drawn(wide)
      .concat.flatMap(({ data }) => data.values)
      .filter(({ under }) => under !== null);
    expect(cut.length).toBeGreaterThan(0);
    for (const { low, under } of cut) expect(low).toBe(under);
    expect(drawn(wide).title.subtitle.join(" ")).toMatch(/arrows: the interval continues beyond the axis/);
    expect(drawn(synthetic({ sizes: [5, 28], m: [1000], seeds: 5, noise: 0.01 })).title.subtitle.join(" ")).not.toMatch(/arrows/);
  });
});
