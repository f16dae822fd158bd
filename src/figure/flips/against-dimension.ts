import { isFlipsConfig } from "../../experiment/flips/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import type { FlipsResult } from "../../experiment/flips/config.ts";
import type { TopLevelSpec } from "vega-lite";
import { capital, count, number, plural, range } from "../../util/words.ts";
import { logAxis, logDomain, spreadOver, valuesAxis, type Spread } from "../draw/axis.ts";
import { distinct, isNormalized } from "../draw/data.ts";
import { arrowsInWords, barIn, curveLayers, meanInWords, reachOf, type Bar } from "../draw/means.ts";
import { emptySpec, panels, panelWidth, theoryLayer, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { seriesChannels } from "../draw/series.ts";
import { leftOutInWords } from "../draw/settings.ts";
import { minFontSize, paintOf, panelTitle } from "../draw/theme.ts";
import { headingOf, type Claim, type DrawOptions, type Figure } from "../figure.ts";
import { captionOf, notesOf } from "./against-words.ts";
import { quantities, type QuantityName } from "./quantity.ts";
import { curvesOf, describeShared, pointsOf, runsPerPoint, type Curve, type Point } from "./rows.ts";

export interface AgainstDimension extends Pick<Figure, "id" | "title" | "studies" | "cover" | "finding"> {
  /** What tells the curves apart, beside all else that a study sweeps. */
  readonly by: "network.m" | "training.c0";
  /** One panel each, in this order. */
  readonly quantities: readonly QuantityName[];
  readonly headline: (curves: readonly Curve[]) => string;
  readonly claims: (curves: readonly Curve[], results: readonly FlipsResult[]) => readonly Claim[];
}

/** Raw pixels: ‖δ‖ also in units of ‖x‖, which is what the theorem speaks of. */
export const rawQuantities: readonly QuantityName[] = ["gradientNorm", "step", "perturbationRelative", "perturbation"];
/** ‖x‖ = 1: the two perturbations are one. */
export const normalizedQuantities: readonly QuantityName[] = ["gradientNorm", "step", "perturbation"];

/** Figures 2, 3, 5 and 6 of the paper: quantities against d, log-log, one curve per width or per C_0. */
export function againstDimension({ id, title, studies, by, quantities: order, headline, claims, ...rest }: AgainstDimension): Figure {
  const shownOf = (curves: readonly Curve[]) => curves.flatMap(({ results }) => results);
  return {
    id,
    title,
    ...rest,
    studies,
    drawnFrom: isFlipsConfig,
    needs: "networks trained by SGD whose flips are measured (measure: [flips])",
    spec(results, options = {}) {
      const { curves, all } = curvesOf(results, by);
      return draw(order, curves, {
        ...options,
        heading: headingOf({ id, title }),
        missing: leftOut(results, curves, all),
      });
    },
    headline: (results) => headline(curvesOf(results, by).curves),
    caption: (results) => captionOf(order, curvesOf(results, by).curves),
    notes(results) {
      const { curves, all } = curvesOf(results, by);
      const missing = leftOut(results, curves, all);
      return [...notesOf(order, curves), ...(missing === "" ? [] : [`${capital(missing)}.`])];
    },
    claims(results) {
      const { curves } = curvesOf(results, by);
      return claims(curves, shownOf(curves));
    },
  };
}

function leftOut(results: readonly Cell[], curves: readonly Curve[], all: number): string {
  if (all > curves.length) return `not shown: ${count(all - curves.length)} of ${plural(all, "curve")}`;
  return leftOutInWords(
    results,
    curves.flatMap((curve) => curve.results),
  );
}

interface Drawing extends DrawOptions {
  readonly heading: string;
  readonly missing: string;
}

function draw(order: readonly QuantityName[], curves: readonly Curve[], { missing, ...options }: Drawing): TopLevelSpec {
  const results = curves.flatMap((curve) => curve.results);
  if (results.length === 0) return emptySpec(options);
  const runs = runsPerPoint(curves.map((curve) => pointsOf(curve.results, "gradientNorm")));
  const drawn = order.map((name) => contentOf(name, curves));
  const bars = drawn.flatMap(({ points }) => points);
  const several = distinct(results, (row) => row.d).length > 1;
  const wide = order.length === 3 ? 226 : 336;
  return panels(
    drawn.map((content) => panel(content, { ...options, wide })),
    {
      columns: order.length === 3 ? 3 : 2,
      ...options,
      subtitle: [
        `${describeShared(results)}  ·  ${runs.some((n) => n > 1) ? `means over ${range(runs)} runs, bars: 95 % t-intervals` : "one run per point, no bars"}`,
        ...(several ? ["dashed: the rate the theory predicts, its height fitted"] : []),
      ],
      remarks: [arrowsInWords(bars), missing],
    },
  );
}

interface Content {
  readonly name: QuantityName;
  readonly labels: readonly string[];
  readonly points: readonly (Bar & { readonly series: string; readonly x: number; readonly mean: number })[];
  readonly theory: readonly { readonly x: number; readonly y: number }[];
  readonly ds: readonly number[];
  readonly spread: Spread;
  readonly y: [number, number];
}

/** What one panel shows: points with their bars, and the theory's line. */
function contentOf(name: QuantityName, curves: readonly Curve[]): Content {
  const results = curves.flatMap((curve) => curve.results);
  const ds = distinct(results, (row) => row.d);
  const all = curves.map((curve) => pointsOf(curve.results, name));
  const theory = theoryLine(name, results, all.flat(), ds);
  // Room on the right for the name of the rate.
  const spread = spreadOver(ds, { right: 0.17, step: Math.min(0.018, 0.06 / curves.length) });
  const y = logDomain([...all.flat().flatMap(reachOf), ...theory.map((end) => end.y)]);
  const points = all.flatMap((curve, k) =>
    curve.map((point) => ({
      series: curves[k]!.label,
      d: point.d,
      x: point.d * spread.shift(k - (curves.length - 1) / 2),
      mean: point.mean,
      ...barIn(point.interval, y),
      Mean: number(point.mean),
      ...meanInWords(point),
    })),
  );
  return { name, labels: curves.map(({ label }) => label), points, theory, ds, spread, y };
}

function panel({ name, labels, points, theory, ds, spread, y: domain }: Content, options: DrawOptions & { readonly wide: number }): Panel {
  const { symbol, name: words, rate } = quantities[name];
  const width = panelWidth(options.wide, options);
  const x = valuesAxis(ds, spread, "input dimension d");
  const y = (field: string) => logAxis(field, domain, null);
  return {
    title: { ...panelTitle, text: `${capital(words)} ${symbol}` },
    width,
    height: 232,
    data: { values: [...points] },
    layer: [
      ...rateLayers(theory, rate, { x, y: y("y") }, options),
      ...curveLayers(
        {
          x,
          y,
          ...seriesChannels(labels, { ...options, legend: legendFor(labels, options) }),
          tooltip: [
            { field: "series", title: "Curve" },
            { field: "d", title: "d" },
            { field: "Mean", title: symbol },
            { field: "95 % interval" },
            { field: "Runs" },
          ],
        },
        options,
      ),
    ],
  };
}

/** All panels share one legend: as many labels side by side as the picture is wide, about 7 px a letter and 40 for symbol and gap. */
function legendFor(labels: readonly string[], { columns, wide }: DrawOptions & { readonly wide: number }) {
  const room = columns === 1 ? 330 : wide === 226 ? 800 : 740;
  const longest = Math.max(...labels.map(({ length }) => length));
  return { title: null, columns: Math.max(1, Math.min(labels.length, Math.floor(room / (7 * longest + 40)))) };
}

function rateLayers(theory: Content["theory"], rate: string, { x, y }: { readonly x: Position; readonly y: Position }, options: DrawOptions): Layer[] {
  if (theory.length === 0) return [];
  return [
    theoryLayer(theory, x, y, options),
    {
      data: { values: [theory.at(-1)!] },
      mark: { type: "text", text: rate, align: "left", dx: 11, color: paintOf(options).theory, fontSize: minFontSize + 1, fontWeight: 600 },
      encoding: { x, y },
    },
  ];
}

/**
 * The paper's rate through the geometric mean of all points of the panel. None for ‖δ‖ of inputs that are not
 * normalised: the theorem is about norm 1, and ‖x‖ itself grows with d.
 */
function theoryLine(name: QuantityName, results: readonly FlipsResult[], points: readonly Point[], ds: readonly number[]): Content["theory"] {
  if (points.length === 0 || ds.length < 2) return [];
  if (name === "perturbation" && !results.every(({ config }) => isNormalized(config))) return [];
  const geometricMean = (values: readonly number[]) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
  const centreD = geometricMean(points.map((point) => point.d));
  const centreY = geometricMean(points.map((point) => point.mean));
  return [ds[0]!, ds.at(-1)!].map((d) => ({ x: d, y: centreY * (d / centreD) ** quantities[name].exponent }));
}
