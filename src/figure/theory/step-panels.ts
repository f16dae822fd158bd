import type { TheoryResult } from "../../experiment/theory/config.ts";
import type { StatementResult } from "../../theory/check.ts";
import { count, number, percent } from "../../util/words.ts";
import { logAxis, logDomain, shareAxis, spreadOver, valuesAxis, type Domain, type Spread } from "../draw/axis.ts";
import { barIn, curveLayers, meanInWords, reachOf, type Bar } from "../draw/means.ts";
import { panelWidth, theoryLayer, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { legendWithin, seriesChannels } from "../draw/series.ts";
import { paintOf, panelTitle, theoryDash } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";
import { meanOver, statementIn, valuesOf, type Line, type Mean } from "./rows.ts";
import { hasState, linesByData, sharesOf, smallestAlong, stateNames, states, type State } from "./step-rows.ts";

export const wide = 336;
export const flipping = 0.99;

/** Share of points flipped by one step of C_1/d, a curve per d: one if the scaling holds. */
export function sharesPanel(state: State, { results }: Line, c1: number, options: DrawOptions): Panel | undefined {
  const own = results.filter((result) => hasState(result, state));
  const ds = valuesOf(own, "d");
  if (ds.length === 0) return undefined;
  const label = (d: number) => `d = ${count(d)}`;
  const labels = ds.map(label);
  const points = ds.flatMap((d) =>
    sharesAt(
      own.filter(({ row }) => row.d === d),
      state,
    ).map((point) => ({ series: label(d), ...point })),
  );
  const domain = logDomain(
    points.map((point) => point.x),
    0.02,
  );
  const steps = logAxis("x", domain, "C₁: the step is C₁/d");
  const x = { ...steps, axis: { ...steps.axis, grid: false } };
  const y = (field: string) => shareAxis(field, "points flipped");
  const width = panelWidth(wide, options);
  const { color, shape } = seriesChannels(labels, { ...options, ordered: true, legend: legendWithin(width, labels) });
  const { ground } = paintOf(options);
  return {
    title: { ...panelTitle, text: state === "fresh" ? "One step, networks at initialization" : "One step, trained networks" },
    width,
    height: 212,
    data: { values: points },
    layer: [
      ...ruleLayers(c1, { x, y: y("y") }, options),
      { mark: { type: "line", strokeWidth: 1.8 }, encoding: { x, y: y("mean"), color } },
      {
        transform: [{ filter: nowAndThen(labels) }],
        mark: { type: "point", filled: true, size: 55, opacity: 1, stroke: ground, strokeWidth: 0.8 },
        encoding: {
          x,
          y: y("mean"),
          color,
          shape,
          tooltip: [{ field: "series", title: "Curve" }, { field: "C₁" }, { field: "Share", title: "flipped" }, { field: "Runs" }],
        },
      },
    ],
  };
}

function sharesAt(results: readonly TheoryResult[], state: State) {
  const runs = results.map((result) => sharesOf(result, state));
  return runs[0]!.c1.flatMap((x, i) => {
    const value = meanOver(runs.map(({ share }) => share[i]));
    return value === undefined ? [] : [{ x, i, mean: value.mean, "C₁": number(x), Share: percent(value.mean), Runs: count(value.values.length) }];
  });
}

/** A mark on every curve now and then, not at the same places: shapes tell the curves apart without color. */
function nowAndThen(labels: readonly string[], every = 8): string {
  return labels.map((label, k) => `(datum.series === '${label}' && datum.i % ${every} === ${(2 * k) % every})`).join(" || ");
}

/** The share that counts as all, and the C_1 of the study. */
function ruleLayers(c1: number, { x, y }: { readonly x: Position; readonly y: Position }, options: DrawOptions): Layer[] {
  const { quiet } = paintOf(options);
  return [
    { data: { values: [{ y: flipping }] }, mark: { type: "rule", color: quiet, strokeDash: theoryDash, strokeWidth: 1.2 }, encoding: { y } },
    { data: { values: [{ x: c1 }] }, mark: { type: "rule", color: quiet, strokeDash: [2, 3], strokeWidth: 1.2 }, encoding: { x } },
  ];
}

/** One curve of values over seeds against d. */
interface ValueCurve {
  readonly label: string;
  readonly places: readonly { readonly d: number; readonly value: Mean }[];
}

/** What a panel of values against d shows. */
export interface ValueContent {
  readonly title: string;
  readonly symbol: string;
  readonly labels: readonly string[];
  readonly points: readonly (Bar & { readonly series: string; readonly x: number; readonly mean: number })[];
  readonly xs: readonly number[];
  readonly spread: Spread;
  readonly y: (field: string) => Position;
  /** Drawn below the points: what the theory says. */
  readonly theory: (x: Position) => Layer[];
}

/** The smallest C_1 that flips 99 % of the points against d: flat if steps of size C_1/d are what it takes. */
export function smallestContent(results: readonly TheoryResult[], options: DrawOptions): ValueContent | undefined {
  const curves: ValueCurve[] = linesByData(results)
    .flatMap(({ dataset, line }) => states.map((state) => ({ label: `${dataset}, ${stateNames[state]}`, places: smallestAlong(line, state).places })))
    .filter(({ places }) => places.length > 0);
  if (curves.length === 0) return undefined;
  const all = curves.flatMap(({ places }) => places);
  const middleOf = (places: ValueCurve["places"]) => Math.exp(places.reduce((sum, { value }) => sum + Math.log(value.mean), 0) / places.length);
  const middle = middleOf(all);
  // A factor of 10 at least: what is nearly flat should look so.
  const domain = logDomain([middle / Math.sqrt(10), middle * Math.sqrt(10), ...all.flatMap(({ value }) => reachOf(value))], 0.08);
  const y = (field: string) => logAxis(field, domain, "smallest C₁");
  const flat = curves.filter(({ places }) => places.length > 1);
  return {
    ...contentOf(curves, domain, number),
    title: "Smallest C₁ that flips 99 %",
    symbol: "C₁",
    y,
    theory: (x) =>
      flat.map(({ places }) =>
        theoryLayer(
          [places[0]!, places.at(-1)!].map(({ d }) => ({ x: d, y: middleOf(places) })),
          x,
          y("y"),
          options,
        ),
      ),
  };
}

/** Corollary 3.2: the robust error within reach/√d, measured and over draws, against what the corollary promises. */
export function robustContent(results: readonly TheoryResult[], options: DrawOptions): ValueContent | undefined {
  const able = results.filter((result) => statementIn(result, "robust-error") !== undefined);
  const lines = linesByData(able);
  const along = ({ results: own }: Line, of: (statement: StatementResult) => number | undefined) =>
    valuesOf(own, "d").flatMap((d) => {
      const value = meanOver(own.filter(({ row }) => row.d === d).map((result) => of(statementIn(result, "robust-error")!)));
      return value === undefined ? [] : [{ d, value }];
    });
  // Draws know of d alone: those of one dataset stand for all.
  const curves: ValueCurve[] = [
    ...lines.map(({ dataset, line }) => ({ label: `${dataset}, networks`, places: along(line, ({ measured }) => measured) })),
    ...lines.slice(0, 1).map(({ line }) => ({ label: "a point, over draws of (a, W₀)", places: along(line, flippedDraws) })),
  ].filter(({ places }) => places.length > 0);
  if (curves.length === 0) return undefined;
  const bound = statementIn(able[0]!, "robust-error")!.bound ?? 0.9;
  const y = (field: string) => shareAxis(field, "robust error");
  const mark = { type: "rule" as const, color: paintOf(options).theory, strokeDash: theoryDash, strokeWidth: 2 };
  return {
    // A share is between 0 and 1, and so is what its interval says of it.
    ...contentOf(curves, [0, 1], (share) => percent(share), true),
    title: "Robust error at ε = c/√d",
    symbol: "robust error",
    y,
    theory: () => [{ data: { values: [{ y: bound }] }, mark, encoding: { y: y("y") } }],
  };
}

/** A draw of the corollary is one point, whose robust error is 0 or 1. */
const flippedDraws = ({ simulation }: StatementResult) => (simulation === null ? undefined : 1 - simulation.share);

function contentOf(
  curves: readonly ValueCurve[],
  domain: Domain,
  format: (value: number) => string,
  isShare = false,
): Pick<ValueContent, "labels" | "points" | "xs" | "spread"> {
  const xs = [...new Set(curves.flatMap(({ places }) => places.map(({ d }) => d)))].sort((a, b) => a - b);
  const spread = spreadOver(xs);
  const points = curves.flatMap(({ label, places }, k) =>
    places.map(({ d, value }) => {
      const { low, high } = value.interval;
      return {
        series: label,
        d,
        x: d * spread.shift(k - (curves.length - 1) / 2),
        mean: value.mean,
        ...barIn(isShare ? { low: Math.max(0, low), high: Math.min(1, high) } : value.interval, domain),
        Value: format(value.mean),
        ...meanInWords(value, format),
      };
    }),
  );
  return { labels: curves.map(({ label }) => label), points, xs, spread };
}

/** Curves against d with bars over runs. */
export function valuePanel({ title, symbol, labels, points, xs, spread, y, theory }: ValueContent, options: DrawOptions): Panel {
  const width = panelWidth(wide, options);
  const x = valuesAxis(xs, spread, "input dimension d");
  const tooltip = [{ field: "series", title: "Networks" }, { field: "d" }, { field: "Value", title: symbol }, { field: "95 % interval" }, { field: "Runs" }];
  return {
    title: { ...panelTitle, text: title },
    width,
    height: 212,
    data: { values: [...points] },
    layer: [...theory(x), ...curveLayers({ x, y, ...seriesChannels(labels, { ...options, legend: legendWithin(width, labels) }), tooltip }, options)],
  };
}
