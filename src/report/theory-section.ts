import type { Cell } from "../experiment/experiment.ts";
import { tally, tightnessInWords, vacuousInWords, type Tally } from "../figure/theory/bound-claims.ts";
import { c0Symbol, capital, count, interval, number, percent, plural, short } from "../util/words.ts";
import { meanOver, theoryOf, type StatementRuns } from "../figure/theory/rows.ts";
import type { StatementResult } from "../theory/check.ts";
import { statementIds } from "../theory/statements/statement.ts";
import { shareInterval95 } from "../util/statistics.ts";
import { table, type Column } from "./cell-table.ts";
import { proseHtml } from "./escape.ts";

/** All statements of the theory in one table, each with every setting on demand; "" where no run checks the theory. */
export function theorySection(results: readonly Cell[]): string {
  const theory = theoryOf(results);
  const tallies = statementIds.map((id) => tally(id, theory)).filter(({ settings }) => settings.length > 0);
  if (tallies.length === 0) return "";
  const columns: readonly Column<Tally>[] = [
    ["Statement", (one) => capital(first(one).id.replaceAll("-", " ")), "words"],
    ["Source", (one) => first(one).source.replace(/;.*/, ""), "words"],
    ["Holds", (one) => `${count(one.holds)} of ${count(one.settings.length)}`],
    ["Vacuous", (one) => `${count(one.vacuous.length)} of ${count(one.settings.length)}`],
    ["Violations", ({ draws, violations }) => (draws === 0 ? "–" : `${count(violations)} of ${count(draws)}`)],
    ["Share", ({ draws, violations }) => (draws === 0 ? "–" : interval(shareInterval95(violations, draws), (share) => percent(share, 2)))],
    ["Tightness", ({ tightness }) => (tightness === undefined ? "–" : tightnessInWords(tightness))],
    ["Bound", (one) => spread(one, ({ bound }) => bound)],
    ["Exact extreme", (one) => spread(one, ({ exact }) => exact)],
    ["Measured", (one) => spread(one, ({ measured }) => measured)],
  ];
  const settings = new Set(tallies.flatMap((one) => one.settings.map(({ result }) => settingName(result.row)))).size;
  return `<section id="theory">
<h2>The theory, checked</h2>
<p>Every statement of the theory at ${plural(settings, "setting")} of d, m, ${c0Symbol} and γ, ${plural(theory.length, "run")}; numbers from the smallest to the largest over settings. A bound is vacuous where it says nothing. Tightness is how much of a bound is used where it says something, from 0 to 1. Violations are independent draws of (a, W₀) beyond the bound, with the exact 95 % interval (Clopper and Pearson) of their share over all settings; a share of γ is allowed (of 10 % in Corollary 3.2). How each bound comes about, step by step, is in <code>docs/theory.md</code> of the program.</p>
${table("Statements of the theory", columns, tallies)}${tallies.map(statementDetails).join("\n")}
</section>
`;
}

const first = ({ settings }: Tally): StatementResult => settings[0]!.runs[0]!;
const settingName = ({ d, m, c0, gamma }: { readonly d: number; readonly m: number; readonly c0: number; readonly gamma: number }) => [d, m, c0, gamma].join();

/** "3.5 to 12" over all runs; a dash where there is no such number. */
function spread({ settings }: Tally, of: (run: StatementResult) => number | null): string {
  const values = settings.flatMap(({ runs }) => runs.map(of)).filter((value) => value !== null && Number.isFinite(value)) as number[];
  if (values.length === 0) return "–";
  const [low, high] = [number(Math.min(...values)), number(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

/** One statement, a line per setting: means over its runs. */
function statementDetails(one: Tally): string {
  const { title, quantity, formula, side, source, id } = first(one);
  const mean = (of: (run: StatementResult) => number | null | undefined) => (setting: StatementRuns) => {
    const value = meanOver(setting.runs.map(of));
    return value === undefined ? "–" : `${number(value.mean)}${Number.isFinite(value.interval.low) ? ` ${interval(value.interval)}` : ""}`;
  };
  const columns: readonly Column<StatementRuns>[] = [
    ["Data", ({ result: { config } }) => (config.data.dataset === "sphere" ? "sphere" : "MNIST"), "words"],
    ["d", ({ result: { row } }) => count(row.d)],
    ["m", ({ result: { row } }) => count(row.m)],
    [c0Symbol, ({ result: { row } }) => short(row.c0)],
    ["γ", ({ result: { row } }) => short(row.gamma)],
    ["Runs", ({ runs }) => count(runs.length)],
    ["Bound", ({ runs }) => (runs[0]!.bound === null ? "none" : number(runs[0]!.bound))],
    ["Exact", mean(({ exact }) => exact)],
    ["Measured", mean(({ measured }) => measured)],
    ["Draws keep to", mean(({ simulation }) => simulation?.quantile)],
    ["Violations", ({ runs }) => violations(runs)],
    ["Tightness", mean(({ tightness, vacuous }) => (vacuous ? null : tightness))],
    ["Vacuous", ({ runs }) => (runs[0]!.vacuous ? (runs[0]!.widthFrom === null ? "at every m" : `below m = ${number(runs[0]!.widthFrom, 3)}`) : "no"), "words"],
    ["Holds", ({ runs }) => (runs.every(({ holds }) => holds) ? "yes" : "no"), "words"],
  ];
  return `<details><summary>${proseHtml(title)}: ${plural(one.settings.length, "setting")}</summary>
<p>${proseHtml(`${source}. ${quantity} ${side === "at most" ? "≤" : "≥"} ${formula}. ${vacuousInWords(one)}`)} Brackets are 95 % t-intervals over runs.</p>
${table(`Every setting of ${id}`, columns, one.settings)}</details>`;
}

function violations(runs: readonly StatementResult[]): string {
  const simulations = runs.flatMap(({ simulation }) => simulation ?? []);
  const [k, n] = [simulations.reduce((sum, one) => sum + one.violations, 0), simulations.reduce((sum, one) => sum + one.draws, 0)];
  return n === 0 ? "–" : `${count(k)} of ${count(n)}`;
}
