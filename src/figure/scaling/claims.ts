import type { Claim } from "../figure.ts";
import { c0Symbol, capital, count, fixed, fraction, interval, plural } from "../../util/words.ts";
import { groups, scalings, type Exponent, type Variable } from "./rows.ts";
import { judgeExponent, judgeRisingExponent } from "../draw/verdict.ts";

/** What a place on a line is called: sizes along d, widths along m. */
const placeOf: Readonly<Record<Variable, string>> = { d: "size", m: "width", c0: `value` };
export const symbolOf: Readonly<Record<Variable, string>> = { d: "d", m: "m", c0: c0Symbol };

/** "Behaves like d^p", for every exponent there are data of. */
export function scalingClaims(exponents: readonly Exponent[]): Claim[] {
  return exponents.map(({ name, variable, group, xs, fit }): Claim => {
    const { symbol, name: words, paper } = scalings[name];
    const expected = paper[variable];
    const over = `${placeOf[variable]}s`;
    const { verdict, why } =
      expected === undefined
        ? { verdict: "undecided" as const, why: "the paper states no exponent" }
        : expected === "rises"
          ? judgeRisingExponent(fit, over)
          : judgeExponent({ ...fit, n: xs.length }, expected, over);
    const x = symbolOf[variable];
    const statement =
      expected === "rises"
        ? `rises with ${x}`
        : expected === 0
          ? `does not depend on ${x}`
          : expected === undefined
            ? `against ${x}`
            : `behaves like ${x}^${fraction(expected)}`;
    const where = xs.length === 0 ? "" : `, ${x} = ${count(xs[0]!)} to ${count(xs.at(-1)!)}`;
    return {
      id: `scaling-laws/${variable}/${name}/${group}`,
      statement: `The ${words} ${symbol} ${statement}: ${groups[group]}${where}`,
      paper: expected === "rises" ? "rises" : expected === undefined ? "no exponent" : `${x}^${fraction(expected)}`,
      measured: Number.isFinite(fit.exponent)
        ? `${x}^${fixed(fit.exponent)} ${Number.isFinite(fit.interval.low) ? `${interval(fit.interval, fixed)} (bootstrap)` : "[no interval]"}; ${plural(xs.length, placeOf[variable])} on ${plural(fit.lines, "line")}, ${plural(fit.runs, "run")}`
        : `no power law; ${plural(fit.runs, "run")}`,
      verdict,
      detail: `${capital(why)}. ${resampledInWords(fit.resampled)}`,
    };
  });
}

function resampledInWords(resampled: Exponent["fit"]["resampled"]): string {
  return {
    runs: "The interval is over runs (seeds), resampled within each setting; it does not say how straight the line is.",
    residuals: "A setting has a single run, so the interval is over settings: their deviations from the fit are resampled.",
    none: "There are too few runs for an interval.",
  }[resampled];
}
