import type { TheoryResult } from "../../experiment/theory/config.ts";
import { logDomain, logTicks } from "../draw/axis.ts";
import { bar, horizontal } from "./bound-panels.ts";
import type { DrawOptions } from "../figure.ts";
import { count, number, percent } from "../../util/words.ts";
import { percentLabel } from "../draw/heat-map.ts";
import { curveLayers, legendWithin, panelWidth, theoryLayer, type Panel, type Position } from "../draw/panels.ts";
import { hasState, linesByData, sharesOf, smallestAlong, stateNames, states, type State } from "./step-rows.ts";
import { meanOver, statementIn, valuesOf, type Line, type Mean } from "./rows.ts";
import { orderedScheme, panelTitle, quiet, seriesColor, seriesShape, theoryColor, theoryDash } from "../draw/theme.ts";
import type { StatementResult } from "../../theory/check.ts";

export const wide = 336;
export const flipping = 0.99;

/** A share from 0 to 100 %. */
const shareAxis = (field: string, title: string | null): Position => ({
  field,
  type: "quantitative",
  scale: { domain: [0, 1.04], nice: false },
  axis: { title, values: [0, 0.25, 0.5, 0.75, 1], labelExpr: percentLabel },
});

/** Share of points flipped by one step of C_1/d, a curve per d: one if the scaling holds. */
export function sharesPanel(state: State, { results }: Line, c1: number, options: DrawOptions): Panel | undefined {
  const own = results.filter((result) => hasState(result, state));
  const ds = valuesOf(own, "d");
  if (ds.length === 0) return undefined;
  const label = (d: number) => `d = ${count(d)}`;
  const labels = ds.map(label);
  const points = ds.flatMap((d) => {
    const runs = own.filter(({ row }) => row.d === d).map((result) => sharesOf(result, state));
    return runs[0]!.c1.flatMap((x, i) => {
      const value = meanOver(runs.map(({ share }) => share[i]));
      return value === undefined
        ? []
        : [{ series: label(d), x, i, mean: value.mean, "C₁": number(x), Share: percent(value.mean), Runs: count(value.values.length) }];
    });
  });
  const domain = logDomain(
    points.map((point) => point.x),
    0.02,
  );
  const x: Position = {
    field: "x",
    type: "quantitative",
    scale: { type: "log", domain, nice: false },
    axis: { title: "C₁: the step is C₁/d", values: logTicks(domain), format: ",~r", grid: false },
  };
  const width = panelWidth(wide, options);
  const legend = legendWithin(width, labels);
  const color = { field: "series", type: "nominal" as const, scale: { domain: labels, scheme: orderedScheme }, legend };
  const shape = { field: "series", type: "nominal" as const, scale: { domain: labels, range: labels.map((_, k) => seriesShape(k)) }, legend };
  const y = (field: string) => shareAxis(field, "points flipped");
  // A mark on every curve now and then, not at the same places: shapes tell the curves apart without colour.
  const every = 8;
  return {
    title: { ...panelTitle, text: state === "fresh" ? "One step, networks at initialisation" : "One step, trained networks" },
    width,
    height: 212,
    data: { values: points },
    layer: [
      { data: { values: [{ y: flipping }] }, mark: { type: "rule", color: quiet, strokeDash: theoryDash, strokeWidth: 1.2 }, encoding: { y: y("y") } },
      { data: { values: [{ x: c1 }] }, mark: { type: "rule", color: quiet, strokeDash: [2, 3], strokeWidth: 1.2 }, encoding: { x } },
      { mark: { type: "line", strokeWidth: 1.8 }, encoding: { x, y: y("mean"), color } },
      {
        transform: [{ filter: ds.map((d, k) => `(datum.series === '${label(d)}' && datum.i % ${every} === ${(2 * k) % every})`).join(" || ") }],
        mark: { type: "point", filled: true, size: 55, opacity: 1, stroke: "white", strokeWidth: 0.8 },
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

interface Series {
  readonly label: string;
  readonly places: readonly { readonly d: number; readonly value: Mean }[];
}

/** The smallest C_1 that flips 99 % of the points against d: flat if steps of size C_1/d are what it takes. */
export function smallestPanel(results: readonly TheoryResult[], options: DrawOptions): Panel | undefined {
  const lines = linesByData(results);
  const series: Series[] = lines
    .flatMap(({ dataset, line }) => states.map((state) => ({ label: `${dataset}, ${stateNames[state]}`, places: smallestAlong(line, state).places })))
    .filter(({ places }) => places.length > 0);
  if (series.length === 0) return undefined;
  const all = series.flatMap(({ places }) => places);
  const xs = [...new Set(all.map(({ d }) => d))].sort((a, b) => a - b);
  const middleOf = (places: Series["places"]) => Math.exp(places.reduce((sum, { value }) => sum + Math.log(value.mean), 0) / places.length);
  const middle = middleOf(all);
  // A factor of 10 at least: what is nearly flat should look so.
  const domain = logDomain([middle / Math.sqrt(10), middle * Math.sqrt(10), ...all.map(({ value }) => value.mean)], 0.08);
  const y = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { type: "log", domain, nice: false },
    axis: { title: "smallest C₁", values: logTicks(domain), format: ",~r" },
  });
  const scale = horizontal(xs);
  const title = "Smallest C₁ that flips 99 %";
  const flat = series
    .filter(({ places }) => places.length > 1)
    .map(({ places }) =>
      theoryLayer(
        [places[0]!, places.at(-1)!].map(({ d }) => ({ x: d, y: middleOf(places) })),
        axisD(xs, scale),
        y("y"),
      ),
    );
  return overD(series, { title, y, domain, xs, symbol: "C₁", format: number }, options, flat);
}

/** Corollary 3.2: the robust error within reach/√d, measured and over draws, against what the corollary promises. */
export function robustPanel(results: readonly TheoryResult[], options: DrawOptions): Panel | undefined {
  const able = results.filter((result) => statementIn(result, "robust-error") !== undefined);
  const lines = linesByData(able);
  const along = ({ results: own }: Line, of: (statement: StatementResult) => number | undefined) =>
    valuesOf(own, "d").flatMap((d) => {
      const value = meanOver(own.filter(({ row }) => row.d === d).map((result) => of(statementIn(result, "robust-error")!)));
      return value === undefined ? [] : [{ d, value }];
    });
  // Draws know of d alone: those of one dataset stand for all.
  const series: Series[] = [
    ...lines.map(({ dataset, line }) => ({ label: `${dataset}, networks`, places: along(line, ({ measured }) => measured) })),
    ...lines.slice(0, 1).map(({ line }) => ({ label: "a point, over draws of (a, W₀)", places: along(line, flippedDraws) })),
  ].filter(({ places }) => places.length > 0);
  if (series.length === 0) return undefined;
  const xs = [...new Set(series.flatMap(({ places }) => places.map(({ d }) => d)))].sort((a, b) => a - b);
  const bound = statementIn(able[0]!, "robust-error")!.bound ?? 0.9;
  const y = (field: string) => shareAxis(field, "robust error");
  return overD(series, { title: "Robust error at ε = c/√d", y, domain: [0, 1.04], xs, symbol: "robust error", format: (share) => percent(share) }, options, [
    { data: { values: [{ y: bound }] }, mark: { type: "rule", color: theoryColor, strokeDash: theoryDash, strokeWidth: 2 }, encoding: { y: y("y") } },
  ]);
}

/** A draw of the corollary is one point, whose robust error is 0 or 1. */
const flippedDraws = ({ simulation }: StatementResult) => (simulation === null ? undefined : 1 - simulation.share);

interface OverD {
  readonly title: string;
  readonly y: (field: string) => Position;
  readonly domain: [number, number];
  readonly xs: readonly number[];
  readonly symbol: string;
  readonly format: (value: number) => string;
}

type Layers = Extract<Panel, { layer: unknown }>["layer"];

function axisD(xs: readonly number[], { domain }: ReturnType<typeof horizontal>): Position {
  return {
    field: "x",
    type: "quantitative",
    scale: { type: "log", domain, nice: false },
    axis: { title: "input dimension d", values: [...xs], format: ",d", grid: false, labelOverlap: "greedy", labelSeparation: 4 },
  };
}

/** Series against d with bars over runs. */
function overD(series: readonly Series[], { title, y, domain, xs, symbol, format }: OverD, options: DrawOptions, under: Layers): Panel {
  const scale = horizontal(xs);
  const x = axisD(xs, scale);
  const labels = series.map(({ label }) => label);
  const width = panelWidth(wide, options);
  const legend = legendWithin(width, labels);
  const color = { field: "series", type: "nominal" as const, scale: { domain: labels, range: labels.map((_, k) => seriesColor(k)) }, legend };
  const shape = { field: "series", type: "nominal" as const, scale: { domain: labels, range: labels.map((_, k) => seriesShape(k)) }, legend };
  const values = series.flatMap(({ label, places }, k) =>
    places.map(({ d, value }) => ({
      series: label,
      d,
      x: d * scale.shift(k - (series.length - 1) / 2),
      mean: value.mean,
      ...bar(value.interval, domain),
      Value: format(value.mean),
      "95 % interval": Number.isFinite(value.interval.low) ? `${format(value.interval.low)} to ${format(value.interval.high)}` : "one run",
      Runs: count(value.values.length),
    })),
  );
  return {
    title: { ...panelTitle, text: title },
    width,
    height: 212,
    data: { values },
    layer: [
      ...under,
      ...curveLayers({
        x,
        y,
        color,
        shape,
        tooltip: [{ field: "series", title: "Networks" }, { field: "d" }, { field: "Value", title: symbol }, { field: "95 % interval" }, { field: "Runs" }],
      }),
    ],
  };
}
