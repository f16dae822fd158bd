import type { TopLevelSpec } from "vega-lite";
import type { DrawOptions } from "../figure.ts";
import { configOf, paintOf, theoryDash } from "./theme.ts";

type Concat = Extract<TopLevelSpec, { concat: unknown }>;
/** One panel: what Vega-Lite takes inside `concat`. */
export type Panel = Concat["concat"][number];
/** One layer of a panel. */
export type Layer = Extract<Panel, { layer: unknown }>["layer"][number];
export type Encoding = NonNullable<Extract<Layer, { mark: unknown }>["encoding"]>;
/** An x or y channel with its axis. */
export type Position = Extract<NonNullable<Encoding["x"]>, { axis?: unknown }>;

export interface PanelOptions extends DrawOptions {
  readonly heading: string;
  /** Lines under the heading; empty ones are left out. */
  readonly subtitle: readonly string[];
  /** Whether all panels share one legend. Default true. */
  readonly oneLegend?: boolean;
}

/** Panels in a grid under one title and one legend. What a subtitle says of marks and of rows left out stands there on a page as well. */
export function panels(parts: readonly Panel[], { columns = 2, title = true, heading, subtitle, oneLegend = true, ...options }: PanelOptions): TopLevelSpec {
  const lines = subtitle.filter((line) => line !== "");
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: configOf(paintOf(options)),
    // A page has margins of its own.
    ...(title ? { title: { text: heading, subtitle: lines } } : { padding: 4 }),
    concat: [...parts],
    columns,
    spacing: { row: 28, column: 34 },
    resolve: { scale: oneLegend ? { color: "shared", shape: "shared" } : { color: "independent", shape: "independent", stroke: "independent" } },
  };
}

/** The theory as a dashed line through `values`; what it is stands beside it and in the subtitle, not in a legend. */
export function theoryLayer(values: readonly { readonly x: number; readonly y: number }[], x: Position, y: Position, options: DrawOptions): Layer {
  return { data: { values: [...values] }, mark: { type: "line", color: paintOf(options).theory, strokeDash: theoryDash, strokeWidth: 2 }, encoding: { x, y } };
}

/** One panel below the other must fit a phone. */
export function panelWidth(wide: number, { columns }: DrawOptions): number {
  return columns === 1 ? Math.min(wide, 262) : wide;
}

/** A picture for a study that has no rows yet. */
export function emptySpec({ title = true, heading, ...options }: DrawOptions & { readonly heading: string }): TopLevelSpec {
  const paint = paintOf(options);
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: configOf(paint),
    ...(title ? { title: { text: heading } } : {}),
    width: 300,
    height: 80,
    data: { values: [{}] },
    mark: { type: "text", text: "No runs yet", fontSize: 14, color: paint.quiet },
  };
}
