import type { Cell } from "../../experiment/experiment.ts";
import { tallyOf } from "../../theory/tally.ts";
import { summarize } from "../../util/statistics.ts";
import { count, percent, plural, short } from "../../util/words.ts";
import { tally } from "./bound-claims.ts";
import { parts } from "./bound-parts.ts";
import { settingKey, theoryOf } from "./rows.ts";
import { isTrained, networksOf, shareAt } from "./step-rows.ts";

/** How many of the theory's bounds say something at these sizes, and hold. */
export function boundsFinding(results: readonly Cell[]): string | undefined {
  const theory = theoryOf(results);
  const tallies = parts
    .flatMap(({ ids }) => ids)
    .map((id) => ({ id, ...tally(id, theory) }))
    .filter(({ settings }) => settings.length > 0);
  if (tallies.length === 0) return undefined;
  const { speaking, holding, vacuous } = tallyOf(tallies.map(({ id, speaking: at, holding: there }) => ({ id, holds: there === at, vacuous: at === 0 })));
  const settings = new Set(theory.map(({ config }) => settingKey(config))).size;
  const said =
    speaking === 0
      ? "none says anything at these sizes"
      : `${count(speaking)} say something at these sizes and ${holding === speaking ? `all ${count(speaking)}` : count(holding)} hold`;
  return `Of the theory’s ${plural(tallies.length, "bound")}, ${said}; ${count(vacuous)} ${vacuous === 1 ? "is" : "are"} vacuous (${plural(settings, "setting")}, ${plural(theory.length, "run")}).`;
}

/** The share of points that one step of the theorem's size flips in trained networks. */
export function stepFinding(results: readonly Cell[]): string | undefined {
  const trained = networksOf(results).filter(isTrained);
  const c1 = trained[0]?.config.measure.theory.c1;
  if (c1 === undefined) return undefined;
  const shares = trained.filter(({ config }) => config.measure.theory.c1 === c1).map(({ row }) => shareAt(row.trainedShares, c1));
  const lowest = shares.length > 1 && Math.min(...shares) < Math.max(...shares) ? `, at the least ${percent(Math.min(...shares))}` : "";
  return `One gradient step of size C₁/d, with C₁ = ${short(c1)}, flips ${percent(summarize(shares).mean)} of the points${lowest} (${plural(shares.length, "trained network")}).`;
}
