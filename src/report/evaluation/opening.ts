import { median } from "simple-statistics";
import { cleanAccuracyOf, foundDistances, robustAccuracyAt } from "../../measure/evaluation.ts";
import { shareInterval95 } from "../../util/statistics.ts";
import { interval, number, percent, short } from "../../util/words.ts";
import { escapeHtml, proseHtml } from "../escape.ts";
import type { EvaluationReportInput } from "./input.ts";
import { findingOf, normInWords, shownBudgets } from "./words.ts";

/** The first screen: the question, the answer, and its three or four numbers. */
export function evaluationOpening({ result, budgets, date }: EvaluationReportInput): string {
  const { samples, model } = result;
  const found = foundDistances(samples);
  const shown = shownBudgets(samples, budgets);
  const clean = cleanAccuracyOf(samples);
  const share = (value: number) => percent(value);
  const right = Math.round(clean * samples.length);
  const tiles: [label: string, value: string, note: string][] = [
    ["Clean accuracy", percent(clean), `95 % interval ${interval(shareInterval95(right, samples.length), share)}`],
    ...shown.map((eps): [string, string, string] => {
      const { accuracy, low, high } = robustAccuracyAt(samples, eps);
      return [`Robust accuracy at ε = ${short(eps)}`, `≤ ${percent(accuracy)}`, `95 % interval ${interval({ low, high }, share)}`];
    }),
    [
      "Median distance to another prediction",
      found.length === 0 ? "none found" : number(median(found)),
      found.length === 0 ? "" : "of the samples that are right",
    ],
  ];
  return `<header>
<p class="kicker">Signflip evaluation · ${escapeHtml(model.name)} · ${escapeHtml(date)}</p>
<h1>How small a change fools ${escapeHtml(model.name)}?</h1>
<p class="lead">${proseHtml(findingOf(result, shown))}</p>
<ul class="tiles">
${tiles.map(([label, value, note]) => `<li><span class="label">${proseHtml(label)}</span><span class="value">${proseHtml(value)}</span><span class="of">${proseHtml(note)}</span></li>`).join("\n")}
</ul>
<p class="meaning">${proseHtml(shown[0] === undefined ? "" : normInWords(result, shown[0]))} All distances were found by attacks: the true ones can only be smaller, and a robust accuracy can only be lower.</p>
</header>`;
}
