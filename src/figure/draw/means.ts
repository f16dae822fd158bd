import type { Interval } from "../../util/statistics.ts";
import { count, number } from "../../util/words.ts";
import type { DrawOptions } from "../figure.ts";
import type { Domain } from "./axis.ts";
import type { Encoding, Layer, Position } from "./panels.ts";
import { paintOf } from "./theme.ts";

/** A bar as drawn; `over` and `under` hold the edge of the panel where the interval goes on beyond it. */
export interface Bar {
  readonly low: number | null;
  readonly high: number | null;
  readonly over: number | null;
  readonly under: number | null;
}

const noBar: Bar = { low: null, high: null, over: null, under: null };

/** The bar of an interval inside a panel: where it goes on beyond the edge, an arrow says so. */
export function barIn({ low, high }: Interval, [bottom, top]: Domain): Bar {
  if (!Number.isFinite(low) || high < bottom || low > top) return noBar;
  return { low: Math.max(low, bottom), high: Math.min(high, top), over: high > top ? top : null, under: low < bottom ? bottom : null };
}

/** What the subtitle says where some bar ends in an arrow, else "". */
export function arrowsInWords(bars: readonly Bar[]): string {
  return bars.some(({ over, under }) => over !== null || under !== null) ? "arrows: the interval continues beyond the axis" : "";
}

/** How far a mean asks a logarithmic axis to go: the bar's ends, but no further than a factor 3, so that one wide bar does not squeeze the rest. */
export function reachOf({ mean, interval: { low, high } }: { readonly mean: number; readonly interval: Interval }): number[] {
  return Number.isFinite(low) ? [mean, Math.max(low, mean / 3), Math.min(high, mean * 3)] : [mean];
}

/** What a tooltip says of a mean. */
export function meanInWords({ interval, values }: { readonly interval: Interval; readonly values: readonly number[] }, format: (x: number) => string = number) {
  return {
    "95 % interval": Number.isFinite(interval.low) ? `${format(interval.low)} to ${format(interval.high)}` : "one run",
    Runs: count(values.length),
  };
}

export interface MeansChannels {
  readonly x: Position;
  /** The y channel of a field: `mean`, and the fields of its bar. */
  readonly y: (field: string) => Position;
  readonly color: NonNullable<Encoding["color"]>;
  readonly shape: NonNullable<Encoding["shape"]>;
  readonly tooltip: NonNullable<Encoding["tooltip"]>;
  readonly size?: number;
}

/** Means over runs: points, with bars where there is an interval, and arrows where a bar is cut. */
export function meansLayers({ x, y, color, shape, tooltip, size = 55 }: MeansChannels, options: DrawOptions): Layer[] {
  const arrow = (field: "over" | "under"): Layer => ({
    transform: [{ filter: `isValid(datum.${field})` }],
    mark: { type: "point", filled: true, shape: field === "over" ? "triangle-up" : "triangle-down", size: 60, opacity: 1, yOffset: field === "over" ? 3 : -3 },
    encoding: { x, y: y(field), color },
  });
  return [
    {
      transform: [{ filter: "isValid(datum.low)" }],
      mark: { type: "rule", strokeWidth: 1.5, opacity: 0.75 },
      encoding: { x, y: y("low"), y2: { field: "high" }, color },
    },
    arrow("over"),
    arrow("under"),
    {
      mark: { type: "point", filled: true, size, opacity: 1, stroke: paintOf(options).ground, strokeWidth: 0.8 },
      encoding: { x, y: y("mean"), color, shape, tooltip },
    },
  ];
}

/** The same, joined by lines. */
export function curveLayers(channels: MeansChannels, options: DrawOptions): Layer[] {
  const { x, y, color } = channels;
  return [{ mark: { type: "line", strokeWidth: 1.5 }, encoding: { x, y: y("mean"), color } }, ...meansLayers(channels, options)];
}
