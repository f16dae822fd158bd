import type { Config } from "vega-lite";
import type { DrawOptions } from "../figure.ts";

/** The font shipped in assets/fonts; a page or an SVG file without it falls back to the system's. */
const fontFamily = "Signflip Sans, Helvetica, Arial, sans-serif";

/** Every color of a picture, by what it is for. */
export interface Paint {
  /** What lies behind the picture. Points and tiles are set off from each other by a thin edge of it. */
  readonly ground: string;
  readonly ink: string;
  readonly quiet: string;
  readonly axis: string;
  readonly grid: string;
  /** The theory; always dashed and without points, so that it never rests on color alone. */
  readonly theory: string;
  /** A bound that says nothing. */
  readonly vacuous: string;
  /** Red, orange and blue as in the paper, then more. Each curve has its own point shape as well. */
  readonly series: readonly string[];
  /** Bars of a histogram: opaque, so that the grid does not show through. */
  readonly bar: string;
  /** A tile nothing was measured for. */
  readonly emptyTile: string;
  /** The lazy ball and, lighter, the cone around it: points must stand out from both. */
  readonly ball: string;
  readonly cone: string;
}

const paints: Readonly<Record<"light" | "dark", Paint>> = {
  light: {
    ground: "#ffffff",
    ink: "#1d1f24",
    quiet: "#555b66",
    axis: "#6b7280",
    grid: "#e6e8ec",
    theory: "#1f8a4c",
    vacuous: "#7d8490",
    series: ["#c8322b", "#e08a12", "#2563b0", "#7a4fa3", "#0f8b8d", "#8a5a3c", "#d6478f", "#5d6470"],
    bar: "#7fa6d6",
    emptyTile: "#eceef2",
    ball: "#b7cdea",
    cone: "#e4ecf7",
  },
  dark: {
    ground: "#16181d",
    ink: "#e9ebf0",
    quiet: "#a9b0bc",
    axis: "#7c8492",
    grid: "#2b2f38",
    theory: "#4cc580",
    vacuous: "#8d95a3",
    series: ["#ff7a70", "#f2ab43", "#74aaff", "#bd9bea", "#42c6c8", "#cfa07f", "#f58ac0", "#a9b0bc"],
    bar: "#4a76ad",
    emptyTile: "#2b2f38",
    ball: "#2b4468",
    cone: "#1e2a3c",
  },
};

export function paintOf({ theme = "light" }: Pick<DrawOptions, "theme">): Paint {
  return paints[theme];
}

export const theoryDash: number[] = [6, 4];

const seriesShapes = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right"];

export function seriesShape(index: number): string {
  return seriesShapes[index % seriesShapes.length]!;
}

/** No text smaller than 13 px: a phone may show it at 0.85 of its size. */
export function configOf({ ground, ink, quiet, axis, grid }: Paint): Config {
  return {
    background: ground,
    font: fontFamily,
    padding: 12,
    view: { stroke: null },
    title: {
      anchor: "start",
      frame: "bounds",
      offset: 14,
      color: ink,
      fontSize: 17,
      fontWeight: 600,
      lineHeight: 22,
      subtitleColor: quiet,
      subtitleFontSize: 13,
      subtitleLineHeight: 18,
      subtitlePadding: 6,
    },
    axis: {
      labelColor: ink,
      labelFontSize: 13,
      titleColor: ink,
      titleFontSize: 14,
      titleFontWeight: 400,
      titlePadding: 8,
      domainColor: axis,
      tickColor: axis,
      gridColor: grid,
      labelPadding: 4,
    },
    legend: {
      labelColor: ink,
      labelFontSize: 14,
      titleColor: ink,
      symbolSize: 80,
      orient: "top",
      direction: "horizontal",
      columnPadding: 20,
      rowPadding: 6,
      labelLimit: 0,
      offset: 12,
      symbolOpacity: 1,
      symbolStrokeWidth: 0,
    },
    text: { color: ink, fontSize: 14 },
  };
}

/** Accuracy from 0 to 1 in a heat map: even steps look even, in gray and to color-blind eyes as well. */
export const heatScheme = "viridis";

/** Curves of something ordered, such as d: from dark to light, stopping short of what the ground swallows. */
export function orderedScheme({ theme = "light" }: Pick<DrawOptions, "theme">) {
  return { name: "plasma", extent: (theme === "dark" ? [0.3, 1] : [0, 0.82]) as [number, number] } as const;
}

/** A panel's heading, above its top left corner. */
export const panelTitle = { anchor: "start", frame: "group", fontSize: 15, fontWeight: 600, offset: 10 } as const;

/** A phone may show a picture at 0.85 of its size. */
export const minFontSize = 13;
