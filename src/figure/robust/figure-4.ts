import type { Cell } from "../../experiment/experiment.ts";
import type { TopLevelSpec } from "vega-lite";
import type { DrawOptions, Figure } from "../figure.ts";
import { count, interval, number, percent, plural, range } from "../../util/words.ts";
import { heatMap } from "../draw/heat-map.ts";
import { emptySpec, panels } from "../draw/panels.ts";
import { robustClaims } from "./claims.ts";
import { robustCurves } from "./curves.ts";
import { describeFixed, describeTraining, gridOf, halvesOf, tilesOf, type Half, type Halves } from "./rows.ts";
import { describeData } from "../draw/rows.ts";
import { censoredInWords, thresholdOf, type Threshold } from "./threshold.ts";

const title = "Robust accuracy after adversarial training in the lazy ball";

/**
 * Section 5.2: robust test accuracy over (d, ε), which "drops sharply about the threshold" c/√d, and over (m, radius)
 * with its "phase transition around" c/√m. Heat maps, and the same numbers as curves.
 */
export const figure4: Figure = {
  id: "figure-4",
  number: "4",
  title,
  spec: (results, options = {}) => draw(halvesOf(results), options),
  caption: (results) => captionOf(halvesOf(results)),
  claims: (results: readonly Cell[]) => robustClaims(halvesOf(results)),
};

const halvesWithRows = ({ left, right }: Halves): Half[] => [left, right].filter(({ results }) => results.length > 0);

function draw(halves: Halves, options: DrawOptions): TopLevelSpec {
  const shown = halvesWithRows(halves).map((half) => ({ half, threshold: thresholdOf(half) }));
  const heading = `Figure 4. ${title}`;
  if (shown.length === 0) return emptySpec({ ...options, heading });
  const maps = shown.map(({ half, threshold }) => heatMap(half, threshold, options));
  const curves = shown.map(({ half }) => robustCurves(half, options));
  const fits = fitsInWords(shown);
  const first = shown[0]!.half;
  return panels(options.columns === 1 ? maps.flatMap((map, i) => [map, curves[i]!]) : [...maps, ...curves], {
    columns: shown.length,
    oneLegend: false,
    heading,
    ...options,
    subtitle: [
      `${describeData(first.results[0]!.config)}  ·  ${runsInWords(shown.map(({ half }) => half))}`,
      trainingInWords(shown.map(({ half }) => half)),
      ...(fits.length === 0 ? [] : [`circles: where robust accuracy passes 50 %; line: ${fits.join("; ")}`]),
    ],
  });
}

/** "c/√d with c = 2.56 [2.49, 2.62]". */
function fitsInWords(shown: readonly { readonly half: Half; readonly threshold: Threshold }[]): string[] {
  return shown.flatMap(({ half: { side }, threshold: { fit } }) =>
    fit.means.length < 2 ? [] : [`${side.rate} with c = ${number(fit.c)}${Number.isFinite(fit.interval.low) ? ` ${interval(fit.interval)}` : ""}`],
  );
}

/** "means over 3 runs, bars: 95 % t-intervals". */
function runsInWords(halves: readonly Half[]): string {
  const runs = halves.flatMap((half) => tilesOf(half).map(({ values }) => values.length));
  return runs.some((n) => n > 1) ? `means over ${range(runs)} runs, bars: 95 % t-intervals` : "one run per tile, no bars";
}

/** How the networks were trained: once where both halves agree. */
function trainingInWords(halves: readonly Half[]): string {
  const all = halves.flatMap(({ results }) => results);
  const texts = halves.map(({ results }) => describeTraining(results));
  const methods = new Set(all.map(({ row, config }) => `${row.method} ${row.trainPoints} ${config.training.lr}`));
  return methods.size === 1 ? describeTraining(all) : halves.map(({ side }, i) => `${side.name}: ${texts[i]}`).join("; ");
}

function captionOf(halves: Halves): string {
  const shown = halvesWithRows(halves).map((half) => ({ half, threshold: thresholdOf(half) }));
  if (shown.length === 0) return "No runs yet.";
  const all = shown.flatMap(({ half }) => half.results);
  const { config } = all[0]!;
  const tests = [...new Set(all.map((result) => result.config.measure.robust.steps))].sort((a, b) => a - b);
  const missing = shown.reduce((n, { half }) => n + gridOf(half).across.flatMap((x) => [...gridOf(half).along(x)]).length - tilesOf(half).length, 0);
  const clean = all.map(({ row }) => row.testAccuracy);
  const limit = [...new Set(all.map((result) => result.config.training.epochs))];
  const ended = all.filter(({ row }) => row.exitReason === "epochs").length;
  const censored = shown.flatMap(({ half, threshold }) => {
    const words = censoredInWords(half, threshold);
    return words === "" ? [] : [`${half.side.name === "left" ? "Over d" : "Over m"}, ${words}.`];
  });
  const fitted = fitsInWords(shown);
  const sentences = [
    `Share of test images still classified right under PGD (ℓ₂, ${range(tests)} steps) at the ε the network was trained for, after projected adversarial training (Algorithm 1; ${describeData(config)}): ${shown.map(({ half }) => (half.side.name === "left" ? `over the input dimension d and the budget ε at ${describeFixed(half)}` : `over the width m and the ball’s radius V at ${describeFixed(half)}`)).join(", and ")}.`,
    "Below each heat map the same numbers as curves.",
    `Training: ${trainingInWords(shown.map(({ half }) => half))} (${ended === 0 ? "all ended when robust training accuracy rose no more" : `${count(ended)} of ${count(all.length)} ended at the limit of ${plural(Math.max(...limit), "epoch").replace(/^\S+/, range(limit))}`}), PGD with ${range(all.map((result) => result.config.training.steps))} steps an epoch.`,
    ...(shown.every(({ half }) => tilesOf(half).every(({ values }) => values.length === 1))
      ? ["Each tile is one network (one seed), so there are no error bars."]
      : [
          `Tiles and points are means over ${range(shown.flatMap(({ half }) => tilesOf(half).map(({ values }) => values.length)))} networks (seeds); bars are 95 % t-intervals, cut at 0 and 100 %.`,
        ]),
    ...(missing > 0 ? [`${plural(missing, "grey tile")} ${missing === 1 ? "has" : "have"} no run yet.`] : []),
    ...(fitted.length === 0
      ? []
      : [
          `Circles: where each seed’s curve, made monotone, passes one half between two grid values, averaged over seeds. Line: ${fitted.join("; ")}, fitted to the circles with this slope held.`,
        ]),
    ...censored,
    `Clean test accuracy is ${percent(Math.min(...clean))} to ${percent(Math.max(...clean))}.`,
    ...(halves.leftOut > 0 ? [`${plural(halves.leftOut, "run")} of another setting ${halves.leftOut === 1 ? "is" : "are"} not shown.`] : []),
  ];
  return sentences.join(" ");
}
