import { quantileSorted } from "simple-statistics";
import { summarize } from "../../util/statistics.ts";
import { capital, count, number, percent } from "../../util/words.ts";
import { linearTicks, niceStep } from "../draw/axis.ts";
import { panelWidth, theoryLayer, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { paintOf, panelTitle } from "../draw/theme.ts";
import type { DrawOptions } from "../figure.ts";
import { quantities, type QuantityName } from "./quantity.ts";

/** Bars of one quantity over test samples, with their mean and the normal distribution of the same mean and spread. */
export function histogramPanel(name: QuantityName, values: readonly number[], first: boolean, options: DrawOptions): Panel {
  const { symbol, name: words } = quantities[name];
  const { bins, low, high, width } = histogram(values);
  const { mean, sd } = summarize(values);
  const bars = bins.map((n, i) => ({
    from: low + i * width,
    to: low + (i + 1) * width,
    share: (100 * n) / values.length,
    Range: `${number(low + i * width)} to ${number(low + (i + 1) * width)}`,
    Samples: count(n),
    Share: percent(n / values.length, 2),
  }));
  const normal = normalCurve({ mean, sd, low, high, height: 100 * width });
  const top = Math.max(...bars.map((bar) => bar.share), ...normal.map((point) => point.y));
  const x = horizontal(symbol, low, high, width);
  const y = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [0, top * 1.16], nice: false },
    axis: { title: first ? "% of samples per bar" : null, values: linearTicks(top * 1.16), format: ",~r" },
  });
  return {
    title: { ...panelTitle, text: `${capital(words)} ${symbol}` },
    width: panelWidth(226, options),
    height: 210,
    data: { values: bars },
    layer: [
      {
        mark: { type: "rect", color: paintOf(options).bar, opacity: 1, stroke: paintOf(options).ground, strokeWidth: 0.5 },
        encoding: {
          x: x("from"),
          x2: { field: "to" },
          y: y("share"),
          y2: { datum: 0 },
          tooltip: [{ field: "Range", title: symbol }, { field: "Samples" }, { field: "Share" }],
        },
      },
      ...(normal.length === 0 ? [] : [theoryLayer(normal, x("x"), y("y"), options)]),
      ...meanLayers({ mean, top, isRight: mean > (low + high) / 2, x: x("x"), y: y("y") }, options),
    ],
  };
}

/** Labels stand under their ticks, also at the ends of the axis: there the axis leaves them room. */
function horizontal(symbol: string, low: number, high: number, width: number) {
  const room = 0.5 * width;
  return (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [low - room, high + room], nice: false, zero: false },
    axis: { title: symbol, grid: false, tickCount: 5, format: ",~r", labelFlush: false, labelOverlap: "greedy", labelSeparation: 4 },
  });
}

interface Normal {
  readonly mean: number;
  readonly sd: number;
  readonly low: number;
  readonly high: number;
  readonly height: number;
}

function normalCurve({ mean, sd, low, high, height }: Normal): { readonly x: number; readonly y: number }[] {
  if (!(sd > 0)) return [];
  return Array.from({ length: 121 }, (_, i) => low + ((high - low) * i) / 120).map((x) => ({
    x,
    y: (height * Math.exp(-0.5 * ((x - mean) / sd) ** 2)) / (sd * Math.sqrt(2 * Math.PI)),
  }));
}

interface MeanLine {
  readonly mean: number;
  readonly top: number;
  /** The label stands on the side of the line that has more room. */
  readonly isRight: boolean;
  readonly x: Position;
  readonly y: Position;
}

function meanLayers({ mean, top, isRight, x, y }: MeanLine, options: DrawOptions): Layer[] {
  return [
    { data: { values: [{ x: mean }] }, mark: { type: "rule", color: paintOf(options).ink, strokeWidth: 1.5 }, encoding: { x } },
    {
      data: { values: [{ x: mean, y: top * 1.1 }] },
      mark: { type: "text", text: `mean ${number(mean)}`, align: isRight ? "right" : "left", dx: isRight ? -6 : 6, fontSize: 14 },
      encoding: { x, y },
    },
  ];
}

export interface Histogram {
  readonly bins: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly width: number;
  /** Samples beyond the drawn range: a few far ones do not squeeze the rest. */
  readonly beyond: number;
}

/** About 36 bars of a round width; what lies more than twice as far out as the 99.5th percentile is not drawn. */
export function histogram(values: readonly number[]): Histogram {
  const sorted = [...values].sort((a, b) => a - b);
  const start = sorted[0]!;
  const limit = start + 2 * (quantileSorted(sorted, 0.995) - start);
  const end = sorted.findLast((value) => value <= limit)!;
  const width = end > start ? niceStep((end - start) / 36) : Math.max(Math.abs(start), 1) / 10;
  const low = Math.floor(start / width) * width;
  const size = Math.max(1, Math.ceil((end - low) / width + 1e-9));
  const bins = Array.from({ length: size }, () => 0);
  let beyond = 0;
  for (const value of values) {
    // The end of the range belongs to the last bar.
    const bin = value === end ? Math.min(size - 1, Math.floor((value - low) / width)) : Math.floor((value - low) / width);
    if (bin < size) bins[bin]! += 1;
    else beyond += 1;
  }
  return { bins, low, high: low + size * width, width, beyond };
}
