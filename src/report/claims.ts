import { labelOf, type Claim, type Verdict } from "../figure/figure.ts";
import { overallOf, type Overall } from "../figure/draw/verdict.ts";
import type { FigureName } from "../figure/index.ts";
import { capital, count, plural } from "../util/words.ts";
import { escapeHtml, proseHtml } from "./escape.ts";

/** A figure with what it decides. */
export interface Judged {
  readonly name: FigureName;
  readonly claims: readonly Claim[];
}

/** What differs comes first: it is what a reader should know. */
const inOrder: readonly Verdict[] = ["differs", "agrees", "undecided"];

/** "2 agree, 1 differs, 3 undecided": what there is none of is left out. */
export function countsInWords({ agrees, differs, undecided }: Overall): string {
  const parts = [
    agrees > 0 ? `${count(agrees)} ${agrees === 1 ? "agrees" : "agree"}` : "",
    differs > 0 ? `${count(differs)} ${differs === 1 ? "differs" : "differ"}` : "",
    undecided > 0 ? `${count(undecided)} undecided` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

export function badge(verdict: Verdict | "mixed"): string {
  return `<span class="verdict ${verdict}">${verdict}</span>`;
}

/** A figure's statements: decided ones in view, the others on demand. */
export function figureClaims({ name, claims }: Judged): string {
  if (claims.length === 0) return "";
  const decided = inOrder.filter((verdict) => verdict !== "undecided").flatMap((verdict) => claims.filter((claim) => claim.verdict === verdict));
  const undecided = claims.filter(({ verdict }) => verdict === "undecided");
  const shown = decided.length === 0 ? "" : `${claimList(decided)}\n`;
  const folded =
    undecided.length === 0
      ? ""
      : `<details>\n<summary>${plural(undecided.length, "statement")} undecided: too few runs or settings to tell</summary>\n${claimList(undecided)}\n</details>\n`;
  return `<div class="claims" id="${name}-claims">
<h3>The paper says, we measured</h3>
${shown}${folded}</div>`;
}

function claimList(claims: readonly Claim[]): string {
  return `<ul class="claim-list">\n${claims.map(claimItem).join("\n")}\n</ul>`;
}

function claimItem({ id, statement, paper, measured, verdict, detail }: Claim): string {
  const row = `${badge(verdict)}
<span class="statement">${proseHtml(statement)}. <span class="paper">Paper: ${proseHtml(paper)}.</span></span>
<span class="measured">${proseHtml(measured)}</span>`;
  // Why a statement got its verdict is a click away.
  const body =
    detail === undefined
      ? `<div class="row">\n${row}\n</div>`
      : `<details>\n<summary class="row">\n${row}\n</summary>\n<p>${proseHtml(detail)}</p>\n</details>`;
  return `<li id="${escapeHtml(id)}">\n${body}\n</li>`;
}

/** Every statement in one place, grouped by how it fared. */
export function statementsByVerdict(figures: readonly Judged[]): string {
  const claims = figures.flatMap(({ name, claims: own }) => own.map((claim) => ({ name, ...claim })));
  if (claims.length === 0) return "";
  const groups = inOrder.flatMap((verdict) => {
    const own = claims.filter((claim) => claim.verdict === verdict);
    return own.length === 0 ? [] : [verdictGroup(verdict, own)];
  });
  return `<section id="statements">
<h2>All ${plural(claims.length, "statement")}</h2>
<p>${capital(countsInWords(overallOf(claims)))}. Brackets are 95 % intervals: Student’s t, or what the entry says. A statement is undecided where the interval is too wide, or where there are too few runs for one.</p>
${groups.join("\n")}
</section>`;
}

function verdictGroup(verdict: Verdict, claims: readonly (Claim & { readonly name: FigureName })[]): string {
  const row = ({ id, name, statement, measured, paper }: (typeof claims)[number]) => `<tr>
<td class="words"><a href="#${escapeHtml(id)}">${labelOf(name)}</a></td>
<td class="words">${proseHtml(statement)}</td>
<td class="words">${proseHtml(measured)}</td>
<td class="words">${proseHtml(paper)}</td>
</tr>`;
  return `<details>
<summary>${plural(claims.length, "statement")} ${badge(verdict)}</summary>
<table class="by-verdict">
<thead>
<tr>
<th scope="col">Figure</th>
<th scope="col">Statement</th>
<th scope="col">We measured</th>
<th scope="col">The paper says</th>
</tr>
</thead>
<tbody>
${claims.map(row).join("\n")}
</tbody>
</table>
</details>`;
}
