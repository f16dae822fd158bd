import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import * as vega from "vega";
import type { TopLevelSpec } from "vega-lite";
import { compileFigure } from "../../figure/draw/compile.ts";
import { internal } from "../../util/errors.ts";
import { fontFace } from "../../report/html-page.ts";
import type { ReportFont } from "../../report/input.ts";

/* Pictures without a browser: Vega-Lite → Vega → SVG → PNG, with the font that ships in assets/fonts. */

const fontWeights = { 400: "SignflipSans-Regular", 600: "SignflipSans-SemiBold" } as const;

// The same number of folders above this file, whether it runs from src/ or from dist/.
const fontFolder = new URL("../../../assets/fonts/", import.meta.url);
const fontFile = (name: string) => fileURLToPath(new URL(name, fontFolder));

/** The shipped font as a page embeds it. */
export function shippedFonts(): ReportFont[] {
  return Object.entries(fontWeights).map(([weight, name]) => ({
    family: "Signflip Sans",
    weight: Number(weight),
    woff2: readFileSync(fontFile(`${name}.woff2`)).toString("base64"),
  }));
}

/** A picture as an SVG document. With `embedFont` (the default) it carries its font and looks the same everywhere. */
export async function renderSvg(spec: TopLevelSpec, { embedFont = true }: { embedFont?: boolean } = {}): Promise<string> {
  return renderVegaSvg(compileFigure(spec).vega, { embedFont });
}

async function renderVegaSvg(spec: vega.Spec, { embedFont = true }: { embedFont?: boolean } = {}): Promise<string> {
  measureWithShippedFont();
  const view = new vega.View(vega.parse(spec), { renderer: "none" });
  const svg = await view.toSVG().finally(() => view.finalize());
  return embedFont ? svg.replace(/^<svg[^>]*>/, (open) => `${open}<style>${shippedFonts().map(fontFace).join("")}</style>`) : svg;
}

/** The picture with a line of text in a strip of its own below it. */
export function withNote(svg: string, note: string): string {
  const strip = 24;
  const [root, before, width, between, height] = /^(<svg[^>]*? width=")(\d+)(" height=")(\d+)"[^>]*>/.exec(svg) ?? [];
  if (root === undefined || width === undefined || height === undefined) throw internal("a picture has no size");
  const taller = `${before}${width}${between}${Number(height) + strip}" viewBox="0 0 ${width} ${Number(height) + strip}"`;
  const text = `<text x="${Number(width) - 10}" y="${Number(height) + 8}" text-anchor="end" font-family="Signflip Sans" font-size="12" font-weight="600" fill="#b3261e">${note}</text>`;
  return `${root.replace(/^.* viewBox="[^"]*"/, taller)}${svg.slice(root.length).replace(/<\/svg>\s*$/, `${text}</svg>`)}`;
}

/** SVG → PNG, twice the nominal size unless told otherwise. Text is set in the shipped font alone. */
export function renderPng(svg: string, { scale = 2 }: { scale?: number } = {}): Uint8Array {
  const resvg = new Resvg(svg, {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: Object.values(fontWeights).map((name) => fontFile(`${name}.ttf`)),
      defaultFontFamily: "Signflip Sans",
    },
  });
  return resvg.render().asPng();
}

/**
 * Without a canvas Vega guesses text widths, and labels clip or collide. The advance widths of the shipped font are
 * beside it (assets/fonts/build.py writes both).
 */
function measureWithShippedFont(): void {
  vega.textMetrics.width = shippedWidth;
}

interface Widths {
  readonly unitsPerEm: number;
  readonly advances: Record<keyof typeof fontWeights, Record<string, number>>;
}

let widths: Widths | undefined;

function shippedWidth(item: { fontSize?: number; fontWeight?: number | string }, text: unknown): number {
  widths ??= JSON.parse(readFileSync(fontFile("widths.json"), "utf8")) as Widths;
  const bold = item.fontWeight === "bold" || Number(item.fontWeight) >= 500;
  const advances = widths.advances[bold ? 600 : 400];
  const size = item.fontSize ?? 11;
  let sum = 0;
  for (const character of text === undefined || text === null ? "" : String(text)) sum += advances[character] ?? widths.unitsPerEm * 0.6;
  return (sum / widths.unitsPerEm) * size;
}
