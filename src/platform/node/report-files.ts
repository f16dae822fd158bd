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
import { ensureFolder, writeFileWhole } from "./files.ts";
import { renderPng, renderSvg, shippedFonts } from "./pictures.ts";

export interface WriteReportInput extends Omit<ReportInput, "assets" | "figures"> {
  readonly figures: readonly { readonly name: FigureName; readonly results: readonly Cell[] }[];
}

/**
 * Writes report.html and, for each figure, figures/figure-N.svg and .png into `folder` (made where it is missing).
 * Gives back the paths in the order of writing. Each file is written whole or not at all.
 *
 * @throws SF_FILE where a file cannot be written.
 */
export async function writeReport(folder: string, input: WriteReportInput): Promise<string[]> {
  const pictures = join(folder, "figures");
  await ensureFolder(pictures);
  const written: string[] = [];
  const write = async (path: string, bytes: Uint8Array | string) => {
    await writeFileWhole(path, bytes);
    written.push(path);
  };
  const inPage = [];
  for (const { name, results } of input.figures) {
    const svg = await renderSvg(figures[name].spec(results, { title: true }));
    await write(join(pictures, `${name}.svg`), svg);
    await write(join(pictures, `${name}.png`), renderPng(svg));
    const drawn = async (prefix: string, of: (options: DrawOptions) => TopLevelSpec): Promise<Drawing> => {
      const [light, dark] = [of({}), of({ theme: "dark" })];
      return drawingOf(await renderSvg(light, { embedFont: false }), await renderSvg(dark, { embedFont: false }), prefix);
    };
    inPage.push({
      name,
      results,
      picture: await drawn(name, (options) => figures[name].spec(results, { title: false, ...options })),
      cover: await drawn(`${name}-cover`, (options) => coverSpec(figures[name], results, options)),
    });
  }
  const assets = { vega: await readFile(vegaBundle(), "utf8"), fonts: shippedFonts() };
  await write(join(folder, "report.html"), renderReport({ ...input, figures: inPage, assets }));
  return written;
}

/** Vega's own bundle for pages; the package's entry is the module beside it. */
function vegaBundle(): string {
  return join(dirname(createRequire(import.meta.url).resolve("vega")), "vega.min.js");
}
