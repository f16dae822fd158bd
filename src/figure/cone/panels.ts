import type { ConeResult } from "../../experiment/cone/config.ts";
import { interval95, summarize } from "../../util/statistics.ts";
import { logDomain, logTicks } from "../draw/axis.ts";
import { asC0, ballOf, stageName, stagesOf } from "./rows.ts";
import type { DrawOptions } from "../figure.ts";
import { c0Symbol, count, interval, number, percent, short } from "../../util/words.ts";
import { percentLabel } from "../draw/heat-map.ts";
import { panelWidth, theoryLayer, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { ink, orderedScheme, panelTitle, quiet, seriesColor, seriesShape, theoryColor, theoryDash } from "../draw/theme.ts";

/* The three panels of Figure 1. */

/** Light enough for points on top; the ball is the darker. */
const [ballColor, coneColor] = ["#b7cdea", "#e4ecf7"];

/** Rows of one network in the plane each spans with where it began, over the ball and the cone, in units of the radius V. */
export function geometryPanel(result: ConeResult, options: DrawOptions): Panel {
  const [width, height] = [panelWidth(300, options), 236];
  const { radius, norm } = ballOf(result);
  const stages = stagesOf(result);
  const labels = stages.map((step) => stageName(result, step));
  const points = stages.flatMap((step, k) =>
    step.rows.map(({ initialNorm, along, across }) => ({
      stage: labels[k]!,
      x: (along - initialNorm) / radius,
      y: across / radius,
      Distance: number(Math.hypot(along - initialNorm, across) / radius),
    })),
  );
  // The same pixels to a unit both ways, so that a disc is a disc.
  const top = Math.max(1.6, ...points.map(({ y }) => 1.06 * y));
  const side = Math.max(1.25, ...points.map(({ x }) => 1.06 * Math.abs(x)));
  const unit = Math.min(height / top, width / 2 / side);
  const [right, high] = [width / 2 / unit, height / unit];

  const axis = { format: "~r", grid: false, tickCount: 5 };
  const x = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [-right, right], nice: false },
    axis: { ...axis, title: "along w₀, in radii V" },
  });
  const y = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [0, high], nice: false },
    axis: { ...axis, title: "across w₀, in radii V" },
  });
  const cone = coneEdge(norm / radius, right, high);
  const disc = Array.from({ length: 91 }, (_, k) => ({ x: -Math.cos((Math.PI * k) / 90), y: Math.sin((Math.PI * k) / 90) }));
  const name = (text: string, at: { readonly x: number; readonly y: number }, style: object): Layer => ({
    data: { values: [at] },
    mark: { type: "text", text, fontSize: 14, fontWeight: 600, color: quiet, ...style },
    encoding: { x: x("x"), y: y("y") },
  });
  const legend = { title: null, columns: options.columns === 1 ? 2 : 4, columnPadding: 10 };
  const edge = cone.at(-1)!;

  return {
    title: { ...panelTitle, text: "Rows of W, in units of the ball" },
    width,
    height,
    data: { values: points },
    layer: [
      { data: { values: cone }, mark: { type: "area", color: coneColor, opacity: 1, clip: true }, encoding: { x: x("x"), y: y("y") } },
      { data: { values: disc }, mark: { type: "area", color: ballColor, opacity: 1 }, encoding: { x: x("x"), y: y("y") } },
      {
        mark: { type: "point", filled: true, size: 26, opacity: 0.9, stroke: "white", strokeWidth: 0.5 },
        encoding: {
          x: x("x"),
          y: y("y"),
          color: { field: "stage", type: "nominal", scale: { domain: labels, scheme: orderedScheme }, legend },
          shape: { field: "stage", type: "nominal", scale: { domain: labels, range: labels.map((_, k) => seriesShape(k)) }, legend },
          tooltip: [
            { field: "stage", title: "Network" },
            { field: "Distance", title: "‖w − w₀‖ / V" },
          ],
        },
      },
      name("ball", { x: 1, y: 0 }, { align: "left", baseline: "bottom", dx: 4, dy: -3 }),
      name(
        "cone",
        { x: right, y: Math.min(edge.y, high) },
        { align: "right", baseline: edge.y > 0.9 * high ? "top" : "bottom", dx: -3, dy: edge.y > 0.9 * high ? 4 : -3 },
      ),
    ],
  };
}

/**
 * The edge of {α·ball} above the ray, tangent to the disc from the point w = 0 at x = −norm. A ball that contains it
 * (norm ≤ 1) has all of space for a cone.
 */
function coneEdge(norm: number, right: number, high: number): { readonly x: number; readonly y: number }[] {
  if (norm <= 1) return [-right, right].map((x) => ({ x, y: high }));
  const slope = 1 / Math.sqrt(norm * norm - 1);
  const at = (x: number) => ({ x, y: Number.isFinite(norm) ? slope * (x + norm) : 1 });
  return [at(Math.max(-right, -norm)), at(right)];
}

const distances = [
  { of: "deviation", label: "to W₀" },
  { of: "coneDistance", label: "to its ray αW₀" },
] as const;

/** Both distances along training, every run a line. */
export function pathPanel(results: readonly ConeResult[], options: DrawOptions): Panel {
  const { c0 } = results[0]!.row;
  const points = results.flatMap((result) =>
    result.row.path.flatMap((step) =>
      distances.map(({ of, label }) => ({
        series: label,
        seed: result.row.seed,
        x: step.steps,
        y: asC0(result, step, of),
        Steps: count(step.steps),
        Distance: number(asC0(result, step, of), 4),
        Accuracy: percent(step.testAccuracy, 2),
      })),
    ),
  );
  const labels = distances.map(({ label }) => label);
  const domain = { x: logDomain(points.map((point) => point.x)), y: logDomain([...points.map((point) => point.y), c0], 0.1) };
  const x: Position = {
    field: "x",
    type: "quantitative",
    scale: { type: "log", domain: domain.x, nice: false },
    axis: { title: "steps of SGD", values: logTicks(domain.x), format: ",~r", grid: false, labelOverlap: "greedy", labelSeparation: 4 },
  };
  const y: Position = {
    field: "y",
    type: "quantitative",
    scale: { type: "log", domain: domain.y, nice: false },
    axis: { title: `distance · √m, as a ${c0Symbol}`, values: logTicks(domain.y), format: ",~r" },
  };
  const legend = { title: null };
  const color = { field: "series", type: "nominal" as const, scale: { domain: labels, range: labels.map((_, k) => seriesColor(2 - 2 * k)) }, legend };
  const shape = { field: "series", type: "nominal" as const, scale: { domain: labels, range: labels.map((_, k) => seriesShape(k)) }, legend };
  return {
    title: { ...panelTitle, text: "Along training" },
    width: panelWidth(222, options),
    height: 236,
    data: { values: points },
    layer: [
      { data: { values: [{ y: c0 }] }, mark: { type: "rule", color: quiet, strokeDash: theoryDash, strokeWidth: 1.2 }, encoding: { y } },
      {
        data: { values: [{ x: domain.x[1], y: c0 }] },
        mark: { type: "text", text: `${c0Symbol} = ${short(c0)}`, align: "right", baseline: "bottom", dy: -4 },
        encoding: { x, y },
      },
      { mark: { type: "line", strokeWidth: 1.2 }, encoding: { x, y, color, detail: { field: "seed" } } },
      {
        mark: { type: "point", filled: true, size: 34, opacity: 1, stroke: "white", strokeWidth: 0.6 },
        encoding: {
          x,
          y,
          color,
          shape,
          tooltip: [
            { field: "series", title: "Distance" },
            { field: "Distance", title: "· √m" },
            { field: "Steps" },
            { field: "Accuracy", title: "test accuracy" },
            { field: "seed" },
          ],
        },
      },
    ],
  };
}

const scaled = "by the best α";

/** By what share scaling shortens the distance, and by what share it would have to for the network to lie in the cone. */
export function gainPanel(results: readonly ConeResult[], options: DrawOptions): Panel {
  const { c0 } = results[0]!.row;
  const steps = results.flatMap((result) =>
    result.row.path.map((step) => ({ name: stageName(result, step), x: asC0(result, step, "deviation"), gain: 1 - step.coneDistance / step.deviation })),
  );
  const points = [...new Set(steps.map(({ name }) => name))].map((name) => {
    const values = steps.filter((step) => step.name === name).map(({ gain }) => gain);
    const around = interval95(values);
    const several = Number.isFinite(around.low);
    return {
      series: scaled,
      x: summarize(steps.filter((step) => step.name === name).map(({ x }) => x)).mean,
      mean: summarize(values).mean,
      low: several ? Math.max(0, around.low) : null,
      high: several ? Math.min(1, around.high) : null,
      At: name,
      Gain: percent(summarize(values).mean, 2),
      "95 % interval": several ? interval(around, (share) => percent(share, 2)) : "one run",
      Runs: count(values.length),
    };
  });
  const domain = logDomain([...points.map((point) => point.x), c0]);
  const needed = Array.from({ length: 61 }, (_, k) => c0 * (domain[1] / c0) ** (k / 60)).map((x) => ({ x, y: 1 - c0 / x }));
  const x: Position = {
    field: "x",
    type: "quantitative",
    scale: { type: "log", domain, nice: false },
    axis: { title: `distance to W₀ · √m`, values: logTicks(domain), format: ",~r", grid: false, labelOverlap: "greedy", labelSeparation: 4 },
  };
  const y = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [0, 1], nice: false },
    axis: { title: "nearer by", values: [0, 0.25, 0.5, 0.75, 1], labelExpr: percentLabel },
  });
  const end = needed.at(-1)!;
  return {
    title: { ...panelTitle, text: "What scaling W gains" },
    width: panelWidth(222, options),
    height: 236,
    data: { values: points },
    layer: [
      theoryLayer(needed, x, y("y")),
      {
        data: { values: [end] },
        mark: { type: "text", text: "needed for the cone", align: "right", baseline: "bottom", dy: -8, color: theoryColor, fontWeight: 600 },
        encoding: { x, y: y("y") },
      },
      { mark: { type: "line", strokeWidth: 1.5, color: ink }, encoding: { x, y: y("mean") } },
      {
        transform: [{ filter: "isValid(datum.low)" }],
        mark: { type: "rule", strokeWidth: 1.5, color: ink },
        encoding: { x, y: y("low"), y2: { field: "high" } },
      },
      {
        mark: { type: "point", filled: true, size: 48, opacity: 1, stroke: "white", strokeWidth: 0.8 },
        encoding: {
          x,
          y: y("mean"),
          // One curve, named so that the three panels' headings stand level.
          color: { field: "series", type: "nominal", scale: { domain: [scaled], range: [ink] }, legend: { title: null } },
          tooltip: [{ field: "At" }, { field: "Gain", title: "nearer by" }, { field: "95 % interval" }, { field: "Runs" }],
        },
      },
    ],
  };
}
