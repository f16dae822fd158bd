import { figures } from "../figure/index.ts";
import { labelOf } from "../figure/figure.ts";
import { overallOf } from "../figure/draw/verdict.ts";
import { badge, countsInWords, type Judged } from "./claims.ts";
import { proseHtml } from "./escape.ts";
import { isThemed } from "./picture.ts";
import type { ReportFigure } from "./input.ts";

/** Every figure small: a picture, a sentence, a verdict. */
export function figureCards(drawn: readonly (ReportFigure & Judged)[]): string {
  return `<section id="overview">
<h2>What each figure shows</h2>
<ul class="cards">
${drawn.map(card).join("\n")}
</ul>
</section>`;
}

function card({ name, results, cover, claims }: ReportFigure & Judged): string {
  const figure = figures[name];
  const counts = overallOf(claims);
  const isJudged = claims.length > 0;
  const picture = cover === undefined ? "" : `<div class="cover${isThemed(cover) ? "" : " paper-ground"}" aria-hidden="true">${cover.svg}</div>\n`;
  return `<li class="card">
${picture}<h3><a href="#${name}">${labelOf(name)}</a>${isJudged ? ` ${badge(counts.verdict)}` : ""}</h3>
<p class="headline">${proseHtml(figure.headline(results))}</p>
${isJudged ? `<p class="counts">${countsInWords(counts)}</p>\n` : ""}</li>`;
}
