import { median as medianOf } from "simple-statistics";
import type { TopLevelSpec } from "vega-lite";
import type { Norm } from "../../attack/ball.ts";
import { count, number, percent } from "../../util/words.ts";
import { linearTicks } from "../draw/axis.ts";
import type { Position } from "../draw/panels.ts";
import { configOf, paintOf } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";
import { histogram } from "../flips/histogram.ts";
import { normSymbol } from "./curve.ts";

export interface DistancesOptions extends DrawOptions {
  readonly norm: Norm;
  readonly width?: number;
  readonly height?: number;
}

/** How far samples are from another prediction, as bars, with the median as a line. `distances` are those that were found: at least one. */
export function distancesSpec(distances: readonly number[], { norm, width = 520, height = 280, columns, theme }: DistancesOptions): TopLevelSpec {
  const paint = paintOf(theme ? { theme } : {});
  const { bins, low, width: step } = histogram(distances);
  const values = bins.map((n, i) => ({
    from: low + i * step,
    to: low + (i + 1) * step,
    n,
    Distance: `${number(low + i * step)} to ${number(low + (i + 1) * step)}`,
    Samples: count(n),
    Share: percent(n / distances.length),
  }));
  const top = Math.max(...bins) * 1.16;
  const median = medianOf(distances);
  const end = low + bins.length * step;
  const x = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [Math.max(0, low - step / 2), end + step / 2], nice: false, zero: false },
    axis: { title: `smallest distance found (${normSymbol[norm]}, raw units)`, grid: false, tickCount: 6, format: ",~r", labelFlush: false },
  });
  const y = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [0, top], nice: false },
    axis: { title: "samples", values: linearTicks(top).filter(Number.isInteger), format: ",d" },
  });
  const isRight = median > (low + end) / 2;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: configOf(paint),
    padding: 4,
    width: columns === 1 ? Math.min(width, 270) : width,
    height,
    data: { values },
    layer: [
      {
        mark: { type: "rect", color: paint.bar, stroke: paint.ground, strokeWidth: 0.5 },
        encoding: {
          x: x("from"),
          x2: { field: "to" },
          y: y("n"),
          y2: { datum: 0 },
          tooltip: [{ field: "Distance" }, { field: "Samples" }, { field: "Share" }],
        },
      },
      { data: { values: [{ x: median }] }, mark: { type: "rule", color: paint.ink, strokeWidth: 1.5 }, encoding: { x: x("x") } },
      {
        data: { values: [{ x: median, y: top * 0.95 }] },
        mark: { type: "text", text: `median ${number(median)}`, align: isRight ? "right" : "left", dx: isRight ? -6 : 6, fontSize: 14 },
        encoding: { x: x("x"), y: y("y") },
      },
    ],
  };
}
