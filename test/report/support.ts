import type { ReportInput } from "../../src/report/report.ts";
import { synthetic } from "../figure/synthetic.ts";

export const rows = synthetic({ sizes: [5, 10, 28], seeds: 2 });

export function input(changes: Partial<ReportInput> = {}): ReportInput {
  return {
    title: "Figure 2",
    date: "2026-01-02",
    preset: "smoke",
    commandLine: "signflip reproduce --figure 2",
    cells: { done: 12, total: 12 },
    figures: [{ name: "figure-2", results: rows }],
    results: [],
    configuration: "name: figure-2\n",
    versions: { Signflip: "0.1.0", Node: "v20" },
    assets: { vega: "var vega = {};", fonts: [{ family: "Signflip Sans", weight: 400, woff2: "AAAA" }] },
    ...changes,
  };
}

export function withoutScripts(html: string): string {
  return html.replace(/<script\b[^>]*>.*?<\/script>/gs, "");
}

/** What stands between a section's tags. */
export function sectionOf(html: string, id: string): string {
  const from = html.indexOf(`<section id="${id}"`);
  return from < 0 ? "" : html.slice(from, html.indexOf("</section>", from));
}
