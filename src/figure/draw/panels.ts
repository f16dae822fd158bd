import type { TopLevelSpec } from "vega-lite";
import type { DrawOptions } from "../figure.ts";
import { configOf, minFontSize, paintOf, theoryDash } from "./theme.ts";

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
  /** What must be read with the picture, its title shown or not: which rows are left out, what arrows mean. Empty ones are left out. */
  readonly remarks?: readonly string[];
  /** Whether all panels share one legend. Default true. */
  readonly oneLegend?: boolean;
}

/** Panels in a grid under one title and one legend. */
export function panels(
  parts: readonly Panel[],
  { columns = 2, title = true, heading, subtitle, remarks = [], oneLegend = true, ...options }: PanelOptions,
): TopLevelSpec {
  const paint = paintOf(options);
  const there = (lines: readonly string[]) => lines.filter((line) => line !== "");
  const alone = there(remarks).flatMap((line) => wrapped(line, columns === 1 ? 46 : 100));
  const plain = { fontSize: minFontSize, fontWeight: 400, color: paint.quiet, lineHeight: 18 } as const;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: configOf(paint),
    ...(title ? { title: { text: heading, subtitle: there([...subtitle, ...remarks]) } } : {}),
    // A page has margins and a title of its own.
    ...(title ? {} : { padding: 4, ...(alone.length === 0 ? {} : { title: { text: alone, ...plain } }) }),
    concat: [...parts],
    columns,
    spacing: { row: 28, column: 34 },
    resolve: { scale: oneLegend ? { color: "shared", shape: "shared" } : { color: "independent", shape: "independent", stroke: "independent" } },
  };
}

/** A line broken between words where it would be too long. */
function wrapped(line: string, letters: number): string[] {
  const lines = [""];
  for (const word of line.split(" ")) {
    const last = lines.at(-1)!;
    if (last !== "" && last.length + 1 + word.length > letters) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
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
