import type { TopLevelSpec } from "vega-lite";
import { type EvaluatedSample, type RobustAccuracy, robustAccuracyCurve, thinned } from "../../measure/evaluation.ts";
import { percent, short } from "../../util/words.ts";
import { percentLabel } from "../draw/axis.ts";
import type { Layer, Position } from "../draw/panels.ts";
import { paintOf } from "../draw/theme.ts";
import { type FrameOptions, framed } from "./frame.ts";

/** How norms are written in pictures and prose. */
export const normSymbol: Readonly<Record<string, string>> = { l0: "ℓ₀", l1: "ℓ₁", l2: "ℓ₂", linf: "ℓ∞" };

/** One model's curve. */
export interface Curve {
  readonly name: string;
  readonly samples: readonly Pick<EvaluatedSample, "distance">[];
}

export interface CurveOptions extends FrameOptions {
  /** Budgets to mark, as asked for. */
  readonly marks?: readonly number[];
  /** The end of the axis, where distances far out would squeeze the rest. Default: the largest distance. */
  readonly until?: number;
}

/** As many steps of a curve as a picture shows. */
const mostSteps = 400;

/** Robust accuracy over ε: a falling staircase for each model, with the exact 95 % interval as a band. */
export function robustAccuracySpec(curves: readonly Curve[], options: CurveOptions): TopLevelSpec {
  const { norm, marks = [], until, theme } = options;
  const paint = paintOf(theme ? { theme } : {});
  const own = curves.map(({ name, samples }) => ({ name, steps: thinned(robustAccuracyCurve(samples), mostSteps) }));
  const ends = own.map(({ steps }) => steps.at(-1)!.eps);
  const end = until ?? (Math.max(...ends) || 1);
  const values = own.flatMap(({ name, steps }) =>
    [...steps.filter(({ eps }) => eps <= end), { ...lastUntil(steps, end), eps: end * 1.04 }].map((step) => point(name, step)),
  );
  const names = own.map(({ name }) => name);
  const x: Position = {
    field: "eps",
    type: "quantitative",
    scale: { domain: [0, end * 1.04], nice: false },
    axis: { title: `budget ε (${normSymbol[norm]}, raw units)`, tickCount: 6, format: ",~r", grid: false },
  };
  const y = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [0, 1.02], nice: false },
    axis: { title: "robust accuracy", values: [0, 0.25, 0.5, 0.75, 1], labelExpr: percentLabel },
  });
  const series = names.map((_, i) => paint.series[names.length === 1 ? 2 : i % paint.series.length]!);
  const color = {
    field: "name",
    type: "nominal" as const,
    sort: names,
    scale: { domain: names, range: series },
    legend: names.length === 1 ? null : { title: null, symbolType: "stroke", symbolStrokeWidth: 3 },
  };
  const asked: Layer[] =
    marks.length === 0
      ? []
      : [
          {
            data: { values: marks.map((eps) => ({ eps })) },
            mark: { type: "rule", color: paint.quiet, strokeDash: [4, 4], strokeWidth: 1.2 },
            encoding: { x },
          },
        ];
  return framed(paint, options, values, [
    { mark: { type: "area", opacity: 0.16, interpolate: "step-after" }, encoding: { x, y: y("low"), y2: { field: "high" }, color } },
    ...asked,
    {
      mark: { type: "line", strokeWidth: 2.2, interpolate: "step-after" },
      encoding: { x, y: y("accuracy"), color, tooltip: [{ field: "ε" }, { field: "Robust accuracy" }, { field: "95 % interval" }] },
    },
  ]);
}

const point = (name: string, { eps, accuracy, low, high }: RobustAccuracy) => ({
  name,
  eps,
  accuracy,
  low,
  high,
  ε: short(eps),
  "Robust accuracy": percent(accuracy),
  "95 % interval": `${percent(low)} to ${percent(high)}`,
});

const lastUntil = (steps: readonly RobustAccuracy[], end: number): RobustAccuracy => steps.findLast(({ eps }) => eps <= end)!;
