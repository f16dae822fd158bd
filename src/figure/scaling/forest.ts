import { count, fixed, fraction, interval } from "../../util/words.ts";
import { type Domain } from "../draw/axis.ts";
import { barIn, type Bar } from "../draw/means.ts";
import { panelWidth, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { seriesChannels } from "../draw/series.ts";
import { minFontSize, paintOf, panelTitle, theoryDash } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";
import { symbolOf } from "./claims.ts";
import { groups, scalings, type Exponent, type GroupName, type ScalingName, type Variable } from "./rows.ts";

/** Rows between two quantities, in rows. */
const gap = 0.5;
const rowHeight = 23;

const panelNames: Readonly<Record<Variable, string>> = {
  d: "Against the input dimension d",
  m: "Against the width m",
  c0: `Against ${symbolOf.c0}, the size of the lazy ball`,
};

/** The rows of one quantity, from top to bottom. */
interface Band {
  readonly name: ScalingName;
  readonly from: number;
  readonly to: number;
}

/** What one panel shows. */
export interface Forest {
  readonly variable: Variable;
  readonly rows: readonly (Bar & { readonly series: string; readonly x: number; readonly y: number })[];
  readonly bands: readonly Band[];
  readonly domain: Domain;
}

/** The exponents of one variable, quantity by quantity, within it group by group. */
export function forestOf(variable: Variable, exponents: readonly Exponent[]): Forest {
  const names = [...new Set(exponents.map(({ name }) => name))];
  const domain = domainOf(exponents);
  const placed = names
    .flatMap((name, k) => exponents.filter((one) => one.name === name).map((one) => ({ one, extra: k * gap })))
    .map(({ one, extra }, i) => ({ one, y: i + extra }));
  const bands = names.map((name) => {
    const ys = placed.filter(({ one }) => one.name === name).map(({ y }) => y);
    return { name, from: Math.min(...ys) - 0.5, to: Math.max(...ys) + 0.5 };
  });
  return { variable, rows: placed.map(({ one, y }) => rowOf(one, y, domain)), bands, domain };
}

function rowOf({ name, variable, group, fit, xs }: Exponent, y: number, domain: Domain) {
  const range = Number.isFinite(fit.interval.low) ? interval(fit.interval, fixed) : "no interval";
  return {
    series: groups[group],
    x: fit.exponent,
    y,
    ...barIn(fit.interval, domain),
    Quantity: scalings[name].symbol,
    Exponent: fixed(fit.exponent),
    "95 % interval": range,
    Paper: paperInWords(scalings[name].paper[variable]),
    Range: `${symbolOf[variable]} = ${count(xs[0]!)} to ${count(xs.at(-1)!)}`,
    Runs: count(fit.runs),
    text: `${fixed(fit.exponent)}  ${range}`,
  };
}

function paperInWords(paper: number | "rises" | undefined): string {
  return paper === undefined ? "no exponent" : paper === "rises" ? "rises" : fraction(paper);
}

/** The fitted exponents, the paper's and the bars; a bar of no use (wider than ±0.5) ends in an arrow at the panel's edge. */
function domainOf(exponents: readonly Exponent[]): Domain {
  const values = exponents.flatMap(({ name, variable, fit: { exponent, interval: range } }) => {
    const paper = scalings[name].paper[variable];
    const bar = Number.isFinite(range.low) ? [Math.max(range.low, exponent - 0.5), Math.min(range.high, exponent + 0.5)] : [];
    return [exponent, ...bar, ...(typeof paper === "number" ? [paper] : [0])];
  });
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = Math.max(0.06 * (high - low), 0.2 - (high - low) / 2);
  return [low - pad, high + pad];
}

/** One variable's exponents, with the paper's as a line through each quantity's rows. */
export function forestPanel({ variable, rows, bands, domain }: Forest, there: readonly GroupName[], options: DrawOptions): Panel {
  const isPhone = options.columns === 1;
  const width = panelWidth(430, options);
  const x = exponentAxis(variable, domain, isPhone);
  const y = quantityAxis(bands);
  const channels = seriesChannels(
    there.map((name) => groups[name]),
    { ...options, legend: { title: null, ...(isPhone ? { columns: 1 } : {}) } },
  );
  return {
    title: { ...panelTitle, text: panelNames[variable] },
    width,
    height: rowHeight * (bands.at(-1)!.to + 0.5),
    data: { values: [...rows] },
    layer: [
      ...separators(bands, y("y"), options),
      ...paperLayers(bands, variable, { x: x("x"), y }, options),
      ...rowLayers({ x, y: y("y"), ...channels }, options),
      ...(isPhone ? [] : [numbersLayer(width, y("y"), options)]),
    ],
  };
}

function exponentAxis(variable: Variable, domain: Domain, isPhone: boolean) {
  return (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain, nice: false, zero: false },
    axis: {
      title: `fitted exponent of ${symbolOf[variable]}`,
      tickCount: isPhone ? 5 : 8,
      format: "~g",
      labelExpr: "replace(datum.label, '-', '−')",
      labelFlush: false,
    },
  });
}

function quantityAxis(bands: readonly Band[]) {
  const centres = bands.map(({ from, to }) => (from + to) / 2);
  const labels = Object.fromEntries(bands.map(({ name }, i) => [String(centres[i]), scalings[name].symbol]));
  return (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [bands.at(-1)!.to, -0.5], nice: false, zero: false },
    axis: {
      title: null,
      values: centres,
      grid: false,
      domain: false,
      ticks: false,
      labelExpr: `(${JSON.stringify(labels)})[toString(datum.value)]`,
      labelPadding: 10,
      labelFontSize: 15,
    },
  });
}

function separators(bands: readonly Band[], y: Position, options: DrawOptions): Layer[] {
  if (bands.length < 2) return [];
  const values = bands.slice(1).map(({ from }) => ({ y: from - gap / 2 }));
  return [{ data: { values }, mark: { type: "rule", color: paintOf(options).axis, opacity: 0.5, strokeWidth: 1 }, encoding: { y } }];
}

function paperLayers(
  bands: readonly Band[],
  variable: Variable,
  { x, y }: { readonly x: Position; readonly y: (field: string) => Position },
  options: DrawOptions,
): Layer[] {
  const values = bands.flatMap(({ name, from, to }) => {
    const paper = scalings[name].paper[variable];
    return typeof paper === "number" ? [{ x: paper, from, to }] : [];
  });
  if (values.length === 0) return [];
  const mark = { type: "rule" as const, color: paintOf(options).theory, strokeDash: theoryDash, strokeWidth: 2.5 };
  return [{ data: { values }, mark, encoding: { x, y: y("from"), y2: { field: "to" } } }];
}

interface RowChannels extends ReturnType<typeof seriesChannels> {
  readonly x: (field: string) => Position;
  readonly y: Position;
}

/** Points with their bars, which end in an arrow where they go on beyond the panel. */
function rowLayers({ x, y, color, shape }: RowChannels, options: DrawOptions): Layer[] {
  const arrow = (field: "over" | "under"): Layer => ({
    transform: [{ filter: `isValid(datum.${field})` }],
    mark: {
      type: "point",
      filled: true,
      shape: field === "over" ? "triangle-right" : "triangle-left",
      size: 70,
      opacity: 1,
      xOffset: field === "over" ? -3 : 3,
    },
    encoding: { x: x(field), y, color },
  });
  return [
    {
      transform: [{ filter: "isValid(datum.low)" }],
      mark: { type: "rule", strokeWidth: 2, opacity: 0.8 },
      encoding: { x: x("low"), x2: { field: "high" }, y, color },
    },
    arrow("over"),
    arrow("under"),
    {
      mark: { type: "point", filled: true, size: 70, opacity: 1, stroke: paintOf(options).ground, strokeWidth: 0.8 },
      encoding: {
        x: x("x"),
        y,
        color,
        shape,
        tooltip: [
          { field: "series", title: "Networks" },
          { field: "Quantity" },
          { field: "Exponent" },
          { field: "95 % interval" },
          { field: "Paper" },
          { field: "Range" },
          { field: "Runs" },
        ],
      },
    },
  ];
}

/** The numbers beside the panel. */
function numbersLayer(width: number, y: Position, options: DrawOptions): Layer {
  return {
    mark: { type: "text", align: "left", dx: 10, fontSize: minFontSize, color: paintOf(options).ink },
    encoding: { x: { value: width }, y, text: { field: "text" } },
  };
}
