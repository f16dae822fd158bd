import { figures } from "../figure/index.ts";
import { labelOf } from "../figure/figure.ts";
import { c0Symbol, count, plural } from "../util/words.ts";
import { overallOf } from "../figure/draw/verdict.ts";
import { countsInWords, type Judged } from "./claims.ts";
import { escapeHtml, proseHtml } from "./escape.ts";
import type { ReportFigure, ReportInput } from "./input.ts";

const paper = "https://arxiv.org/abs/2207.00411";

const symbols: readonly [symbol: string, meaning: string][] = [
  ["d", "input dimension (pixels)"],
  ["m", "width (hidden neurons)"],
  [c0Symbol, `lazy ball: no neuron moves more than ${c0Symbol}/√m`],
  ["δ", "perturbation of an input"],
  ["ε", "budget: the largest ‖δ‖ allowed"],
  ["η", "step along the gradient: ‖δ‖ = |η|·‖∇f‖"],
  ["‖∇f‖", "norm of the output’s gradient by the input"],
];

/** As many results stand at the top. */
const mostFindings = 3;

/** What a stranger needs: the question, the letters, the main results, and how much of it is done. */
export function opening(input: ReportInput, drawn: readonly (ReportFigure & Judged)[]): string {
  const claims = drawn.flatMap((figure) => figure.claims);
  const { done, total } = input.cells;
  const partial = done >= total ? "" : `<p class="note">This study is not complete: ${count(done)} of ${plural(total, "cell")} so far.</p>\n`;
  const counts = claims.length === 0 ? "" : ` Of ${plural(claims.length, "statement")}, <strong>${countsInWords(overallOf(claims))}</strong>.`;
  return `<header>
<p class="kicker">Signflip report · ${escapeHtml(input.title)} · ${escapeHtml(input.preset)} · ${escapeHtml(input.date)}</p>
<h1>How small a step flips a lazily trained network?</h1>
${partial}<div class="opening">
<div>
<p>Training is <em>lazy</em> when the weights stay close to where they began. The paper <a href="${paper}">Adversarial Robustness is at Odds with Lazy Training</a> proves that such a network is fragile: one gradient step, of a size that shrinks like 1/d, flips its prediction. This report measures whether that is so.${counts}</p>
${findings(drawn)}</div>
<dl class="symbols">
${symbols.map(([symbol, meaning]) => `<div>\n<dt>${symbol}</dt>\n<dd>${proseHtml(meaning)}</dd>\n</div>`).join("\n")}
</dl>
</div>
</header>`;
}

function findings(drawn: readonly ReportFigure[]): string {
  const found = drawn.flatMap(({ name, results }) => {
    const text = figures[name].finding?.(results);
    return text === undefined ? [] : [`<li>${proseHtml(text)} <a href="#${name}">${labelOf(name)}</a></li>`];
  });
  return found.length === 0 ? "" : `<ul class="findings">\n${found.slice(0, mostFindings).join("\n")}\n</ul>\n`;
}
