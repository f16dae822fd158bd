import { count, number } from "../../util/words.ts";
import { logAxis, logDomain, spreadOver, valuesAxis, type Domain, type Spread } from "../draw/axis.ts";
import { barIn, meanInWords, meansLayers, reachOf, type Bar } from "../draw/means.ts";
import { panelWidth, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { minFontSize, paintOf, panelTitle, seriesShape } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";
import { boundLine, greyedLine, hasPlace, silentLayers, type Silent } from "./bound-lines.ts";
import { kindNames, kinds, type DrawnPart } from "./bound-parts.ts";
import type { Axis } from "./rows.ts";

/** What is smaller than a thousandth of the largest point would squeeze everything else: an arrow at the lower edge stands for it. */
export const floorOf = (means: readonly number[]): number => Math.max(...means, 0) / 1000;

export interface BoundContent {
  readonly part: DrawnPart;
  readonly points: readonly (Bar & { readonly series: string; readonly x: number; readonly mean: number | null })[];
  readonly silent: readonly Silent[];
  readonly xs: readonly number[];
  readonly spread: Spread;
  readonly domain: Domain;
}

/** What a panel shows, with the axes that hold it. */
export function boundContent(part: DrawnPart): BoundContent {
  const { statements } = part;
  const xs = [...new Set(statements.flatMap(({ bound }) => bound.map(({ x }) => x)))].sort((a, b) => a - b);
  const spread = spreadOver(xs);
  const silent = statements.flatMap(({ bound }) => bound.filter(({ vacuous }) => vacuous));
  const said = statements.flatMap(({ bound }) => bound.filter(({ vacuous }) => !vacuous));
  // Several bounds of one quantity were measured on the same networks: the points of the first stand for all but their bound.
  const found = kinds.flatMap((kind, k) => statements[0]!.points[kind].map((place) => ({ kind, k, ...place }))).filter(({ value }) => value.mean > 0);
  const floor = floorOf(found.map(({ value }) => value.mean));
  const domain = logDomain(
    [
      ...found.flatMap(({ value }) => (value.mean >= floor ? reachOf(value).filter((end) => end >= floor) : [])),
      ...[...said, ...silent].flatMap(({ y }) => (hasPlace(y) ? [y] : [])),
    ],
    0.1,
  );
  const points = found.map(({ kind, k, x, value }) => ({
    series: kindNames[kind],
    at: x,
    x: x * spread.shift(k - 1),
    ...(value.mean < floor ? { mean: null, low: null, high: null, over: null, under: domain[0] } : { mean: value.mean, ...barIn(value.interval, domain) }),
    Value: number(value.mean),
    ...meanInWords(value),
  }));
  return { part, points, silent, xs, spread, domain };
}

/** One quantity: bounds as dashed lines, hollow where they say nothing; what was found as points with bars over seeds. */
export function boundPanel({ part, points, silent, xs, spread, domain }: BoundContent, options: DrawOptions): Panel {
  const { axis, line, statements, heading, rates } = part;
  const { side } = rates[0]!;
  const x = valuesAxis(xs, spread, `${axis === "d" ? "input dimension d" : "width m"} (${otherwise(line.results[0]!.row, axis)})`);
  const horizontal = { ...x, axis: { ...x.axis, titleFontSize: minFontSize } };
  const y = (field: string) => logAxis(field, domain, null);
  const position = { x: horizontal, y: y("y") };
  return {
    title: { ...panelTitle, text: heading },
    width: panelWidth(226, options),
    height: 210,
    data: { values: [...points] },
    layer: [
      ...statements.flatMap(({ bound }) => greyedLine(bound, position, options)),
      ...statements.flatMap(({ bound }, i) =>
        boundLine(bound, i, { ...position, side, rightmost: xs.at(-1)!, name: statements.length > 1 ? (i === 0 ? "paper’s" : "sharper") : "bound" }, options),
      ),
      ...silentLayers(silent, { ...position, side, domain, shift: spread.shift(-2.2) }, options),
      ...foundLayers(horizontal, y, axis, options),
    ],
  };
}

function foundLayers(x: Position, y: (field: string) => Position, axis: Axis, options: DrawOptions): Layer[] {
  const { series } = paintOf(options);
  const field = {
    field: "series",
    type: "nominal" as const,
    legend: { title: null, ...(options.columns === 1 ? { columns: 1 } : {}) },
  };
  const domain = kinds.map((kind) => kindNames[kind]);
  return meansLayers(
    {
      x,
      y,
      color: { ...field, scale: { domain, range: [series[2]!, series[0]!, series[3]!] } },
      shape: { ...field, scale: { domain, range: [seriesShape(1), seriesShape(0), seriesShape(3)] } },
      tooltip: [{ field: "series", title: "What" }, { field: "at", title: axis }, { field: "Value" }, { field: "95 % interval" }, { field: "Runs" }],
      size: 60,
    },
    options,
  );
}

/** What the panel holds fixed; C₀ and γ stand in the subtitle where they are the same everywhere. */
function otherwise(row: { readonly d: number; readonly m: number }, axis: Axis): string {
  return axis === "d" ? `at m = ${count(row.m)}` : `at d = ${count(row.d)}`;
}
