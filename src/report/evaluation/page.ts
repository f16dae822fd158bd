import { cleanAccuracyOf } from "../../measure/evaluation.ts";
import { count, fixed, plural } from "../../util/words.ts";
import { escapeHtml, proseHtml } from "../escape.ts";
import { factList } from "../making.ts";
import { htmlPage } from "../html-page.ts";
import { type Drawing, isThemed } from "../picture.ts";
import { tableHtml } from "../text-table.ts";
import { examplesSection } from "./examples.ts";
import type { EvaluationReportInput } from "./input.ts";
import { evaluationOpening } from "./opening.ts";
import { sortScript } from "./sort-script.ts";
import { evaluationStyle } from "./style.ts";
import { attackTable, classTable, mostListed, sampleTable } from "./tables.ts";
import { shownBudgets } from "./words.ts";

export type { EvaluationReportInput } from "./input.ts";

/** An evaluation → one HTML file that needs nothing else: no network, no neighboring files. */
export function renderEvaluation(input: EvaluationReportInput): string {
  const { result, pictures, fonts } = input;
  const drawings = [pictures.curve, pictures.distances].filter((one) => one !== undefined);
  return htmlPage({
    title: `How robust is ${result.model.name}?`,
    fonts,
    style: evaluationStyle,
    drawings,
    main: [
      evaluationOpening(input),
      picturesSection(input),
      examplesSection(result),
      tablesSection(input),
      assumptionsSection(input),
      makingSection(input),
    ].join("\n"),
    scripts: `<script>${sortScript}</script>`,
  });
}

function picturesSection({ pictures: { curve, distances } }: EvaluationReportInput): string {
  const picture = ({ svg, ...drawing }: Drawing, caption: string) =>
    `<figure><div class="picture${isThemed({ svg, ...drawing }) ? "" : " paper-ground"}">${svg}</div><figcaption>${proseHtml(caption)}</figcaption></figure>`;
  return `<section id="curve">
<h2>Robust accuracy by budget</h2>
<div class="pair">
${picture(curve, "The share of samples that are right and stay right under every change found within ε. The band is the exact 95 % interval.")}
${distances === undefined ? "" : picture(distances, "How far the samples that are right are from another prediction.")}
</div>
</section>`;
}

function tablesSection({ result, budgets }: EvaluationReportInput): string {
  const shown = shownBudgets(result.samples, budgets);
  const { samples } = result;
  const listed = sampleTable(result);
  const rest = samples.length > mostListed ? ` The first ${count(mostListed)} of ${count(samples.length)}; the JSON file has all.` : "";
  const bySample = `<details id="samples">
<summary>${plural(samples.length, "sample")}, the least robust first</summary>
<p>${proseHtml(`A sample that is misclassified as it is has distance 0.${rest} A click on the head of a column sorts by it.`)}</p>
${tableHtml("Samples", listed, { sortable: true })}
</details>`;
  return `<section id="classes">
<h2>By class</h2>
${tableHtml("Accuracy by class", classTable(result, shown))}
</section>
<section id="attacks">
<h2>What the attacks did</h2>
<p>${proseHtml("The smallest distance of all attacks counts for each sample. Every adversarial input was run again, one at a time, through the original model, and only those that it confirms are counted.")}</p>
${tableHtml("Attacks", attackTable(result))}
${troubles(samples)}
${bySample}
</section>`;
}

/** What a reader has to know before trusting the numbers. */
function troubles(samples: EvaluationReportInput["result"]["samples"]): string {
  const blind = samples.filter(({ zeroGradient }) => zeroGradient).length;
  const unconfirmed = samples.reduce((sum, sample) => sum + sample.unconfirmed, 0);
  const lines = [
    ...(blind === 0
      ? []
      : [
          `The gradient is 0 or not finite at ${plural(blind, "sample")}: attacks that follow gradients could not begin there, so robust accuracy may be far too high.`,
        ]),
    ...(unconfirmed === 0
      ? []
      : [`${plural(unconfirmed, "adversarial input")} changed the prediction here and not in the original model; none of them is counted.`]),
  ];
  return lines.map((line) => `<p class="note">${proseHtml(line)}</p>`).join("\n");
}

function assumptionsSection({ result: { assumptions } }: EvaluationReportInput): string {
  if (assumptions.length === 0) return "";
  return `<section id="assumptions">
<h2>What was assumed</h2>
<ul class="assumed">
${assumptions.map((line) => `<li>${proseHtml(line)}</li>`).join("\n")}
</ul>
</section>`;
}

function makingSection({ result, commandLine, date, versions }: EvaluationReportInput): string {
  const { model, data, samples, norm, seed, bounds, seconds } = result;
  const facts: [name: string, html: string][] = [
    ["Command", `<code>${escapeHtml(commandLine)}</code>`],
    ["Model", `${escapeHtml(model.name)}${model.sha256 === undefined ? "" : ` <code>${model.sha256}</code>`}`],
    ["Data", `${escapeHtml(data.name)}: ${count(samples.length)} of ${plural(data.n, "sample")} <code>${escapeHtml(data.fingerprint)}</code>`],
    ["Norm", norm],
    ["Bounds", escapeHtml(bounds ?? "none")],
    ["Seed", String(seed)],
    ["Clean accuracy", `${fixed(100 * cleanAccuracyOf(samples), 2)}&nbsp;%`],
    ["Time", `${fixed(seconds, 1)} s`],
    ["Date", escapeHtml(date)],
    ...Object.entries(versions).map(([name, value]): [string, string] => [escapeHtml(name), escapeHtml(value)]),
  ];
  return `<section id="making">
<h2>How it was made</h2>
${factList(facts)}
</section>`;
}
