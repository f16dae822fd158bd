import type { Cell } from "../../experiment/experiment.ts";
import { dataOf } from "../../experiment/listing-words.ts";
import type { StatementResult } from "../../theory/check.ts";
import { statementIds } from "../../theory/statements/statement.ts";
import { shareInterval95 } from "../../util/statistics.ts";
import { c0Symbol, capital, count, interval, number, percent, plural, short } from "../../util/words.ts";
import { tableOf, type ReportSection, type SectionColumn, type SectionDetail } from "../section.ts";
import { tally, tightnessInWords, vacuousInWords, type Tally } from "./bound-claims.ts";
import { meanOver, theoryOf, type StatementRuns } from "./rows.ts";

/** All statements of the theory in one table, each with every setting on demand; none where no run checks the theory. */
export function theorySection(results: readonly Cell[]): ReportSection | undefined {
  const theory = theoryOf(results);
  const tallies = statementIds.map((id) => tally(id, theory)).filter(({ settings }) => settings.length > 0);
  if (tallies.length === 0) return undefined;
  const settings = new Set(tallies.flatMap((one) => one.settings.map(({ result }) => settingName(result.row)))).size;
  return {
    heading: "The theory, statement by statement",
    prose: [
      `Every statement of the theory at ${plural(settings, "setting")} of d, m, ${c0Symbol} and γ, in ${plural(theory.length, "run")}. A bound is vacuous where it says nothing; “Holds” counts the settings where it says something.`,
    ],
    tables: [tableOf("Statements of the theory", statementColumns, tallies)],
    details: [
      {
        title: "How to read this table",
        prose: [
          "Bound, exact extreme and measured value go from the smallest to the largest over settings. Tightness is how much of a bound is used where it says something, from 0 to 100 %.",
          "Violations are independent draws of (a, W₀) beyond the bound, with the exact 95 % interval (Clopper and Pearson) of their share over all settings. A share of γ is allowed (10 % in Corollary 3.2).",
          "The derivation of each bound, step by step, is in docs/theory.md of the program.",
        ],
        tables: [],
      },
      ...tallies.map(statementDetail),
    ],
  };
}

const first = ({ settings }: Tally): StatementResult => settings[0]!.runs[0]!;
const settingName = ({ d, m, c0, gamma }: { readonly d: number; readonly m: number; readonly c0: number; readonly gamma: number }) => [d, m, c0, gamma].join();
const noNumber = "–";

const statementColumns: readonly SectionColumn<Tally>[] = [
  { name: "Statement", value: (one) => capital(first(one).id.replaceAll("-", " ")), words: true, essential: true },
  { name: "Holds", value: ({ holding, speaking }) => (speaking === 0 ? noNumber : `${count(holding)} of ${count(speaking)}`), essential: true },
  { name: "Vacuous", value: ({ vacuous, settings }) => `${count(vacuous.length)} of ${count(settings.length)}`, essential: true },
  { name: "Bound", value: (one) => spread(one, ({ bound }) => bound) },
  { name: "Exact extreme", value: (one) => spread(one, ({ exact }) => exact) },
  { name: "Measured", value: (one) => spread(one, ({ measured }) => measured) },
  { name: "Tightness", value: ({ tightness }) => (tightness === undefined ? noNumber : tightnessInWords(tightness)) },
  { name: "Violations", value: ({ draws, violations }) => (draws === 0 ? noNumber : `${count(violations)} of ${count(draws)}`) },
  {
    name: "Their share",
    value: ({ draws, violations }) => (draws === 0 ? noNumber : interval(shareInterval95(violations, draws), (share) => percent(share, 2))),
  },
  { name: "Source", value: (one) => first(one).source.replace(/;.*/, ""), words: true },
];

/** "3.5 to 12" over all runs; a dash where there is no such number. */
function spread({ settings }: Tally, of: (run: StatementResult) => number | null): string {
  const values = settings.flatMap(({ runs }) => runs.map(of)).filter((value): value is number => value !== null && Number.isFinite(value));
  if (values.length === 0) return noNumber;
  const [low, high] = [number(Math.min(...values)), number(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

/** One statement, a line per setting: means over its runs. */
function statementDetail(one: Tally): SectionDetail {
  const { title, quantity, formula, side, source, id } = first(one);
  return {
    title: `${title}: ${plural(one.settings.length, "setting")}`,
    prose: [`${source}. ${quantity} ${side === "at most" ? "≤" : "≥"} ${formula}. ${vacuousInWords(one)} Brackets are 95 % t-intervals over runs.`],
    tables: [tableOf(`Every setting of ${id}`, settingColumns, one.settings)],
  };
}

const mean = (of: (run: StatementResult) => number | null | undefined) => (setting: StatementRuns) => {
  const value = meanOver(setting.runs.map(of));
  return value === undefined ? noNumber : `${number(value.mean)}${Number.isFinite(value.interval.low) ? ` ${interval(value.interval)}` : ""}`;
};

const settingColumns: readonly SectionColumn<StatementRuns>[] = [
  { name: "d", value: ({ result: { row } }) => count(row.d), essential: true },
  { name: "m", value: ({ result: { row } }) => count(row.m), essential: true },
  { name: c0Symbol, value: ({ result: { row } }) => short(row.c0), essential: true },
  { name: "γ", value: ({ result: { row } }) => short(row.gamma), essential: true },
  { name: "Bound", value: ({ runs }) => (runs[0]!.bound === null ? "none" : number(runs[0]!.bound)), essential: true },
  { name: "Measured", value: mean(({ measured }) => measured), essential: true },
  { name: "Exact", value: mean(({ exact }) => exact) },
  { name: "Holds", value: ({ runs }) => (runs[0]!.vacuous ? noNumber : runs.every(({ holds }) => holds) ? "yes" : "no"), words: true },
  { name: "Vacuous", value: ({ runs }) => vacuousAt(runs[0]!), words: true },
  { name: "Draws keep to", value: mean(({ simulation }) => simulation?.quantile) },
  { name: "Violations", value: ({ runs }) => violations(runs) },
  { name: "Tightness", value: mean(({ tightness, vacuous }) => (vacuous ? null : tightness)) },
  { name: "Data", value: ({ result }) => dataOf(result), words: true },
  { name: "Runs", value: ({ runs }) => count(runs.length) },
];

function vacuousAt({ vacuous, widthFrom }: StatementResult): string {
  if (!vacuous) return "no";
  return widthFrom === null ? "at every m" : `below m = ${number(widthFrom, 3)}`;
}

function violations(runs: readonly StatementResult[]): string {
  const simulations = runs.flatMap(({ simulation }) => simulation ?? []);
  const [k, n] = [simulations.reduce((sum, one) => sum + one.violations, 0), simulations.reduce((sum, one) => sum + one.draws, 0)];
  return n === 0 ? noNumber : `${count(k)} of ${count(n)}`;
}
