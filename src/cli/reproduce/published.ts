import { basename, extname, join, sep } from "node:path";
import { labelOf } from "../../figure/figure.ts";
import type { CommandContext } from "../command.ts";
import { shortPath, type Published } from "../../platform/node/publish.ts";
import { plural } from "../../util/words.ts";
import { terminalWidth, wrapped } from "../text.ts";

/** Says what was found and where it lies: the claims of every figure, then the paths; or all of it as JSON. */
export function printPublished(
  { files, figures }: Published,
  { print, folder, json, summary }: Pick<CommandContext, "print" | "note"> & { folder: string; json: boolean; summary: Readonly<Record<string, unknown>> },
): void {
  if (json) {
    print(JSON.stringify({ ...summary, figures, files }));
    return;
  }
  const indent = " ".repeat(12);
  for (const { name, claims } of figures) {
    print(labelOf(name));
    for (const { statement, measured, paper, verdict } of claims) {
      const measurement = `${indent}${measured}`;
      const said = `the paper: ${paper}`;
      const width = terminalWidth();
      const found = measurement.length + said.length + 3 <= (width === Infinity ? 100 : width) ? [`${measurement}   ${said}`] : [measurement, indent + said];
      for (const line of [`  ${verdict.padEnd(9)} ${statement}`, ...found]) print(wrapped(line, indent, width));
    }
    print("");
  }
  const place = (file: string) => shortPath(join(folder, file));
  print(place(files.report));
  for (const kind of ["figures", "rows"] as const) {
    if (files[kind].length > 0) print(`${place(kind)}${sep}  ${grouped(files[kind])}`);
  }
  if (files.networks.length > 0) print(`${place("networks")}${sep}  ${plural(files.networks.length, "network")} (.onnx)`);
}

/** "figure-2, figure-3 (.svg, .png)": names that come with the same endings, together. */
function grouped(files: readonly string[]): string {
  const named = files.map((file) => ({ stem: basename(file, extname(file)), ending: extname(file) }));
  const unique = (list: readonly string[]) => [...new Set(list)].join(", ");
  return `${unique(named.map(({ stem }) => stem))} (${unique(named.map(({ ending }) => ending))})`;
}
