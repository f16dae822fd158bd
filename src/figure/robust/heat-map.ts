import { count, interval, number, percent, short } from "../../util/words.ts";
import { logTicks, percentLabel, tileEdges, type Domain } from "../draw/axis.ts";
import { panelWidth, type Encoding, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { minFontSize, heatScheme, paintOf, panelTitle, theoryDash } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";
import { describeFixed, gridOf, tilesOf, type Half, type Tile } from "./rows.ts";
import type { Threshold } from "./threshold.ts";

/** Where the tiles of a half stand. */
interface Layout {
  readonly across: readonly number[];
  readonly along: (x: number) => readonly number[];
  readonly columns: readonly Domain[];
  readonly rows: readonly (readonly Domain[])[];
  readonly horizontal: Domain;
  readonly vertical: Domain;
}

function layoutOf(half: Half): Layout {
  const { across, along } = gridOf(half);
  const columns = tileEdges(across);
  const rows = across.map((x) => tileEdges(along(x)));
  return {
    across,
    along,
    columns,
    rows,
    horizontal: [columns[0]![0], columns.at(-1)![1]],
    vertical: [Math.min(...rows.map((edges) => edges[0]![0])), Math.max(...rows.map((edges) => edges.at(-1)![1]))],
  };
}

/** Robust accuracy as tiles over d and ε (or m and the radius), with c/√d through the places of half accuracy. */
export function heatMap(half: Half, { fit }: Threshold, options: DrawOptions): Panel {
  const { side } = half;
  const layout = layoutOf(half);
  const { x, y } = axesOf(half, layout);
  const line = Number.isFinite(fit.c) && layout.across.length > 1 ? clipped(fit.c, layout.horizontal, layout.vertical) : [];
  return {
    title: { ...panelTitle, text: `Over ${side.across.symbol} and ${side.along.symbol}, at ${describeFixed(half)}` },
    width: panelWidth(336, options),
    height: 262,
    data: { values: tilesIn(half, layout) },
    layer: [
      ...tileLayers(half, { x: x("x"), x2: { field: "x2" }, y: y("y"), y2: { field: "y2" } }, options),
      ...(line.length < 2 ? [] : theory(line, side.rate, layout.horizontal[1], { x: x("x"), y: y("y") }, options)),
      halfLayer(half, fit, { x: x("x"), y: y("y") }),
    ],
  };
}

function tilesIn(half: Half, { across, along, columns, rows, horizontal, vertical }: Layout) {
  // Each tile reaches under its right and upper neighbour, drawn later, so that no seam shows between them.
  const under = (edge: number, [start, end]: Domain) => (edge === end ? edge : edge * (end / start) ** 0.003);
  const tiles = tilesOf(half);
  return across.flatMap((x, i) =>
    along(x).map((y, j) => ({
      across: x,
      along: short(y),
      x: columns[i]![0],
      x2: under(columns[i]![1], horizontal),
      y: rows[i]![j]![0],
      y2: under(rows[i]![j]![1], vertical),
      ...tileInWords(tiles.find((one) => one.x === x && one.y === y)),
    })),
  );
}

function tileInWords(tile: Tile | undefined) {
  if (tile === undefined) return { accuracy: null, Robust: "unknown", Clean: "unknown", "95 % interval": "unknown", Runs: "no run yet" };
  return {
    accuracy: tile.mean,
    Robust: percent(tile.mean),
    Clean: percent(tile.clean),
    "95 % interval": tile.values.length > 1 ? interval(tile.interval, (share) => percent(Math.min(1, Math.max(0, share)))) : "one run",
    Runs: count(tile.values.length),
  };
}

function axesOf({ side }: Half, { across, horizontal: [left, right], vertical }: Layout) {
  // Room on the right for the name of the line.
  const x = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { type: "log", domain: [left, right * (right / left) ** 0.13], nice: false },
    axis: { title: side.across.name, values: [...across], format: ",d", grid: false, domain: false, labelOverlap: "greedy", labelSeparation: 2 },
  });
  const y = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { type: "log", domain: vertical, nice: false },
    axis: { title: side.along.name, values: logTicks(vertical), format: ",~r", grid: false, domain: false },
  });
  return { x, y };
}

function tileLayers({ side }: Half, position: Pick<Encoding, "x" | "x2" | "y" | "y2">, options: DrawOptions): Layer[] {
  const { emptyTile, ground } = paintOf(options);
  const tooltip = [
    { field: "across", title: side.across.symbol, format: "," },
    { field: "along", title: side.along.symbol },
    { field: "Robust", title: "robust" },
    { field: "Clean", title: "clean" },
    { field: "95 % interval" },
    { field: "Runs" },
  ];
  return [
    {
      transform: [{ filter: "!isValid(datum.accuracy)" }],
      mark: { type: "rect", color: emptyTile, stroke: ground, strokeWidth: 1 },
      encoding: { ...position, tooltip },
    },
    {
      transform: [{ filter: "isValid(datum.accuracy)" }],
      mark: { type: "rect", opacity: 1 },
      encoding: { ...position, color: accuracyColor(options), tooltip },
    },
  ];
}

function accuracyColor(options: DrawOptions): NonNullable<Encoding["color"]> {
  return {
    field: "accuracy",
    type: "quantitative",
    scale: { scheme: heatScheme, domain: [0, 1] },
    legend: {
      type: "gradient",
      title: "robust test accuracy",
      titleLimit: 0,
      titleFontSize: 14,
      titleFontWeight: 400,
      titlePadding: 6,
      values: [0, 0.25, 0.5, 0.75, 1],
      labelExpr: percentLabel,
      gradientLength: panelWidth(240, options),
      gradientThickness: 12,
    },
  };
}

/** Dark ink and white on tiles of any color, whatever the page's theme. */
const [tileInk, tileWhite] = ["#1d1f24", "white"];

/** Where each column passes one half. */
function halfLayer({ side }: Half, fit: Threshold["fit"], position: { readonly x: Position; readonly y: Position }): Layer {
  return {
    data: { values: fit.means.map((mean) => ({ x: mean.x, y: mean.at, at: number(mean.at), runs: count(mean.runs) })) },
    mark: { type: "point", filled: true, shape: "circle", size: 62, opacity: 1, color: tileWhite, stroke: tileInk, strokeWidth: 1.6 },
    encoding: {
      ...position,
      tooltip: [
        { field: "x", title: side.across.symbol, format: "," },
        { field: "at", title: `${side.along.symbol} at one half` },
        { field: "runs", title: "Runs" },
      ],
    },
  };
}

type Ends = readonly { readonly x: number; readonly y: number }[];

/** c/√x where it lies within the tiles. */
function clipped(c: number, [left, right]: Domain, [bottom, top]: Domain): Ends {
  const from = Math.max(left, (c / top) ** 2);
  const to = Math.min(right, (c / bottom) ** 2);
  return from < to ? [from, to].map((x) => ({ x, y: c / Math.sqrt(x) })) : [];
}

/** The line in white on a dark band: it must be seen on every color of the scale. */
function theory(values: Ends, rate: string, right: number, { x, y }: { readonly x: Position; readonly y: Position }, options: DrawOptions): Layer[] {
  const data = { values: [...values] };
  const [start, end] = [values[0]!, values.at(-1)!];
  const name = (at: { readonly x: number; readonly y: number }, style: object): Layer => ({
    data: { values: [at] },
    mark: { type: "text", text: rate, align: "left", fontSize: minFontSize + 1, fontWeight: 600, ...style },
    encoding: { x, y },
  });
  // Beside the tiles, unless the line ends at their lower edge far from there: then above its end, in white.
  const near = Math.log(right / end.x) < 0.2 * Math.log(right / start.x);
  const within = { dx: 3, dy: -16 };
  return [
    { data, mark: { type: "line", color: tileInk, strokeWidth: 4.5, strokeCap: "butt" }, encoding: { x, y } },
    { data, mark: { type: "line", color: tileWhite, strokeWidth: 2, strokeDash: theoryDash }, encoding: { x, y } },
    ...(near
      ? [name({ x: right, y: end.y }, { dx: 7, dy: end.x < right ? -8 : 0, color: paintOf(options).ink })]
      : [name(end, { ...within, color: tileInk, stroke: tileInk, strokeWidth: 3.5 }), name(end, { ...within, color: tileWhite })]),
  ];
}
