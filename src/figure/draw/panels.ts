import type { TopLevelSpec } from "vega-lite";
import type { DrawOptions } from "../figure.ts";
import { quiet, theme, theoryColor, theoryDash } from "./theme.ts";

type Concat = Extract<TopLevelSpec, { concat: unknown }>;
/** One panel: what Vega-Lite takes inside `concat`. */
export type Panel = Concat["concat"][number];
/** One layer of a panel. */
export type Layer = Extract<Panel, { layer: unknown }>["layer"][number];
type Encoding = NonNullable<Extract<Layer, { mark: unknown }>["encoding"]>;
/** An x or y channel with its axis. */
export type Position = Extract<NonNullable<Encoding["x"]>, { axis?: unknown }>;

export interface PanelOptions extends DrawOptions {
  readonly heading: string;
  readonly subtitle: readonly string[];
  /** Whether all panels share one legend. Default true. */
  readonly oneLegend?: boolean;
}

/** Panels in a grid under one title and one legend. */
export function panels(parts: readonly Panel[], { columns = 2, title = true, heading, subtitle, oneLegend = true }: PanelOptions): TopLevelSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: theme,
    // A page has margins of its own.
    ...(title ? { title: { text: heading, subtitle: [...subtitle] } } : { padding: 4 }),
    concat: [...parts],
    columns,
    spacing: { row: 28, column: 34 },
    resolve: { scale: oneLegend ? { color: "shared", shape: "shared" } : { color: "independent", shape: "independent", stroke: "independent" } },
  };
}

/** The theory as a dashed line through `values`; what it is stands beside it and in the subtitle, not in a legend. */
export function theoryLayer(values: readonly { readonly x: number; readonly y: number }[], x: Position, y: Position): Layer {
  return { data: { values: [...values] }, mark: { type: "line", color: theoryColor, strokeDash: theoryDash, strokeWidth: 2 }, encoding: { x, y } };
}

export interface Means {
  readonly x: Position;
  /** The y channel of a field: `mean`, and `low` and `high` of its interval. */
  readonly y: (field: string) => Position;
  readonly color: NonNullable<Encoding["color"]>;
  readonly shape: NonNullable<Encoding["shape"]>;
  readonly tooltip: NonNullable<Encoding["tooltip"]>;
  readonly size?: number;
}

/** Means over runs: points, with bars where there is an interval. */
export function meansLayers({ x, y, color, shape, tooltip, size = 55 }: Means): Layer[] {
  return [
    {
      transform: [{ filter: "isValid(datum.low)" }],
      mark: { type: "rule", strokeWidth: 1.5, opacity: 0.75 },
      encoding: { x, y: y("low"), y2: { field: "high" }, color },
    },
    { mark: { type: "point", filled: true, size, opacity: 1, stroke: "white", strokeWidth: 0.8 }, encoding: { x, y: y("mean"), color, shape, tooltip } },
  ];
}

/** The same, joined by lines. */
export function curveLayers(means: Means): Layer[] {
  const { x, y, color } = means;
  return [{ mark: { type: "line", strokeWidth: 1.5 }, encoding: { x, y: y("mean"), color } }, ...meansLayers(means)];
}

/** A legend that keeps to a panel's width: about 7 px a letter, 40 for symbol and gap. */
export function legendWithin(width: number, labels: readonly string[]) {
  const columns = Math.max(1, Math.floor((width + 20) / (7 * Math.max(...labels.map(({ length }) => length)) + 40)));
  return { title: null, columns, columnPadding: 12 };
}

/** One panel below the other must fit a phone. */
export function panelWidth(wide: number, { columns }: DrawOptions): number {
  return columns === 1 ? Math.min(wide, 262) : wide;
}

/** A picture for a study that has no rows yet. */
export function emptySpec({ title = true, heading }: DrawOptions & { readonly heading: string }): TopLevelSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: theme,
    ...(title ? { title: { text: heading } } : {}),
    width: 300,
    height: 80,
    data: { values: [{}] },
    mark: { type: "text", text: "No runs yet", fontSize: 14, color: quiet },
  };
}
