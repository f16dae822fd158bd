import type { ConeResult } from "../../experiment/cone/config.ts";
import { c0Symbol, count, number, percent, short } from "../../util/words.ts";
import { logAxis, logDomain, type Domain } from "../draw/axis.ts";
import { panelWidth, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { paintOf, panelTitle, theoryDash } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";
import { asC0, type Distance } from "./rows.ts";

interface PathSeries {
  readonly of: Distance;
  readonly label: string;
  readonly shape: string;
  /** The two distances are nearly the same: large rings behind small squares, so that both are seen. */
  readonly size: number;
  readonly isHollow: boolean;
}

const distances: readonly PathSeries[] = [
  { of: "deviation", label: "to W₀", shape: "circle", size: 90, isHollow: true },
  { of: "coneDistance", label: "to its ray αW₀", shape: "square", size: 22, isHollow: false },
];

/** Both distances along training, every run a line. */
export function pathPanel(results: readonly ConeResult[], options: DrawOptions): Panel {
  const { c0 } = results[0]!.row;
  const points = distances.map((series) => pointsOf(results, series));
  const all = points.flat();
  const domain = { x: logDomain(all.map((point) => point.x)), y: logDomain([...all.map((point) => point.y), c0], 0.1) };
  const steps = logAxis("x", domain.x, "steps of SGD");
  const x = { ...steps, axis: { ...steps.axis, grid: false, labelOverlap: "greedy" as const, labelSeparation: 4 } };
  const y = logAxis("y", domain.y, `distance · √m, as a ${c0Symbol}`);
  const { series, ground } = paintOf(options);
  const colors = [series[2]!, series[0]!];
  const labels = distances.map(({ label }) => label);
  const color = { field: "series", type: "nominal" as const, scale: { domain: labels, range: colors }, legend: { title: null } };
  const shape = { field: "series", type: "nominal" as const, scale: { domain: labels, range: distances.map((one) => one.shape) }, legend: { title: null } };
  const tooltip = [
    { field: "series", title: "Distance" },
    { field: "Distance", title: "· √m" },
    { field: "Steps" },
    { field: "Accuracy", title: "test accuracy" },
    { field: "seed" },
  ];
  return {
    title: { ...panelTitle, text: "Along training" },
    width: panelWidth(222, options),
    height: 236,
    data: { values: all },
    layer: [
      ...radiusLayers(c0, domain.x, { x, y }, options),
      { mark: { type: "line", strokeWidth: 1.2 }, encoding: { x, y, color, detail: { field: "seed" } } },
      ...distances.map(({ label, size, isHollow }, k): Layer => ({
        transform: [{ filter: `datum.series === '${label}'` }],
        mark: {
          type: "point",
          filled: true,
          size,
          opacity: 1,
          ...(isHollow ? { fill: ground, stroke: colors[k]!, strokeWidth: 1.8 } : { stroke: ground, strokeWidth: 0.4 }),
        },
        encoding: { x, y, shape, ...(isHollow ? {} : { color }), tooltip },
      })),
    ],
  };
}

function pointsOf(results: readonly ConeResult[], { of, label }: PathSeries) {
  return results.flatMap((result) =>
    result.row.path.map((step) => ({
      series: label,
      seed: result.row.seed,
      x: step.steps,
      y: asC0(result, step, of),
      Steps: count(step.steps),
      Distance: number(asC0(result, step, of), 4),
      Accuracy: percent(step.testAccuracy, 2),
    })),
  );
}

/** The edge of the lazy ball and its name. */
function radiusLayers(c0: number, domain: Domain, { x, y }: { readonly x: Position; readonly y: Position }, options: DrawOptions): Layer[] {
  return [
    { data: { values: [{ y: c0 }] }, mark: { type: "rule", color: paintOf(options).quiet, strokeDash: theoryDash, strokeWidth: 1.2 }, encoding: { y } },
    {
      data: { values: [{ x: domain[1], y: c0 }] },
      mark: { type: "text", text: `${c0Symbol} = ${short(c0)}`, align: "right", baseline: "bottom", dy: -4 },
      encoding: { x, y },
    },
  ];
}
