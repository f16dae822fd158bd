import type { Cell } from "../experiment/experiment.ts";
import { cellName } from "../experiment/index.ts";
import { count, plural } from "../util/words.ts";
import { escapeHtml } from "./escape.ts";
import type { ReportInput } from "./input.ts";

/** Names and what they stand for, both as HTML. */
export const factList = (facts: readonly (readonly [name: string, html: string])[]): string => `<dl class="facts">
${facts.map(([name, html]) => `<div>\n<dt>${name}</dt>\n<dd>${html}</dd>\n</div>`).join("\n")}
</dl>`;

/** Whatever a reader needs to repeat it. */
export function makingSection(input: ReportInput, results: readonly Cell[], runs: number): string {
  const { versions, configuration, date, preset, commandLine, cells } = input;
  const isComplete = cells.done >= cells.total;
  const facts: readonly [name: string, html: string][] = [
    ["Command", `<code>${escapeHtml(commandLine)}</code>`],
    ["Preset", escapeHtml(preset)],
    ["Date", escapeHtml(date)],
    ["Runs", `${plural(runs, "run")}, ${plural(new Set(results.map(({ row }) => row.seed)).size, "seed")}`],
    ["Study", isComplete ? `complete: ${plural(cells.total, "cell")}` : `not complete: ${count(cells.done)} of ${plural(cells.total, "cell")} so far`],
    ...Object.entries(versions).map(([name, value]): [string, string] => [escapeHtml(name), escapeHtml(value)]),
  ];
  return `<section id="making">
<h2>How it was made</h2>
${factList(facts)}
<details>
<summary>Configuration of the study</summary>
<pre>${escapeHtml(configuration)}</pre>
</details>
<details>
<summary>Keys of ${plural(results.length, "cell")}</summary>
<ul class="keys">
${results.map(({ key, config }) => `<li>${escapeHtml(cellName(config))} <code>${escapeHtml(key)}</code></li>`).join("\n")}
</ul>
</details>
</section>`;
}
