import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { TopLevelSpec } from "vega-lite";
import type { DrawOptions } from "../../figure/figure.ts";
import { figures, type FigureName } from "../../figure/index.ts";
import { renderReport, type ReportInput } from "../../report/report.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { coverSpec } from "../../figure/draw/cover.ts";
import { drawingOf, type Drawing } from "../../report/picture.ts";
import { count, plural } from "../../util/words.ts";
import { renderPng, renderSvg, shippedFonts, withNote } from "./pictures.ts";

export interface WriteReportInput extends Omit<ReportInput, "assets" | "figures"> {
  /** `total`: how many cells a figure is to be of; those that are there, unless given. */
  readonly figures: readonly { readonly name: FigureName; readonly results: readonly Cell[]; readonly total?: number }[];
}

/** Writes a file below the output folder; its path has `/` between its parts. */
export type WriteFile = (file: string, bytes: Uint8Array | string) => Promise<void>;

/**
 * Writes report.html and, for each figure, figures/figure-N.svg and .png. A picture of which cells are missing says so itself: it is
 * passed on without the report. Gives back the files in the order of writing.
 */
export async function writeReport(writeFile: WriteFile, input: WriteReportInput): Promise<string[]> {
  const written: string[] = [];
  const write: WriteFile = async (file, bytes) => {
    await writeFile(file, bytes);
    written.push(file);
  };
  const inPage = [];
  for (const { name, results, total = results.length } of input.figures) {
    const figure = figures[name];
    const whole = await renderSvg(figure.spec(results, { title: true }));
    const svg = results.length < total ? withNote(whole, `partial: ${count(results.length)} of ${plural(total, "cell")}`) : whole;
    await write(`figures/${name}.svg`, svg);
    await write(`figures/${name}.png`, renderPng(svg));
    inPage.push({
      name,
      results,
      picture: await drawnFor(name, (options) => figure.spec(results, { title: false, ...options })),
      cover: await drawnFor(`${name}-cover`, (options) => coverSpec(figure, results, options)),
    });
  }
  const assets = { vega: await readFile(vegaBundle(), "utf8"), fonts: shippedFonts() };
  await write("report.html", renderReport({ ...input, figures: inPage, assets }));
  return written;
}

/** A picture of the page, for a light and a dark screen. */
export async function drawnFor(prefix: string, specOf: (options: DrawOptions) => TopLevelSpec): Promise<Drawing> {
  const [light, dark] = [await renderSvg(specOf({}), { embedFont: false }), await renderSvg(specOf({ theme: "dark" }), { embedFont: false })];
  return drawingOf(light, dark, prefix);
}

/** Vega's own bundle for pages; the package's entry is the module beside it. */
function vegaBundle(): string {
  return join(dirname(createRequire(import.meta.url).resolve("vega")), "vega.min.js");
}
