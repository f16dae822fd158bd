import type { Config } from "vega-lite";

/** The font shipped in assets/fonts; a page or an SVG file without it falls back to the system's. */
export const fontFamily = "Signflip Sans, Helvetica, Arial, sans-serif";

export const ink = "#1d1f24";
export const quiet = "#555b66";

/** The theory's colour; always dashed and without points, so that it never rests on colour alone. */
export const theoryColor = "#1f8a4c";
export const theoryDash: number[] = [6, 4];

/** Red, orange and blue as in the paper, then more. Each curve has its own point shape as well. */
const seriesColors = ["#c8322b", "#e08a12", "#2563b0", "#7a4fa3", "#0f8b8d", "#8a5a3c", "#5d6470"];
const seriesShapes = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right"];

export function seriesColor(index: number): string {
  return seriesColors[index % seriesColors.length]!;
}

export function seriesShape(index: number): string {
  return seriesShapes[index % seriesShapes.length]!;
}

/** No text smaller than 13 px: a phone may show it at 0.85 of its size, a white ground, and room around everything. */
export const theme: Config = {
  background: "white",
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
    domainColor: "#6b7280",
    tickColor: "#6b7280",
    gridColor: "#e6e8ec",
    labelPadding: 4,
  },
  legend: {
    labelColor: ink,
    labelFontSize: 14,
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

/** Bars of a histogram: opaque, so that the grid does not show through. */
export const barColor = "#7fa6d6";

/** Accuracy from 0 to 1 in a heat map: even steps look even, in grey and to colour-blind eyes as well. */
export const heatScheme = "viridis";
/** A tile nothing was measured for. */
export const emptyTile = "#eceef2";

/** Curves of something ordered, such as d: from dark to light, stopping short of what white paper swallows. */
export const orderedScheme = { name: "plasma", extent: [0, 0.82] as [number, number] } as const;

/** A panel's heading, above its top left corner. */
export const panelTitle = { anchor: "start", frame: "group", fontSize: 15, fontWeight: 600, offset: 10 } as const;
