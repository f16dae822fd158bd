import type { Cell } from "../../experiment/experiment.ts";
import type { FlipsResult } from "../../experiment/flips/config.ts";
import type { TopLevelSpec } from "vega-lite";
import { logDomain, logTicks, type Domain } from "../draw/axis.ts";
import type { Claim, DrawOptions, Figure, FigureName } from "../figure.ts";
import { c0Symbol, capital, count, number, plural, range } from "../../util/words.ts";
import { curveLayers, emptySpec, panels, panelWidth, theoryLayer, type Panel, type Position } from "../draw/panels.ts";
import { quantities, type QuantityName } from "./quantity.ts";
import { describeSetting, distinct, isNormalized, pointsOf, runsPerPoint, slice, type Point } from "../draw/rows.ts";
import { panelTitle, seriesColor, seriesShape, theoryColor } from "../draw/theme.ts";

export interface Series {
  /** The width or the C_0 of this curve. */
  readonly value: number;
  readonly label: string;
  readonly results: readonly FlipsResult[];
}

export interface AgainstDimension extends Pick<Figure, "cover" | "finding"> {
  readonly id: FigureName;
  readonly number: string;
  readonly title: string;
  /** What tells the curves apart. */
  readonly by: "m" | "c0";
  /** One panel each, in this order. */
  readonly quantities: readonly QuantityName[];
  readonly claims: (series: readonly Series[], results: readonly FlipsResult[]) => readonly Claim[];
}

/** Raw pixels: ‖δ‖ also in units of ‖x‖, which is what the theorem speaks of. */
export const rawQuantities: readonly QuantityName[] = ["gradientNorm", "step", "perturbationRelative", "perturbation"];
/** ‖x‖ = 1: the two perturbations are one. */
export const normalizedQuantities: readonly QuantityName[] = ["gradientNorm", "step", "perturbation"];

/** Figures 2, 3, 5 and 6 of the paper: quantities against d, log-log, one curve per width or per C_0. */
export function againstDimension({ id, number: figureNumber, title, by, quantities: order, claims, ...rest }: AgainstDimension): Figure {
  const select = (results: readonly Cell[]) => slice(results, ["size", by]);
  return {
    id,
    number: figureNumber,
    title,
    ...rest,
    spec(results, options = {}) {
      const rows = select(results).results;
      return draw(order, rows, seriesOf(rows, by), { heading: `Figure ${figureNumber}. ${title}`, ...options });
    },
    caption(results) {
      const { results: rows, leftOut } = select(results);
      return captionOf(order, rows, seriesOf(rows, by), leftOut);
    },
    claims(results) {
      const rows = select(results).results;
      return claims(seriesOf(rows, by), rows);
    },
  };
}

function seriesOf(results: readonly FlipsResult[], by: "m" | "c0"): Series[] {
  return distinct(results, (row) => row[by]).map((value) => ({
    value,
    label: `${by === "m" ? "m" : c0Symbol} = ${count(value)}`,
    results: results.filter(({ row }) => row[by] === value),
  }));
}

function draw(
  order: readonly QuantityName[],
  results: readonly FlipsResult[],
  series: readonly Series[],
  options: DrawOptions & { readonly heading: string },
): TopLevelSpec {
  if (results.length === 0) return emptySpec(options);
  const bars = runsPerPoint(series.map((one) => pointsOf(one.results, "gradientNorm")));
  return panels(
    order.map((quantity) => panel(quantity, results, series, { ...options, wide: order.length === 3 ? 226 : 336 })),
    {
      columns: order.length === 3 ? 3 : 2,
      ...options,
      subtitle: [
        `${describeSetting(results)}  ·  ${bars.some((runs) => runs > 1) ? `means over ${range(bars)} runs, bars: 95 % t-intervals` : "one run per point, no bars"}`,
        ...(distinct(results, (row) => row.d).length > 1 ? ["dashed: the rate the theory predicts, its height fitted"] : []),
      ],
    },
  );
}

function panel(name: QuantityName, results: readonly FlipsResult[], series: readonly Series[], options: DrawOptions & { readonly wide: number }): Panel {
  const { symbol, name: words, rate } = quantities[name];
  const ds = distinct(results, (row) => row.d);
  const curves = series.map((one) => pointsOf(one.results, name));
  const x = horizontal(ds);
  const theory = theoryLine(name, results, curves.flat(), ds);
  const y = logDomain([...curves.flat().flatMap(reach), ...theory.map((end) => end.y)]);

  const points = curves.flatMap((curve, k) =>
    curve.map((point) => ({
      series: series[k]!.label,
      d: point.d,
      x: point.d * x.shift(k - (series.length - 1) / 2),
      mean: point.mean,
      ...bar(point, y),
      Mean: number(point.mean),
      "95 % interval": Number.isFinite(point.interval.low) ? `${number(point.interval.low)} to ${number(point.interval.high)}` : "one run",
      Runs: count(point.values.length),
    })),
  );
  const labels = series.map((one) => one.label);
  // One row where it fits a phone (about 7 px a letter, 40 for symbol and gap), else two columns.
  const crowded = labels.reduce((sum, label) => sum + 7 * label.length + 40, 0) > 310;
  const legend = options.columns === 1 && crowded ? { title: null, columns: 2 } : { title: null };
  const color = { field: "series", type: "nominal" as const, scale: { domain: labels, range: labels.map((_, k) => seriesColor(k)) }, legend };
  const shape = { field: "series", type: "nominal" as const, scale: { domain: labels, range: labels.map((_, k) => seriesShape(k)) }, legend };
  const axisX: Position = {
    field: "x",
    type: "quantitative",
    scale: { type: "log", domain: x.domain, nice: false },
    axis: { title: "input dimension d", values: [...ds], format: ",d", grid: false, labelOverlap: "greedy", labelSeparation: 4 },
  };
  const axisY = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { type: "log", domain: y, nice: false },
    axis: { title: null, values: logTicks(y), format: ",~r" },
  });

  return {
    title: { ...panelTitle, text: `${capital(words)} ${symbol}` },
    width: panelWidth(options.wide, options),
    height: 232,
    data: { values: points },
    layer: [
      ...(theory.length === 0
        ? []
        : [
            theoryLayer(theory, axisX, axisY("y")),
            {
              data: { values: [theory.at(-1)!] },
              mark: { type: "text" as const, text: rate, align: "left" as const, dx: 11, color: theoryColor, fontSize: 14, fontWeight: 600 as const },
              encoding: { x: axisX, y: axisY("y") },
            },
          ]),
      ...curveLayers({
        x: axisX,
        y: axisY,
        color,
        shape,
        tooltip: [
          { field: "series", title: "Curve" },
          { field: "d", title: "d" },
          { field: "Mean", title: symbol },
          { field: "95 % interval" },
          { field: "Runs" },
        ],
      }),
    ],
  };
}

/** The d axis: ticks at the sizes there are, curves set apart by a few pixels, room on the right for the name of the rate. */
function horizontal(ds: readonly number[]): { readonly domain: Domain; readonly shift: (steps: number) => number } {
  const low = Math.log(ds[0]!);
  const high = Math.log(ds.at(-1)!);
  const span = Math.max(high - low, 1);
  if (ds.length === 1) return { domain: [Math.exp(low - 0.5), Math.exp(high + 0.5)], shift: (steps) => Math.exp(steps * 0.03) };
  return { domain: [Math.exp(low - 0.06 * span), Math.exp(high + 0.17 * span)], shift: (steps) => Math.exp(steps * 0.013 * span) };
}

/**
 * The paper's rate through the geometric mean of all points of the panel. None for ‖δ‖ of inputs that are not
 * normalised: the theorem is about norm 1, and ‖x‖ itself grows with d.
 */
function theoryLine(
  name: QuantityName,
  results: readonly FlipsResult[],
  points: readonly Point[],
  ds: readonly number[],
): { readonly x: number; readonly y: number }[] {
  if (points.length === 0 || ds.length < 2) return [];
  if (name === "perturbation" && !isNormalized(results[0]!.config)) return [];
  const geometricMean = (values: readonly number[]) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
  const centreD = geometricMean(points.map((point) => point.d));
  const centreY = geometricMean(points.map((point) => point.mean));
  return [ds[0]!, ds.at(-1)!].map((d) => ({ x: d, y: centreY * (d / centreD) ** quantities[name].exponent }));
}

/** How far a point asks the axis to go: the bar's ends, but no further than a factor 3 from the mean. */
function reach({ mean, interval: { low, high } }: Point): number[] {
  return Number.isFinite(low) ? [mean, Math.max(low, mean / 3), Math.min(high, mean * 3)] : [mean];
}

/** The bar as drawn: cut at the panel’s edge where the interval leaves it (a low end may even be negative). */
function bar({ interval: { low, high } }: Point, [bottom, top]: Domain): { readonly low: number | null; readonly high: number | null } {
  return Number.isFinite(low) ? { low: Math.max(low, bottom), high: Math.min(high, top) } : { low: null, high: null };
}

function captionOf(order: readonly QuantityName[], results: readonly FlipsResult[], series: readonly Series[], leftOut: number): string {
  if (results.length === 0) return "No runs yet.";
  const normalized = isNormalized(results[0]!.config);
  const curves = order.map((name) => series.map((one) => pointsOf(one.results, name)));
  const runs = runsPerPoint(curves[0]!);
  const total = (column: "flipped" | "neverFlipped" | "misclassified") => results.reduce((sum, { row }) => sum + row[column], 0);
  const samples = total("flipped") + total("neverFlipped") + total("misclassified");
  const cut = curves
    .flat()
    .flat()
    .some((point) => Number.isFinite(point.interval.low) && (point.interval.low < point.mean / 3 || point.interval.high > point.mean * 3));
  const zero = results[0]!.config.measure.flips.misclassified === "zero";
  const several = distinct(results, (row) => row.d).length > 1;
  const unfinished = results.filter(({ row }) => row.exitReason === "epochs").length;
  const sentences = [
    `Gradient norm ‖∇f(x)‖, the smallest step |η| along the gradient that flips the prediction, and the perturbation ‖δ‖ = |η|·‖∇f(x)‖${order.includes("perturbationRelative") ? ", relative to ‖x‖ and by itself," : ""} against the input dimension d (${describeSetting(results)}).`,
    runs.length === 0
      ? "No run has a positive mean to draw."
      : runs.every((n) => n === 1)
        ? "Each point is one run (one seed), the mean over test samples, so there are no error bars."
        : `Each point is the mean over ${range(runs)} runs (seeds) of the mean over test samples; bars are 95 % t-intervals over runs${runs.some((n) => n === 1) ? " (none where there is a single run)" : ""}${cut ? "; very long ones are cut at the panel’s edge" : ""}.`,
    ...(several
      ? [
          "Dashed green: the rates of the theory, √d, 1/d and 1/√d. Only their slope is a prediction: each is drawn through the geometric mean of all points in its panel.",
        ]
      : []),
    ...(normalized || !several
      ? []
      : ["‖δ‖ by itself has no such line, because the theorem is about inputs of norm 1 and these are raw pixels, whose norm grows with d."]),
    ...(unfinished > 0
      ? [
          `In ${count(unfinished)} of ${plural(results.length, "run")} training ended at its limit of ${plural(results[0]!.config.training.epochs, "epoch")}, still inside the lazy ball${unfinished < results.length ? "; in the others it ended at the ball’s edge" : ""}.`,
        ]
      : []),
    `Of ${plural(samples, "test sample")} over all runs, ${count(total("misclassified"))} ${total("misclassified") === 1 ? "was" : "were"} misclassified (${zero ? "they enter the means as distance 0, as in the authors’ code" : "left out of the means"}) and ${count(total("neverFlipped"))} ${total("neverFlipped") === 1 ? "was" : "were"} never flipped (left out of |η| and ‖δ‖).`,
    ...(series.length > 1 ? ["Points of different curves are set a few pixels apart so that none hides another."] : []),
    ...(leftOut > 0 ? [`${plural(leftOut, "run")} of another setting ${leftOut === 1 ? "is" : "are"} not shown.`] : []),
  ];
  return sentences.join(" ");
}
