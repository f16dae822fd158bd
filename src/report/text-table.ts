import type { ListedRuns, TextColumn, TextTable } from "../experiment/listing.ts";
import type { ReportSection } from "../figure/section.ts";
import { plural } from "../util/words.ts";
import { escapeHtml, proseHtml } from "./escape.ts";

/** Every run, one line each: a table for each kind that there is. */
export function runsSection(listings: readonly ListedRuns[]): string {
  const tables = listings.map(
    ({ heading, intro, table }) => `<details>
<summary>${proseHtml(heading)}: ${plural(table.rows.length, "run")}</summary>
<p>${proseHtml(intro)}</p>
${tableHtml(heading, table)}
</details>`,
  );
  return `<section id="runs">
<h2>All runs</h2>
${tables.length === 0 ? "<p>No runs yet.</p>" : tables.join("\n")}
</section>`;
}

/** A part that a figure gives; nothing here depends on what it is about. */
export function sectionHtml(id: string, { heading, prose, tables, details }: ReportSection): string {
  const body = (part: Pick<ReportSection, "prose" | "tables">) =>
    [...part.prose.map((text) => `<p>${proseHtml(text)}</p>`), ...part.tables.map((table) => tableHtml(table.label, table))].join("\n");
  return `<section id="${id}">
<h2>${proseHtml(heading)}</h2>
${body({ prose, tables })}
${details.map((detail) => `<details>\n<summary>${proseHtml(detail.title)}</summary>\n${body(detail)}\n</details>`).join("\n")}
</section>`;
}

/** A table that scrolls sideways where it must; what is essential comes first and is in view on a phone. A sortable one needs the script of its page. */
export function tableHtml(label: string, { columns, rows }: TextTable, { sortable = false } = {}): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(label)}">
<table class="runs${sortable ? " sortable" : ""}">
<thead>
<tr>
${columns.map((column) => `<th scope="col"${classOf(column)}>${proseHtml(column.name)}</th>`).join("\n")}
</tr>
</thead>
<tbody>
${rows.map((row) => `<tr>\n${row.map((text, at) => `<td${classOf(columns[at]!)}>${proseHtml(text)}</td>`).join("\n")}\n</tr>`).join("\n")}
</tbody>
</table>
</div>`;
}

function classOf({ words, essential }: TextColumn): string {
  const names = [words ? "words" : "", essential ? "essential" : ""].filter((name) => name !== "");
  return names.length === 0 ? "" : ` class="${names.join(" ")}"`;
}
