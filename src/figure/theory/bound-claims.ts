import type { TheoryResult } from "../../experiment/theory/config.ts";
import { defaultConstants } from "../../theory/constants.ts";
import { tallyOf } from "../../theory/tally.ts";
import type { StatementId } from "../../theory/statements/statement.ts";
import { fitPowerLaw, shareInterval95, summarize } from "../../util/statistics.ts";
import { kindNames, parts, ratePlaces, type Part, type Rate } from "./bound-parts.ts";
import type { Claim } from "../figure.ts";
import { capital, count, fixed, fraction, interval, list, number, percent, plural, range } from "../../util/words.ts";
import { describeLine, statementRuns, type StatementRuns } from "./rows.ts";
import { judgeBound, judgeExponentBound } from "../draw/verdict.ts";

/** Does every bound hold, and does the quantity go as the paper says? */
export function boundClaims(results: readonly TheoryResult[]): Claim[] {
  return parts.flatMap((part) => [
    ...part.ids.flatMap((id) => holdsClaim("bounds", { id, paper: part.rate }, results) ?? []),
    ...part.rates.flatMap((rate) => rateClaim(part, rate, results) ?? []),
  ]);
}

/** How a statement fared over all settings. */
export interface Tally {
  readonly settings: readonly StatementRuns[];
  readonly runs: number;
  /** Settings at which the bound says something. */
  readonly speaking: number;
  /** Those of them at which it holds in every run. */
  readonly holding: number;
  readonly vacuous: readonly StatementRuns[];
  readonly draws: number;
  readonly violations: number;
  /** The smallest and the largest share of the bound that is used, where it says something. */
  readonly tightness: readonly [number, number] | undefined;
}

export function tally(id: StatementId, results: readonly TheoryResult[]): Tally {
  const settings = statementRuns(results, id);
  const runs = settings.flatMap((setting) => setting.runs);
  const simulations = runs.flatMap(({ simulation }) => simulation ?? []);
  const used = runs.flatMap(({ tightness, vacuous }) => (tightness === null || vacuous ? [] : [tightness]));
  const vacuous = settings.filter(isVacuous);
  // The same count as over the statements of one run, here over the settings of one statement.
  const { speaking, holding } = tallyOf(settings.map((setting) => ({ id, holds: setting.runs.every(holdsOrSaysNothing), vacuous: isVacuous(setting) })));
  return {
    settings,
    runs: runs.length,
    speaking,
    holding,
    vacuous,
    draws: simulations.reduce((sum, { draws }) => sum + draws, 0),
    violations: simulations.reduce((sum, { violations }) => sum + violations, 0),
    tightness: used.length === 0 ? undefined : [Math.min(...used), Math.max(...used)],
  };
}

const isVacuous = ({ runs }: StatementRuns) => runs.every(({ vacuous }) => vacuous);
const holdsOrSaysNothing = ({ holds, vacuous }: StatementRuns["runs"][number]) => holds || vacuous;

/** "holds at 3 of 3 settings where it says something, vacuous at 3". */
function fareInWords({ settings, speaking, holding, vacuous }: Tally): string {
  if (speaking === 0) return `vacuous at ${count(vacuous.length)} of ${plural(settings.length, "setting")}`;
  const where = vacuous.length === 0 ? "" : ` where it says something, vacuous at ${count(vacuous.length)}`;
  return `holds at ${count(holding)} of ${plural(speaking, "setting")}${where}`;
}

/** Whether a bound holds; `paper` is what the paper itself says, whose constants may be ours. */
export function holdsClaim(
  figure: string,
  { id, paper }: { readonly id: StatementId; readonly paper: string },
  results: readonly TheoryResult[],
): Claim | undefined {
  const found = tally(id, results);
  const first = found.settings[0]?.runs[0];
  if (first === undefined) return undefined;
  const { verdict, why } = judgeBound({
    settings: found.settings.length,
    failing: found.speaking - found.holding,
    vacuous: found.vacuous.length,
    allowed: summarize(allowedOf(found)).mean,
  });
  return {
    id: `${figure}/${id}/holds`,
    statement: `${first.title} (${first.source.replace(/;.*/, "")})`,
    paper,
    measured: `${fareInWords(found)}; ${plural(found.runs, "run")}${violationsInWords(found)}`,
    verdict,
    detail: [
      `${capital(why)}.`,
      vacuousInWords(found),
      ...(found.tightness === undefined ? [] : [`Of the bound, ${tightnessInWords(found.tightness)} is used.`]),
      `${first.source.includes("[ours]") ? "With our constants" : "The bound"}: ${first.quantity} ${first.side === "at most" ? "≤" : "≥"} ${first.formula}.`,
    ].join(" "),
  };
}

/** "; 12 violations in 48,000 draws, 0.03 % [0.01 %, 0.04 %], allowed: 5 %". */
function violationsInWords({ draws, violations, settings }: Tally): string {
  if (draws === 0) return "";
  const allowed = allowedOf({ settings });
  const [low, high] = [Math.min(...allowed), Math.max(...allowed)];
  return `; ${plural(violations, "violation")} in ${count(draws)} draws: ${percent(violations / draws, 2)} ${interval(shareInterval95(violations, draws), (share) => percent(share, 2))}, allowed: ${low === high ? percentShort(low) : `${percentShort(low)} to ${percentShort(high)}`}`;
}

/** The probability with which the statement may fail at each setting: γ, but that Corollary 3.2 states its own. */
function allowedOf({ settings }: Pick<Tally, "settings">): number[] {
  const isCorollary = settings[0]!.runs[0]!.id === "robust-error";
  return settings.map(({ result }) => (isCorollary ? defaultConstants.robustErrorFailure : result.row.gamma));
}

const percentShort = (share: number) => `${Number((100 * share).toPrecision(2))} %`;

export function tightnessInWords([low, high]: readonly [number, number]): string {
  return percent(low, 0) === percent(high, 0) ? percent(low, 0) : `${percent(low, 0)} to ${percent(high, 0)}`;
}

/** Where a bound says nothing, and from which width on it does. */
export function vacuousInWords({ settings, vacuous }: Pick<Tally, "settings" | "vacuous">): string {
  if (vacuous.length === 0) return "Vacuous nowhere.";
  const from = vacuous.map(({ runs }) => runs[0]!.widthFrom);
  const never = from.filter((width) => width === null).length;
  const widths = from.filter((width): width is number => width !== null);
  const where = [
    ...(widths.length > 0
      ? [
          `only below m = ${Math.min(...widths) === Math.max(...widths) ? width(widths[0]!) : `${width(Math.min(...widths))} to ${width(Math.max(...widths))}, by setting`}`,
        ]
      : []),
    ...(never > 0 ? [`at ${never === vacuous.length ? (never === 1 ? "this" : "these") : count(never)} at every width`] : []),
  ];
  return `Vacuous at ${count(vacuous.length)} of ${plural(settings.length, "setting")} (${list(where)}).`;
}

/** A width may be as large as 10^17. */
const width = (m: number) => (m < 1e7 ? count(m) : number(m, 2).length > 12 ? `10^${fixed(Math.log10(m), 1)}` : number(m, 2));

/** "|S| grows at most like m^1/2". */
function rateClaim(part: Part, rate: Rate, results: readonly TheoryResult[]): Claim | undefined {
  const { axis, exponent, side } = rate;
  const found = ratePlaces(part, results, rate);
  if (found === undefined) return undefined;
  const { places, leftOut } = found;
  const fit = fitPowerLaw(
    places.map(({ x }) => x),
    places.map(({ value }) => value.mean),
  );
  const over = axis === "d" ? "size" : "width";
  const { verdict, why } = judgeExponentBound({ ...fit, n: places.length }, exponent, side, `${over}s`);
  const runs = places.map(({ value }) => value.values.length);
  const total = runs.reduce((sum, n) => sum + n, 0);
  return {
    id: `bounds/${part.ids[0]!}/rate-${axis}`,
    statement: `${capital(part.quantity)} grows ${side} like ${axis}^${fraction(exponent)} (${describeLine(found.line)})`,
    paper: `${side} ${axis}^${fraction(exponent)}`,
    measured: Number.isFinite(fit.exponent)
      ? `${axis}^${fixed(fit.exponent)} ${interval(fit.interval, fixed)}; ${plural(places.length, over)} × ${range(runs)} ${runs.every((n) => n === 1) ? "run" : "runs"}`
      : `no power law; ${plural(places.length, over)}, ${plural(total, "run")}`,
    verdict,
    detail: `${capital(why)}. Fitted to the ${kindNames[found.of]}${found.of === "measured" ? " worst" : ""}, ${places.length === 0 ? "of which there is none above 0" : `from ${number(places[0]!.value.mean)} at ${axis} = ${count(places[0]!.x)} to ${number(places.at(-1)!.value.mean)} at ${axis} = ${count(places.at(-1)!.x)}`}.${leftOut === 0 ? "" : ` Left out: ${plural(leftOut, over)} at which ${side === "at least" ? "every bound is vacuous" : "it is 0"}.`}`,
  };
}
