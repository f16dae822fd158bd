import { figures } from "../figure/index.ts";
import { headingOf } from "../figure/figure.ts";
import { figureClaims, type Judged } from "./claims.ts";
import { escapeHtml, proseHtml } from "./escape.ts";
import { isThemed } from "./picture.ts";
import type { ReportFigure } from "./input.ts";

/** A figure in full size, with its caption, what to know beside it, and its statements. */
export function figureSection({ name, results, picture, claims }: ReportFigure & Judged): string {
  const figure = figures[name];
  const headline = figure.headline(results);
  const notes = figure.notes(results);
  const ground = picture === undefined || isThemed(picture) ? "" : " paper-ground";
  return `<section id="${name}" class="figure">
<h2>${escapeHtml(headingOf(figure))}</h2>
<p class="headline">${proseHtml(headline)}</p>
<figure>
<div class="picture${ground}" data-figure="${name}">${picture?.svg ?? '<p class="note">This picture is drawn by a script, and scripts are off here.</p>'}</div>
<figcaption>${proseHtml(figure.caption(results))}</figcaption>
</figure>
${notes.length === 0 ? "" : `<details class="notes">\n<summary>Details of this figure</summary>\n${notes.map((note) => `<p>${proseHtml(note)}</p>`).join("\n")}\n</details>\n`}${figureClaims({ name, claims })}
<p class="up"><a href="#overview">Back to all figures</a></p>
</section>`;
}
