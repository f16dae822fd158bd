import { isCone, type ConeResult } from "../experiment/cone/config.ts";
import { isFlips, type FlipsResult } from "../experiment/flips/config.ts";
import { isRobust, type RobustResult } from "../experiment/robust/config.ts";
import { isTheory, type TheoryResult } from "../experiment/theory/config.ts";
import type { Cell } from "../experiment/experiment.ts";
import { c0Symbol, count, fixed, number, percent, short } from "../util/words.ts";
import { meanOf, quantities, quantityNames } from "../figure/flips/quantity.ts";
import { proseHtml } from "./escape.ts";

/** A column: its heading, what a result has there, and whether that is words (aligned left) or a number. */
export type Column<R> = readonly [name: string, value: (result: R) => string, words?: "words"];

/** Networks trained by SGD first, then those trained adversarially, then those of the theory, each by what they differ in. */
export function inOrder(results: readonly Cell[]): Cell[] {
  const flips = results.filter(isFlips).sort((a, b) => a.row.m - b.row.m || a.row.c0 - b.row.c0 || a.row.d - b.row.d || a.row.seed - b.row.seed);
  const robust = results
    .filter(isRobust)
    .sort((a, b) => a.row.d - b.row.d || a.row.m - b.row.m || a.row.radius - b.row.radius || a.row.eps - b.row.eps || a.row.seed - b.row.seed);
  const theory = results
    .filter((result) => isTheory(result) || isCone(result))
    .sort(
      (a, b) =>
        a.row.kind.localeCompare(b.row.kind) * -1 ||
        a.config.data.dataset.localeCompare(b.config.data.dataset) ||
        a.row.d - b.row.d ||
        a.row.m - b.row.m ||
        a.row.c0 - b.row.c0 ||
        gammaOf(a) - gammaOf(b) ||
        a.row.seed - b.row.seed,
    );
  return [...flips, ...robust, ...theory];
}

const gammaOf = (result: TheoryResult | ConeResult) => (isTheory(result) ? result.row.gamma : 0);

/** Every run, one line each; a table for each kind that there is. */
export function cellSection(results: readonly Cell[]): string {
  const [flips, robust, theory, cone] = [results.filter(isFlips), results.filter(isRobust), results.filter(isTheory), results.filter(isCone)] as const;
  const headings = [flips, robust, theory, cone].filter((kind) => kind.length > 0).length > 1;
  const tables = [
    ...(flips.length > 0 || results.length === 0 ? [flipsTable(flips, headings)] : []),
    ...(robust.length > 0 ? [robustTable(robust, headings)] : []),
    ...(theory.length > 0 ? [theoryTable(theory, headings)] : []),
    ...(cone.length > 0 ? [coneTable(cone, headings)] : []),
  ];
  return `<section id="cells">
<h2>All runs</h2>
${tables.join("")}</section>`;
}

function flipsTable(results: readonly FlipsResult[], heading: boolean): string {
  const columns: readonly Column<FlipsResult>[] = [
    ["d", ({ row }) => count(row.d)],
    ["m", ({ row }) => count(row.m)],
    [c0Symbol, ({ row }) => count(row.c0)],
    ["Seed", ({ row }) => String(row.seed)],
    ...varying<FlipsResult>(results, [
      ["Inputs", inputs, "words"],
      ["Biases", biases, "words"],
      ["Checked", ({ config }) => (config.training.exit === "step" ? "each step" : "each epoch"), "words"],
    ]),
    ["Ended at", ({ row }) => (row.exitReason === "left-ball" ? "ball’s edge" : "epoch limit"), "words"],
    ["Epochs", ({ row }) => count(row.epochs)],
    ["Deviation", ({ row }) => number(row.deviation)],
    ["of radius", ({ row }) => fixed((row.deviation * Math.sqrt(row.m)) / row.c0)],
    ["Test accuracy", ({ row }) => percent(row.testAccuracy, 2)],
    ...quantityNames.map((name): Column<FlipsResult> => [quantities[name].symbol, ({ row }) => number(meanOf(row, name))]),
  ];
  return `${heading ? "<h3>Trained by SGD</h3>\n" : ""}<p>One trained network per line. Deviation is ‖W − W₀‖<sub>2,∞</sub>, then the same in units of the ball’s radius ${c0Symbol}/√m. The last four columns are means over test samples.</p>
${table("Runs trained by SGD", columns, results)}`;
}

function robustTable(results: readonly RobustResult[], heading: boolean): string {
  const columns: readonly Column<RobustResult>[] = [
    ["d", ({ row }) => count(row.d)],
    ["m", ({ row }) => count(row.m)],
    ["ε", ({ row }) => short(row.eps)],
    ["V", ({ row }) => short(row.radius)],
    ...(results.some(({ row }) => row.c0 !== undefined)
      ? [[c0Symbol, ({ row }: RobustResult) => (row.c0 === undefined ? "–" : count(row.c0))] satisfies Column<RobustResult>]
      : []),
    ["Seed", ({ row }) => String(row.seed)],
    ["Method", ({ row }) => row.method, "words"],
    ["Train points", ({ row }) => count(row.trainPoints)],
    ...varying<RobustResult>(results, [
      ["Inputs", inputs, "words"],
      ["Biases", biases, "words"],
    ]),
    ["Ended at", ({ row }) => (row.exitReason === "no-rise" ? "no rise" : "epoch limit"), "words"],
    ["Epochs", ({ row }) => count(row.epochs)],
    ["Passes", ({ row }) => count(row.forward + row.backward)],
    ["of V", ({ row }) => fixed(row.deviation / row.radius)],
    ["At edge", ({ row }) => percent(row.onSurface, 0)],
    ["Robust train", ({ row }) => percent(row.robustTrainAccuracy)],
    ["Robust test", ({ row }) => percent(row.robustTestAccuracy)],
    ["Clean test", ({ row }) => percent(row.testAccuracy, 2)],
  ];
  return `${heading ? "<h3>Trained adversarially</h3>\n" : ""}<p>One trained network per line: budget ε, the ball’s radius V, forward and backward passes per training point spent on finding perturbations, deviation ‖W − W₀‖<sub>2,∞</sub> in units of V, the share of rows on the ball’s edge, and accuracy with and without perturbations.</p>
${table("Runs trained adversarially", columns, results)}`;
}

function theoryTable(results: readonly TheoryResult[], heading: boolean): string {
  const columns: readonly Column<TheoryResult>[] = [
    ["Data", data, "words"],
    ["d", ({ row }) => count(row.d)],
    ["m", ({ row }) => count(row.m)],
    [c0Symbol, ({ row }) => count(row.c0)],
    ["γ", ({ row }) => short(row.gamma)],
    ["Seed", ({ row }) => String(row.seed)],
    ["Points", ({ row }) => count(row.points)],
    ["Draws", ({ row }) => count(row.draws)],
    ["Ended at", ended, "words"],
    ["of radius", ({ row }) => (row.c0 > 0 ? fixed((row.deviation * Math.sqrt(row.m)) / row.c0) : "–")],
    ["Test accuracy", ({ row }) => percent(row.testAccuracy, 1)],
    ["Hold", ({ row }) => `${row.statements.filter(({ holds }) => holds).length} of ${row.statements.length}`],
    ["Vacuous", ({ row }) => count(row.statements.filter(({ vacuous }) => vacuous).length)],
    ...quantityNames
      .filter((name) => name !== "perturbationRelative")
      .map((name): Column<TheoryResult> => [quantities[name].symbol, ({ row }) => number(meanOf(row.trained, name))]),
    ["C₁ fresh", ({ row }) => smallest(row.freshShares.smallest)],
    ["C₁ trained", ({ row }) => smallest(row.trainedShares.smallest)],
  ];
  return `${heading ? "<h3>The theory, checked</h3>\n" : ""}<p>One trained network and its initialisation per line: how many statements of the theory hold and how many are vacuous, the means of the trained network over the points, and the smallest C₁ for which one step of size C₁/d flips 99 % of the points.</p>
${table("Runs of the theory", columns, results)}`;
}

const smallest = (c1: number | null) => (c1 === null ? "none" : number(c1));

function coneTable(results: readonly ConeResult[], heading: boolean): string {
  const last = ({ row }: ConeResult) => row.path.at(-1);
  const columns: readonly Column<ConeResult>[] = [
    ["Data", data, "words"],
    ["d", ({ row }) => count(row.d)],
    ["m", ({ row }) => count(row.m)],
    [c0Symbol, ({ row }) => count(row.c0)],
    ["Seed", ({ row }) => String(row.seed)],
    ["Ended at", ended, "words"],
    ["Epochs", ({ row }) => count(row.epochs)],
    ["Deviation", ({ row }) => number(row.deviation)],
    ["of radius", ({ row }) => fixed((row.deviation * Math.sqrt(row.m)) / row.c0)],
    ["Cone distance", (result) => number(last(result)?.coneDistance ?? NaN)],
    ["of radius", (result) => fixed(((last(result)?.coneDistance ?? NaN) * Math.sqrt(result.row.m)) / result.row.c0)],
    ["α", (result) => number(last(result)?.alpha ?? NaN)],
    ["Test accuracy", ({ row }) => percent(row.testAccuracy, 2)],
  ];
  return `${heading ? "<h3>Out of the ball and the cone</h3>\n" : ""}<p>One path of training per line, at its end: the distance ‖W − W₀‖<sub>2,∞</sub> from the initialisation and that from the cone around the lazy ball, each also in units of the radius ${c0Symbol}/√m, and the α at which the latter is attained.</p>
${table("Paths of training", columns, results)}`;
}

const ended = ({ row }: TheoryResult | ConeResult) => (row.exitReason === "left-ball" ? "ball’s edge" : "epoch limit");
const data = ({ config }: Cell) => (config.data.dataset === "sphere" ? "sphere" : `MNIST ${config.data.digits[0]}, ${config.data.digits[1]}`);
const inputs = ({ config }: Cell) => (config.data.dataset === "sphere" ? "sphere" : config.data.normalize ? "‖x‖ = 1" : "raw pixels");
const biases = ({ config }: Cell) => (config.network.bias ? "yes" : "no");

/** What is the same in every run need not stand in every line. */
function varying<R>(results: readonly R[], columns: readonly Column<R>[]): Column<R>[] {
  return columns.filter(([, value]) => new Set(results.map(value)).size > 1);
}

export function table<R>(label: string, columns: readonly Column<R>[], results: readonly R[]): string {
  const cell = (tag: string, text: string, words?: "words") => `<${tag}${words ? ' class="words"' : ""}>${proseHtml(text)}</${tag.slice(0, 2)}>`;
  return `<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="cells">
<thead><tr>${columns.map(([name, , words]) => cell('th scope="col"', name, words)).join("")}</tr></thead>
<tbody>
${results.map((result) => `<tr>${columns.map(([, value, words]) => cell("td", value(result), words)).join("")}</tr>`).join("\n")}
</tbody>
</table></div>
`;
}
