import { logTicks, tileEdges, type Domain } from "./axis.ts";
import type { DrawOptions } from "../figure.ts";
import { count, interval, number, percent, short } from "../../util/words.ts";
import { panelWidth, type Layer, type Panel, type Position } from "./panels.ts";
import { describeFixed, gridOf, tilesOf, type Half } from "../robust/rows.ts";
import { emptyTile, heatScheme, ink, panelTitle, theoryDash } from "./theme.ts";
import type { Threshold } from "../robust/threshold.ts";

const domain = [0, 1];
/** Axis and legend labels of shares, as this project writes per cent. */
export const percentLabel = "format(100 * datum.value, '.0f') + ' %'";

/** Robust accuracy as tiles over d and ε (or m and the radius), with c/√d through the places of half accuracy. */
export function heatMap(half: Half, { fit }: Threshold, options: DrawOptions): Panel {
  const { side } = half;
  const { across, along } = gridOf(half);
  const columns = tileEdges(across);
  const rows = across.map((x) => tileEdges(along(x)));
  const [left, right] = [columns[0]![0], columns.at(-1)![1]];
  const [bottom, top]: Domain = [Math.min(...rows.map((edges) => edges[0]![0])), Math.max(...rows.map((edges) => edges.at(-1)![1]))];

  // Each tile reaches under its right and upper neighbour, drawn later, so that no white seam shows between them.
  const under = (edge: number, end: number, start: number) => (edge === end ? edge : edge * (end / start) ** 0.003);
  const tiles = tilesOf(half);
  const cells = across.flatMap((x, i) =>
    along(x).map((y, j) => {
      const tile = tiles.find((one) => one.x === x && one.y === y);
      const runs = tile === undefined ? "no run yet" : count(tile.values.length);
      return {
        across: x,
        along: short(y),
        x: columns[i]![0],
        x2: under(columns[i]![1], right, left),
        y: rows[i]![j]![0],
        y2: under(rows[i]![j]![1], top, bottom),
        accuracy: tile === undefined ? null : tile.mean,
        Robust: tile === undefined ? "unknown" : percent(tile.mean),
        Clean: tile === undefined ? "unknown" : percent(tile.clean),
        "95 % interval":
          tile === undefined ? "unknown" : tile.values.length > 1 ? interval(tile.interval, (share) => percent(Math.min(1, Math.max(0, share)))) : "one run",
        Runs: runs,
      };
    }),
  );

  // Room on the right for the name of the line.
  const x: Position = {
    field: "x",
    type: "quantitative",
    scale: { type: "log", domain: [left, right * (right / left) ** 0.13], nice: false },
    axis: { title: side.across.name, values: [...across], format: ",d", grid: false, domain: false, labelOverlap: "greedy", labelSeparation: 2 },
  };
  const y: Position = {
    field: "y",
    type: "quantitative",
    scale: { type: "log", domain: [bottom, top], nice: false },
    axis: { title: side.along.name, values: logTicks([bottom, top]), format: ",~r", grid: false, domain: false },
  };
  const at = (position: Position, field: string): Position => ({ ...position, field });
  const share = { field: "accuracy", type: "quantitative" as const, scale: { scheme: heatScheme, domain } };
  const legend = {
    type: "gradient" as const,
    title: "robust test accuracy",
    titleLimit: 0,
    titleFontSize: 14,
    titleFontWeight: 400 as const,
    titlePadding: 6,
    values: [0, 0.25, 0.5, 0.75, 1],
    labelExpr: percentLabel,
    gradientLength: panelWidth(240, options),
    gradientThickness: 12,
  };
  const position = { x, x2: { field: "x2" }, y, y2: { field: "y2" } };
  const line = Number.isFinite(fit.c) && across.length > 1 ? clipped(fit.c, [left, right], [bottom, top]) : [];
  const tooltip = [
    { field: "across", title: side.across.symbol, format: "," },
    { field: "along", title: side.along.symbol },
    { field: "Robust", title: "robust" },
    { field: "Clean", title: "clean" },
    { field: "95 % interval" },
    { field: "Runs" },
  ];

  return {
    title: { ...panelTitle, text: `Over ${side.across.symbol} and ${side.along.symbol}, at ${describeFixed(half)}` },
    width: panelWidth(336, options),
    height: 262,
    data: { values: cells },
    layer: [
      {
        transform: [{ filter: "!isValid(datum.accuracy)" }],
        mark: { type: "rect", color: emptyTile, stroke: "white", strokeWidth: 1 },
        encoding: { ...position, tooltip },
      },
      {
        transform: [{ filter: "isValid(datum.accuracy)" }],
        mark: { type: "rect", opacity: 1 },
        encoding: { ...position, color: { ...share, legend }, tooltip },
      },
      ...(line.length < 2 ? [] : theory(line, side.rate, right, { x: at(x, "x"), y: at(y, "y") })),
      {
        data: { values: fit.means.map((mean) => ({ x: mean.x, y: mean.at, at: number(mean.at), runs: count(mean.runs) })) },
        mark: { type: "point", filled: true, shape: "circle", size: 62, opacity: 1, color: "white", stroke: ink, strokeWidth: 1.6 },
        encoding: {
          x: at(x, "x"),
          y: at(y, "y"),
          tooltip: [
            { field: "x", title: side.across.symbol, format: "," },
            { field: "at", title: `${side.along.symbol} at one half` },
            { field: "runs", title: "Runs" },
          ],
        },
      },
    ],
  };
}

/** c/√x where it lies within the tiles. */
function clipped(c: number, [left, right]: Domain, [bottom, top]: Domain): { readonly x: number; readonly y: number }[] {
  const from = Math.max(left, (c / top) ** 2);
  const to = Math.min(right, (c / bottom) ** 2);
  return from < to ? [from, to].map((x) => ({ x, y: c / Math.sqrt(x) })) : [];
}

/** The line in white on a dark band: it must be seen on every colour of the scale. */
function theory(
  values: readonly { readonly x: number; readonly y: number }[],
  rate: string,
  right: number,
  { x, y }: { readonly x: Position; readonly y: Position },
): Layer[] {
  const data = { values: [...values] };
  const [start, end] = [values[0]!, values.at(-1)!];
  const name = (at: { readonly x: number; readonly y: number }, style: object): Layer => ({
    data: { values: [at] },
    mark: { type: "text", text: rate, align: "left", fontSize: 14, fontWeight: 600, color: ink, ...style },
    encoding: { x, y },
  });
  // Beside the tiles, unless the line ends at their lower edge far from there: then above its end, in white.
  const near = Math.log(right / end.x) < 0.2 * Math.log(right / start.x);
  const within = { dx: 3, dy: -16 };
  return [
    { data, mark: { type: "line", color: ink, strokeWidth: 4.5, strokeCap: "butt" }, encoding: { x, y } },
    { data, mark: { type: "line", color: "white", strokeWidth: 2, strokeDash: theoryDash }, encoding: { x, y } },
    ...(near
      ? [name({ x: right, y: end.y }, { dx: 7, dy: end.x < right ? -8 : 0 })]
      : [name(end, { ...within, stroke: ink, strokeWidth: 3.5 }), name(end, { ...within, color: "white" })]),
  ];
}
