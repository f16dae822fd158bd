import { isFlipsConfig } from "../../experiment/flips/config.ts";
import { isAdversarialConfig } from "../../experiment/robust/config.ts";
import { isTheoryConfig } from "../../experiment/theory/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import type { TopLevelSpec } from "vega-lite";
import { c0Symbol, count, list, plural } from "../../util/words.ts";
import { isNormalized } from "../draw/data.ts";
import { arrowsInWords } from "../draw/means.ts";
import { emptySpec, panels } from "../draw/panels.ts";
import { headingOf, type DrawOptions, type Figure } from "../figure.ts";
import { againstC0, againstWidth } from "../flips/studies.ts";
import { robustStudies } from "../robust/studies.ts";
import { theoryStudies } from "../theory/studies.ts";
import { scalingClaims, symbolOf } from "./claims.ts";
import { forestOf, forestPanel } from "./forest.ts";
import { exponentsOf, groupNames, groups, networksOf, scalings, variables, type Exponent } from "./rows.ts";

const id = "scaling-laws";
const title = "Every fitted exponent beside the paper’s";

/** All exponents in one picture: a forest plot per variable, with the paper's exponent as a line through each quantity's rows. */
export const figure: Figure = {
  id,
  title,
  /** Every exponent that a figure can give, beside the theory's own grid. */
  studies: (preset) => [
    ...theoryStudies(preset),
    ...robustStudies(preset),
    ...againstWidth("figure-5", { normalize: true }, preset),
    ...againstC0("figure-6", { normalize: true }, preset),
  ],
  drawnFrom: (config) => isAdversarialConfig(config) || ((isTheoryConfig(config) || isFlipsConfig(config)) && isNormalized(config) && !config.network.bias),
  needs: "inputs of norm 1 and networks without biases, or adversarial training",
  spec: (results, options = {}) => draw(exponentsOf(results), networksOf(results), options),
  headline: (results) => headlineOf(exponentsOf(results)),
  caption: (results) => captionOf(exponentsOf(results)),
  notes: (results) => notesOf(exponentsOf(results), results),
  claims: (results) => scalingClaims(exponentsOf(results)),
};

const knownOf = (exponents: readonly Exponent[]) => exponents.filter(({ fit }) => Number.isFinite(fit.exponent));

function draw(exponents: readonly Exponent[], networks: number, options: DrawOptions): TopLevelSpec {
  const known = knownOf(exponents);
  const heading = headingOf({ id, title });
  if (known.length === 0) return emptySpec({ ...options, heading });
  const there = groupNames.filter((group) => known.some((one) => one.group === group));
  const forests = variables.flatMap((variable) => {
    const own = known.filter((one) => one.variable === variable);
    return own.length === 0 ? [] : [forestOf(variable, own)];
  });
  return panels(
    forests.map((forest) => forestPanel(forest, there, options)),
    {
      heading,
      ...options,
      columns: 1,
      subtitle: [
        `exponents of power laws fitted to ${plural(networks, "network")}, inputs of norm 1; bars: 95 % bootstrap intervals`,
        "dashed: the exponent the paper states (0: it says the quantity does not depend on this)",
      ],
      remarks: [arrowsInWords(forests.flatMap(({ rows }) => rows))],
    },
  );
}

/** "Of 12 exponents that the paper states, 7 agree with the fit, 2 differ and 3 are undecided". */
function headlineOf(exponents: readonly Exponent[]): string {
  const claims = scalingClaims(exponents);
  if (claims.length === 0) return "No exponent can be fitted yet: that takes runs that differ in d, m or C₀ alone.";
  const of = (verdict: string) => claims.filter((claim) => claim.verdict === verdict).length;
  const [agree, differ, undecided] = [of("agrees"), of("differs"), of("undecided")];
  return `Of ${plural(claims.length, "fitted exponent")}, ${count(agree)} ${agree === 1 ? "agrees" : "agree"} with the paper, ${count(differ)} ${differ === 1 ? "differs" : "differ"} and ${count(undecided)} ${undecided === 1 ? "is" : "are"} undecided.`;
}

function captionOf(exponents: readonly Exponent[]): string {
  if (knownOf(exponents).length === 0) return "No runs yet that differ in d, m or C₀ alone.";
  return `Exponents of the power laws that the gradient norm ‖∇f‖, the smallest flipping step |η| and the perturbation ‖δ‖ obey in d, m and ${c0Symbol}, for inputs of norm 1 and networks without biases; dashed green: the exponent that the paper states.`;
}

function notesOf(exponents: readonly Exponent[], results: readonly Cell[]): string[] {
  const known = knownOf(exponents);
  if (known.length === 0) return [];
  const there = groupNames.filter((group) => known.some((one) => one.group === group));
  const ranges = there.map((group) => {
    const along = variables.flatMap((variable) => {
      const xs = known.filter((one) => one.group === group && one.variable === variable).flatMap((one) => one.xs);
      return xs.length === 0 ? [] : [`${symbolOf[variable]} = ${count(Math.min(...xs))} to ${count(Math.max(...xs))}`];
    });
    return `${groups[group]} (${along.join(", ")})`;
  });
  const thresholds = known.filter(({ name }) => name === "eps" || name === "radius").map(({ name }) => scalings[name]);
  return [
    `Networks: ${list(ranges)}.`,
    ...(thresholds.length === 0
      ? []
      : [`${list(thresholds.map(({ symbol, name }) => `${symbol} is the ${name}`))} (adversarial training with biases, as in Figure 4).`]),
    `One exponent is fitted to all settings that differ in this variable, with a constant for each combination of the others; ${plural(networksOf(results), "network")} in all.`,
    ...bootstrapInWords(known),
    `Of ${c0Symbol} the paper says only that the quantities rise with it.`,
  ];
}

function bootstrapInWords(known: readonly Exponent[]): string[] {
  const how = (resampled: Exponent["fit"]["resampled"]) => known.filter(({ fit }) => fit.resampled === resampled).length;
  const [byRuns, byResiduals, none] = [how("runs"), how("residuals"), how("none")];
  return [
    `Bars are 95 % percentile bootstrap intervals${byRuns > 0 ? ": runs are resampled within each setting" : ""}${byResiduals > 0 ? `${byRuns > 0 ? ", and" : ":"} where a setting has a single run (${plural(byResiduals, "exponent")}) the deviations of settings from the fit` : ""}; small counts are corrected for as by Hesterberg (2015).`,
    ...(none > 0 ? [`${plural(none, "exponent")} ${none === 1 ? "has" : "have"} too few runs for an interval.`] : []),
  ];
}
