import { cellName } from "../experiment/index.ts";
import { isFlips } from "../experiment/flips/config.ts";
import { isTheory } from "../experiment/theory/config.ts";
import type { Cell } from "../experiment/experiment.ts";
import type { TopLevelSpec } from "vega-lite";
import { highTestError, nameHighTestErrors } from "../figure/flips/claims.ts";
import { compileFigure } from "../figure/draw/compile.ts";
import { headingOf, labelOf, type Claim } from "../figure/figure.ts";
import { count, plural } from "../util/words.ts";
import { figures, type FigureName } from "../figure/index.ts";
import { cellSection, inOrder } from "./cell-table.ts";
import { escapeHtml, proseHtml, scriptJson, scriptText } from "./escape.ts";
import { pageScript } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";
import { theorySection } from "./theory-section.ts";

export interface ReportFont {
  readonly family: string;
  readonly weight: number;
  /** base64 */
  readonly woff2: string;
}

/** What the page needs besides the results; node/report.ts reads it from the package. */
export interface ReportAssets {
  /** The text of vega.min.js, which defines the global `vega`. */
  readonly vega: string;
  readonly fonts: readonly ReportFont[];
}

export interface ReportFigure {
  readonly name: FigureName;
  /** The rows of this figure's study. */
  readonly results: readonly Cell[];
  /** Drawn in advance: shown until the script has drawn, and where scripts are off. */
  readonly svg?: string;
}

export interface ReportInput {
  readonly title: string;
  /** As it is to be read. */
  readonly date: string;
  readonly preset: string;
  readonly commandLine: string;
  /** Cells of the study: finished, and all. */
  readonly cells: { readonly done: number; readonly total: number };
  readonly figures: readonly ReportFigure[];
  /** The resolved study as text (YAML or JSON). */
  readonly configuration: string;
  /** Program and engine versions, the machine: whatever a reader needs to repeat it. */
  readonly versions: Readonly<Record<string, string>>;
  readonly assets: ReportAssets;
}

/** Rows and figures → one HTML file that needs nothing else: no network, no neighbouring files. */
export function renderReport(input: ReportInput): string {
  const results = uniqueResults(input.figures.flatMap((figure) => figure.results));
  const drawn = input.figures.map((figure) => ({ ...figure, claims: figures[figure.name].claims(figure.results) }));
  const specs = Object.fromEntries(
    input.figures.map(({ name, results: rows }) => [
      name,
      { wide: compiled(figures[name].spec(rows, { title: false })), narrow: compiled(figures[name].spec(rows, { title: false, columns: 1 })) },
    ]),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; font-src data:; img-src data:">
<meta name="generator" content="Signflip">
<title>${escapeHtml(input.title)}</title>
<style>${fontRules(input.assets.fonts)}${pageStyle}</style>
</head>
<body>
<main>
${header(input, results)}
${claimTable(drawn)}
${theorySection(results)}${drawn.map(figureSection).join("\n")}
${cellSection(results)}
${making(input, results)}
</main>
<script type="application/json" id="figures">${scriptJson(specs)}</script>
<script>${scriptText(input.assets.vega)}</script>
<script>${scriptText(pageScript)}</script>
</body>
</html>
`;
}

function compiled(spec: TopLevelSpec): object {
  // A schema address is for editors; a page that fetches nothing has no use for it.
  const { $schema: _, ...vega } = compileFigure(spec).vega;
  return vega;
}

function uniqueResults(results: readonly Cell[]): Cell[] {
  return inOrder([...new Map(results.map((result) => [result.key, result])).values()]);
}

function header({ title, date, preset, commandLine, cells, figures: drawn }: ReportInput, results: readonly Cell[]): string {
  const complete = cells.done >= cells.total;
  const facts: [string, string][] = [
    ["Date", escapeHtml(date)],
    ["Preset", escapeHtml(preset)],
    ["Command", `<code>${escapeHtml(commandLine)}</code>`],
    ["Runs", `${plural(results.length, "trained network")}, ${plural(new Set(results.map(({ row }) => row.seed)).size, "seed")}`],
    [
      "Study",
      complete ? `complete: ${plural(cells.total, "cell")}` : `<strong>not complete: ${count(cells.done)} of ${plural(cells.total, "cell")} so far</strong>`,
    ],
  ];
  const links = drawn.map(({ name }) => `<a href="#${name}">${labelOf(name)}</a>`);
  return `<header>
<p class="kind">Signflip report</p>
<h1>${escapeHtml(title)}</h1>
<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("")}</dl>
<nav><a href="#verdicts">Verdicts</a>${results.some(isTheory) ? '<a href="#theory">The theory</a>' : ""}${links.join("")}<a href="#cells">All runs</a><a href="#making">How it was made</a></nav>
</header>`;
}

function claimTable(drawn: readonly (ReportFigure & { readonly claims: readonly Claim[] })[]): string {
  const claims = drawn.flatMap((figure) => figure.claims);
  const of = (verdict: Claim["verdict"]) => claims.filter((claim) => claim.verdict === verdict).length;
  const groups = drawn.map(
    ({ name, claims: own }) => `<tbody>
<tr class="group"><th colspan="3" scope="rowgroup"><a href="#${name}">${labelOf(name)}</a></th></tr>
${own.map(claimRow).join("\n")}
</tbody>`,
  );
  // Adversarial training has its own claim about clean accuracy.
  const clean = drawn.filter(({ name, claims: own }) => own.some(({ id }) => id === `${name}/test-error`));
  const bad = nameHighTestErrors(highTestError(uniqueResults(clean.flatMap(({ results }) => results)).filter(isFlips)));
  return `<section id="verdicts">
<h2>What the paper says, what we measured</h2>
<p>Of ${plural(claims.length, "statement")}, <strong>${of("agrees")} ${of("agrees") === 1 ? "agrees" : "agree"}</strong>, <strong>${of("differs")} ${of("differs") === 1 ? "differs" : "differ"}</strong> and <strong>${of("undecided")} ${of("undecided") === 1 ? "is" : "are"} undecided</strong>. Brackets are 95 % intervals: Student’s t, or what the entry says.</p>
${badNetworks(bad)}<table class="claims">
<thead><tr><th scope="col">The paper says</th><th scope="col">We measured</th><th scope="col">Verdict</th></tr></thead>
${groups.join("\n")}
</table>
</section>`;
}

function claimRow({ id, statement, paper, measured, verdict, detail }: Claim): string {
  return `<tr id="${escapeHtml(id)}">
<td data-label="The paper says">${proseHtml(statement)}<span class="paper">${proseHtml(paper)}</span></td>
<td data-label="We measured">${proseHtml(measured)}${detail === undefined ? "" : `<span class="detail">${proseHtml(detail)}</span>`}</td>
<td><span class="verdict ${verdict}">${verdict}</span></td>
</tr>`;
}

/** Networks that the paper's numbers would not cover are named, few in the open, many on demand. */
function badNetworks(names: readonly string[]): string {
  if (names.length === 0) return "";
  const list = `<ul>${names.map((name) => `<li>${proseHtml(name)}</li>`).join("")}</ul>`;
  const lead = "Networks trained by SGD with a test error of 1\u00a0% or more";
  return `<div class="note">${names.length <= 24 ? `${lead}: ${list}` : `<details><summary>${lead}: ${plural(names.length, "setting")}</summary>${list}</details>`}</div>\n`;
}

function figureSection({ name, results, svg }: ReportFigure): string {
  const { caption } = figures[name];
  const notes = figures[name].notes(results);
  const details = notes.length === 0 ? "" : `<details><summary>Details</summary>${notes.map((note) => `<p>${proseHtml(note)}</p>`).join("")}</details>`;
  return `<section id="${name}">
<h2>${escapeHtml(headingOf(figures[name]))}</h2>
<figure>
<div class="picture" data-figure="${name}">${svg ?? '<p class="note">This picture is drawn by a script, and scripts are off here.</p>'}</div>
<figcaption>${proseHtml(caption(results))}${details}</figcaption>
</figure>
</section>`;
}

function making({ versions, configuration }: ReportInput, results: readonly Cell[]): string {
  return `<section id="making">
<h2>How it was made</h2>
<dl class="versions">${Object.entries(versions)
    .map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`)
    .join("")}</dl>
<h3>Configuration</h3>
<pre>${escapeHtml(configuration)}</pre>
<details><summary>Keys of ${plural(results.length, "cell")}</summary>
<ul class="keys">${results.map((result) => `<li><code>${escapeHtml(result.key)}</code>${escapeHtml(cellName(result.config))}</li>`).join("")}</ul>
</details>
</section>`;
}

function fontRules(fonts: readonly ReportFont[]): string {
  return fonts.map(fontFace).join("");
}

/** An @font-face rule with the font inside it. */
export function fontFace({ family, weight, woff2 }: ReportFont): string {
  return `@font-face{font-family:"${family}";font-weight:${weight};src:url(data:font/woff2;base64,${woff2}) format("woff2")}`;
}
