import { median as medianOf } from "simple-statistics";
import type { TopLevelSpec } from "vega-lite";
import { count, number, percent } from "../../util/words.ts";
import { linearTicks } from "../draw/axis.ts";
import type { Position } from "../draw/panels.ts";
import { paintOf } from "../draw/theme.ts";
import { histogram } from "../flips/histogram.ts";
import { normSymbol } from "./curve.ts";
import { type FrameOptions, framed } from "./frame.ts";

/** How far samples are from another prediction, as bars, with the median as a line. `distances` are those that were found: at least one. */
export function distancesSpec(distances: readonly number[], options: FrameOptions): TopLevelSpec {
  const { norm, theme } = options;
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
  return framed(paint, options, values, [
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
  ]);
}
