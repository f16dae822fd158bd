import { logDomain, logTicks, type Domain } from "../draw/axis.ts";
import { kindNames, kinds, type DrawnPart } from "./bound-parts.ts";
import type { DrawOptions } from "../figure.ts";
import { count, number } from "../../util/words.ts";
import { meansLayers, panelWidth, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { panelTitle, quiet, seriesColor, seriesShape, theoryColor, theoryDash } from "../draw/theme.ts";

/** A bound that says nothing is drawn in this, hollow. */
export const vacuousColor = "#8b919c";
/** What is smaller than a thousandth of the largest point is drawn at the lower edge: it would squeeze everything else. */
export const floorOf = (means: readonly number[]): number => Math.max(...means, 0) / 1000;
/** And so would a vacuous bound larger than this. */
const largestDrawn = 1e6;
const colors = [seriesColor(2), seriesColor(0), seriesColor(3)];
const shapes = [seriesShape(1), seriesShape(0), seriesShape(3)];

/** One quantity: bounds as dashed lines, hollow where they say nothing; what was found as points with bars over seeds. */
export function boundPanel(part: DrawnPart, options: DrawOptions): Panel {
  const { axis, line, statements, heading } = part;
  // Several bounds of one quantity were measured on the same networks: the points of the first stand for all but their bound.
  const found = statements[0]!.points;
  const points = kinds.flatMap((kind, k) =>
    found[kind]
      .filter(({ value }) => value.mean > 0)
      .map(({ x, value }) => ({
        kind: kindNames[kind],
        at: x,
        x,
        shift: k - 1,
        mean: value.mean,
        low: value.interval.low,
        high: value.interval.high,
        Value: number(value.mean),
        "95 % interval": Number.isFinite(value.interval.low) ? `${number(value.interval.low)} to ${number(value.interval.high)}` : "one run",
        Runs: count(value.values.length),
      })),
  );
  const says = statements.map(({ bound }) => bound.filter(({ y, vacuous }) => y !== null && y > 0 && !vacuous));
  const silent = statements.flatMap(({ bound }) => bound.filter(({ vacuous }) => vacuous));
  // Through what says nothing but has a place in the panel, a thin grey line.
  const greyed = statements
    .map(({ bound }) => (bound.some(({ vacuous }) => vacuous) ? bound.filter(({ y }) => y !== null && y > 0 && y < largestDrawn) : []))
    .filter((bound) => bound.length > 1);
  const xs = [...new Set(statements.flatMap(({ bound }) => bound.map(({ x }) => x)))].sort((a, b) => a - b);
  const means = points.map(({ mean }) => mean);
  const floor = floorOf(means);
  const domain = logDomain(
    [
      ...means.filter((mean) => mean >= floor),
      ...says.flat().map(({ y }) => y!),
      ...silent.flatMap(({ y }) => (y !== null && y > 0 && y < largestDrawn ? [y] : [])),
    ],
    0.1,
  );
  const side = part.rates[0]!.side;
  // A bound with no place on a logarithmic axis (‖∇f‖ ≥ −3) stands at the end it is beyond.
  const inset = (part: number) => (domain[1] / domain[0]) ** part;
  const [lowest, highest] = [domain[0] * inset(0.05), domain[1] / inset(0.1)];
  const placed = (y: number | null) => {
    if (y === null || y <= 0) return side === "at least" ? lowest : highest;
    return y > domain[1] ? highest : y < domain[0] ? lowest : y;
  };
  const scaleX = horizontal(xs);
  const x = (field = "x"): Position => ({
    field,
    type: "quantitative",
    scale: { type: "log", domain: scaleX.domain, nice: false },
    axis: {
      title: `${axis === "d" ? "input dimension d" : "width m"} (${otherwise(line.results[0]!.row, axis)})`,
      values: xs,
      format: ",d",
      grid: false,
      labelOverlap: "greedy",
      labelSeparation: 4,
      titleFontSize: 13,
      titleLimit: 0,
    },
  });
  const y = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { type: "log", domain, nice: false },
    axis: { title: null, values: logTicks(domain), format: ",~r" },
  });
  const domainOf = kinds.map((kind) => kindNames[kind]);
  const legend = { title: null, ...(options.columns === 1 ? { columns: 1 } : {}) };
  const color = { field: "kind", type: "nominal" as const, scale: { domain: domainOf, range: colors }, legend };
  const shape = { field: "kind", type: "nominal" as const, scale: { domain: domainOf, range: shapes }, legend };
  const shifted = points.map((point) => {
    const isBelow = point.mean < floor;
    return {
      ...point,
      x: point.x * scaleX.shift(point.shift),
      mean: isBelow ? domain[0] : point.mean,
      ...(isBelow ? { low: null, high: null } : bar(point, domain)),
    };
  });
  const rises = side === "at most" && silent.length > 1 && placed(silent.at(-1)!.y) > placed(silent[0]!.y);
  const named = rises ? silent.at(-1) : silent[0];
  const quietest = { x: named?.x, y: placed(named?.y ?? null) };
  return {
    title: { ...panelTitle, text: heading },
    width: panelWidth(226, options),
    height: 210,
    data: { values: shifted },
    layer: [
      ...greyed.map((bound): Layer => ({
        data: { values: bound.map((point) => ({ x: point.x, y: point.y! })) },
        mark: { type: "line", color: vacuousColor, strokeDash: theoryDash, strokeWidth: 1.2 },
        encoding: { x: x(), y: y("y") },
      })),
      ...says.flatMap((bound, i) =>
        boundLine(bound, i, { x, y, side, rightmost: xs.at(-1)!, name: statements.length > 1 ? (i === 0 ? "paper’s" : "sharper") : "bound" }),
      ),
      ...(silent.length === 0
        ? []
        : [
            {
              data: { values: silent.map(({ x: at, y: height }) => ({ x: at, y: placed(height), Bound: height === null ? "none" : number(height) })) },
              mark: { type: "point" as const, shape: "circle", filled: false, size: 70, strokeWidth: 1.8, stroke: vacuousColor, opacity: 1 },
              encoding: { x: x(), y: y("y"), tooltip: [{ field: "Bound", title: "bound (vacuous)" }] },
            },
            {
              data: { values: [quietest] },
              mark: { type: "text" as const, text: "vacuous", ...(rises ? labelled("right", 8, -13) : labelled("left", -5, -13)), fontSize: 13, color: quiet },
              encoding: { x: x(), y: y("y") },
            },
          ]),
      ...meansLayers({
        x: x(),
        y,
        color,
        shape,
        tooltip: [{ field: "kind", title: "What" }, { field: "at", title: axis }, { field: "Value" }, { field: "95 % interval" }, { field: "Runs" }],
        size: 60,
      }),
    ],
  };
}

const labelled = (align: "left" | "right", dx: number, dy: number) => ({ align, dx, dy });

interface Line {
  readonly x: (field?: string) => Position;
  readonly y: (field: string) => Position;
  readonly side: "at most" | "at least";
  readonly rightmost: number;
  readonly name: string;
}

/** The bound where it says something, with its name where no points are: above the end of an upper bound, below that of a lower one. */
function boundLine(bound: readonly { readonly x: number; readonly y: number | null }[], index: number, { x, y, side, rightmost, name }: Line): Layer[] {
  if (bound.length === 0) return [];
  const values = bound.map((point) => ({ x: point.x, y: point.y!, Bound: number(point.y!) }));
  const last = values.length - 1;
  const falls = values[last]!.y < values[0]!.y;
  const [anchor, place] =
    side === "at least"
      ? [values[Math.max(0, last - 1)]!, last > 0 || values[last]!.x < rightmost ? labelled("left", 8, 14) : labelled("right", 8, 16)]
      : falls
        ? [values[0]!, labelled("left", -4, -12)]
        : [values[last]!, labelled("right", 8, -12)];
  return [
    {
      data: { values },
      mark: { type: "line", color: theoryColor, strokeDash: theoryDash, strokeWidth: index === 0 ? 2 : 2.6 },
      encoding: { x: x(), y: y("y") },
    },
    {
      data: { values },
      mark: { type: "tick", color: theoryColor, thickness: 2.5, size: 11, opacity: 1 },
      encoding: { x: x(), y: y("y"), tooltip: [{ field: "Bound", title: name }] },
    },
    {
      data: { values: [anchor] },
      mark: { type: "text", text: name, color: theoryColor, fontSize: 13, fontWeight: 600, ...place },
      encoding: { x: x(), y: y("y") },
    },
  ];
}

/** What the panel holds fixed; C₀ and γ stand in the subtitle where they are the same everywhere. */
function otherwise(row: { readonly d: number; readonly m: number }, axis: "d" | "m"): string {
  return axis === "d" ? `at m = ${count(row.m)}` : `at d = ${count(row.d)}`;
}

/** Ticks at the values there are, points of one value a few pixels apart. */
export function horizontal(xs: readonly number[]): { readonly domain: Domain; readonly shift: (steps: number) => number } {
  const [low, high] = [Math.log(xs[0]!), Math.log(xs.at(-1)!)];
  const span = Math.max(high - low, 1);
  if (xs.length === 1) return { domain: [Math.exp(low - 0.5), Math.exp(high + 0.5)], shift: (steps) => Math.exp(steps * 0.03) };
  return { domain: [Math.exp(low - 0.08 * span), Math.exp(high + 0.08 * span)], shift: (steps) => Math.exp(steps * 0.016 * span) };
}

/** A bar as drawn: cut at the panel's edge where the interval leaves it. */
export function bar(
  { low, high }: { readonly low: number; readonly high: number },
  [bottom, top]: Domain,
): { readonly low: number | null; readonly high: number | null } {
  return Number.isFinite(low) ? { low: Math.max(low, bottom), high: Math.min(high, top) } : { low: null, high: null };
}
