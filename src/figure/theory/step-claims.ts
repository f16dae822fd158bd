import type { TheoryResult } from "../../experiment/theory/config.ts";
import { defaultConstants } from "../../theory/constants.ts";
import { inWindow, windowFrom, windowOpensAt } from "../../theory/statements/width-window.ts";
import { fitPowerLaw, interval95, summarize } from "../../util/statistics.ts";
import { holdsClaim } from "./bound-claims.ts";
import type { Claim } from "../figure.ts";
import { capital, count, fixed, interval, number, percent, plural, range, short } from "../../util/words.ts";
import { hasState, linesByData, networksOf, shareAt, sharesOf, smallestAlong, stateNames, states, type State } from "./step-rows.ts";
import { describeLine, settingKey, type Line } from "./rows.ts";
import { judgeExponent, type Ruling } from "../draw/verdict.ts";

/** Theorem 3.1 and Corollary 3.2, where they speak and where they do not. */
export function stepClaims(results: readonly TheoryResult[]): Claim[] {
  if (results.length === 0) return [];
  return [
    ...linesByData(networksOf(results)).flatMap(({ dataset, line }) => states.flatMap((state) => flatClaim(dataset, line, state) ?? [])),
    ...states.flatMap((state) => flippedClaim(results, state) ?? []),
    ...[holdsClaim("single-step", { id: "robust-error", paper: "≥ 0.9 with probability 0.9" }, results) ?? []].flat(),
    windowClaim(results),
  ];
}

/** "Steps of size C_1/d suffice": the smallest C_1 that flips 99 % of the points does not depend on d. */
function flatClaim(dataset: string, line: Line, state: State): Claim | undefined {
  const { places, never } = smallestAlong(line, state);
  if (places.length === 0 && never === 0) return undefined;
  const fit = fitPowerLaw(
    places.map(({ d }) => d),
    places.map(({ value }) => value.mean),
  );
  const { verdict, why } = judgeExponent({ ...fit, n: places.length }, 0);
  const runs = places.map(({ value }) => value.values.length);
  const all = places.flatMap(({ value }) => value.values);
  const total = plural(all.length, "run");
  return {
    id: `single-step/smallest/${dataset.toLowerCase()}-${state}`,
    statement: `The step it takes shrinks exactly like 1/d: the smallest C₁ for which C₁/d flips 99 % of the points does not depend on d, ${dataset}, networks ${stateNames[state]} (${describeLine(line).replace(/, γ.*/, "")})`,
    paper: "d^0",
    measured: Number.isFinite(fit.exponent)
      ? `C₁ = ${number(Math.min(...all))} to ${number(Math.max(...all))}, d^${fixed(fit.exponent)} ${interval(fit.interval, fixed)}; ${plural(places.length, "size")} × ${range(runs)} ${runs.every((n) => n === 1) ? "run" : "runs"}`
      : places.length === 0
        ? `no C₁ of the grid flips 99 %; ${plural(never, "run")}`
        : `C₁ = ${number(summarize(all).mean)} at d = ${count(places[0]!.d)}; ${total}`,
    verdict,
    detail: `${capital(why)}.${never === 0 || places.length === 0 ? "" : ` Left out: in ${plural(never, "run")} no C₁ of the grid flips 99 %.`} The grid has 17 values of C₁ per factor of 10.`,
  };
}

/**
 * One step at the C_1 of the study flips a share of at least 1 − γ: agrees where it does at every setting. The theorem has some C_1, so
 * that a failure at one C_1 refutes nothing: undecided.
 */
function flippedClaim(results: readonly TheoryResult[], state: State): Claim | undefined {
  const own = results.filter((result) => hasState(result, state));
  if (own.length === 0) return undefined;
  const settings = [...new Set(own.map(({ config }) => settingKey(config)))].map((key) => {
    const runs = own.filter(({ config }) => settingKey(config) === key);
    const shares = runs.map((result) => shareAt(sharesOf(result, state), result.config.measure.theory.c1));
    return { row: runs[0]!.row, mean: summarize(shares).mean };
  });
  const enough = settings.filter(({ row, mean }) => mean >= 1 - row.gamma).length;
  const worst = settings.reduce((least, one) => (one.mean < least.mean ? one : least));
  const c1 = [...new Set(own.map(({ config }) => config.measure.theory.c1))];
  const ruling: Ruling =
    enough === settings.length
      ? { verdict: "agrees", why: "at every setting the share is at least 1 − γ" }
      : {
          verdict: "undecided",
          why: `at ${count(settings.length - enough)} of ${plural(settings.length, "setting")} the share is below 1 − γ; the theorem has some C₁, which may be a larger one`,
        };
  const means = settings.map(({ mean }) => mean);
  return {
    id: `single-step/flipped/${state}`,
    statement: `One gradient step suffices: C₁/d with C₁ = ${c1.map((value) => short(value)).join(" or ")} changes the sign: networks ${stateNames[state]}`,
    paper: "with probability at least 1 − γ",
    measured: `${percent(summarize(means).mean)} of points on average over settings${Number.isFinite(interval95(means).low) ? `, lowest ${percent(worst.mean)}` : ""}; at least 1 − γ at ${count(enough)} of ${plural(settings.length, "setting")}, ${plural(own.length, "run")}`,
    verdict: ruling.verdict,
    detail: `${capital(ruling.why)}. Lowest at d = ${count(worst.row.d)}, m = ${count(worst.row.m)}, C₀ = ${short(worst.row.c0)}.`,
  };
}

/** The theorem asks for a width between two functions of d. */
function windowClaim(results: readonly TheoryResult[]): Claim {
  const inside = results.filter(({ row }) => inWindow({ d: row.d, m: row.m, c0: row.c0, gamma: row.gamma, constants: defaultConstants }));
  const gamma = Math.min(...results.map(({ row }) => row.gamma));
  const opens = windowOpensAt({ gamma, constants: defaultConstants });
  const m = windowFrom({ d: opens, c0: 0, gamma, constants: defaultConstants });
  const settings = new Set(results.map(({ config }) => settingKey(config)));
  const within = new Set(inside.map(({ config }) => settingKey(config)));
  const { lowerExponent, upperExponent } = defaultConstants;
  return {
    id: "single-step/window",
    statement: "The width is in the window for which the theorem is stated",
    paper: `max{d^${lowerExponent}, C₂ ln(1/γ)} ≤ m ≤ C₃ exp(d^${upperExponent})`,
    measured: `${count(within.size)} of ${plural(settings.size, "setting")}, ${plural(results.length, "run")}; the window opens at d = ${number(opens)}, where m = 10^${fixed(Math.log10(m), 1)}`,
    verdict: within.size === settings.size ? "agrees" : "undecided",
    detail:
      within.size === settings.size
        ? "Every setting is within the window."
        : "Outside it the theorem says nothing about these networks: what is measured is whether its conclusion holds all the same. With C₂ = C₃ = 1, which the paper leaves open.",
  };
}
