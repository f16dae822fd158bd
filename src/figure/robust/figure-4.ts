import { isAdversarialConfig } from "../../experiment/robust/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import type { TopLevelSpec } from "vega-lite";
import { capital, count, fixed, interval, list, number, percent, plural, range } from "../../util/words.ts";
import { describeData } from "../draw/data.ts";
import { emptySpec, panels } from "../draw/panels.ts";
import { leftOutInWords } from "../draw/settings.ts";
import { headingOf, type DrawOptions, type Figure } from "../figure.ts";
import { robustClaims } from "./claims.ts";
import { robustCurves } from "./curves.ts";
import { heatMap } from "./heat-map.ts";
import { describeFixed, describeTraining, gridOf, halvesOf, tilesOf, type Half, type Halves } from "./rows.ts";
import { robustStudies } from "./studies.ts";
import { censoredInWords, thresholdOf, type Threshold } from "./threshold.ts";

const id = "figure-4";
const title = "Robust accuracy after adversarial training in the lazy ball";

/**
 * Section 5.2: robust test accuracy over (d, ε), which "drops sharply about the threshold" c/√d, and over (m, radius)
 * with its "phase transition around" c/√m. Heat maps, and the same numbers as curves.
 */
export const figure: Figure = {
  id,
  title,
  studies: robustStudies,
  drawnFrom: isAdversarialConfig,
  needs: "networks trained adversarially (training: { method: fast } or faithful, measure: [robust])",
  spec: (results, options = {}) => draw(halvesOf(results), missingOf(results), options),
  headline: (results) => headlineOf(halvesOf(results)),
  caption: (results) => captionOf(halvesOf(results)),
  notes: (results) => notesOf(halvesOf(results), missingOf(results)),
  claims: (results: readonly Cell[]) => robustClaims(halvesOf(results)),
};

/** What neither half shows. */
function missingOf(results: readonly Cell[]): string {
  const { left, right } = halvesOf(results);
  return leftOutInWords(results, [...left.results, ...right.results]);
}

const halvesWithRows = ({ left, right }: Halves): Half[] => [left, right].filter(({ results }) => results.length > 0);

function draw(halves: Halves, missing: string, options: DrawOptions): TopLevelSpec {
  const shown = halvesWithRows(halves).map((half) => ({ half, threshold: thresholdOf(half) }));
  const heading = headingOf({ id, title });
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
    remarks: [missing],
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

/** "Robust accuracy falls through one half at ε ≈ 2.56/√d …; the paper says c/√d". */
function headlineOf(halves: Halves): string {
  const found = halvesWithRows(halves).flatMap((half) => {
    const { fit } = thresholdOf(half);
    const { side } = half;
    if (fit.means.length < 2) return [];
    const exponent = `${side.across.symbol}^${fixed(fit.free.exponent)}`;
    return [
      `${side.direction === "falling" ? "falls" : "rises"} through 50 % at ${side.along.symbol} ≈ ${number(fit.c)}/√${side.across.symbol} (fitted: ${exponent})`,
    ];
  });
  if (found.length === 0) return "Robust accuracy passes 50 % at too few sizes or widths yet to see a threshold.";
  return `Robust accuracy ${list(found)}; the paper says c/√d and c/√m.`;
}

function captionOf(halves: Halves): string {
  const shown = halvesWithRows(halves);
  const [first] = shown.flatMap(({ results }) => results);
  if (first === undefined) return "No runs yet.";
  const places = shown.map((half) =>
    half.side.name === "left"
      ? `over the input dimension d and the budget ε at ${describeFixed(half)}`
      : `over the width m and the ball’s radius V at ${describeFixed(half)}`,
  );
  return `Share of test images still classified correctly under attack at the budget ε that the network was trained for (adversarial training in the lazy ball, ${describeData(first.config)}): ${places.join(", and ")}; below, the same numbers as curves.`;
}

function notesOf(halves: Halves, missing: string): string[] {
  const shown = halvesWithRows(halves).map((half) => ({ half, threshold: thresholdOf(half) }));
  if (shown.length === 0) return [];
  const all = shown.flatMap(({ half }) => half.results);
  const tests = [...new Set(all.flatMap((result) => result.config.measure.robust.steps ?? []))].sort((a, b) => a - b);
  const tiles = shown.flatMap(({ half }) => tilesOf(half).map(({ values }) => values.length));
  const empty = shown.reduce((n, { half }) => n + gridOf(half).across.flatMap((x) => [...gridOf(half).along(x)]).length - tilesOf(half).length, 0);
  const clean = all.map(({ row }) => row.testAccuracy);
  const fitted = fitsInWords(shown);
  return [
    `The attack is PGD (ℓ₂, ${range(tests)} steps), whatever the training used; training is Algorithm 1 of the paper, projected onto the ball.`,
    `Training: ${trainingInWords(shown.map(({ half }) => half))} (${endInWords(all)}), PGD with ${range(all.map((result) => result.config.training.steps))} steps per epoch.`,
    tiles.every((n) => n === 1)
      ? "Each tile is one network (one seed), so there are no error bars."
      : `Tiles and points are means over ${range(tiles)} networks (seeds); bars are 95 % t-intervals, which end at 0 and 100 %.`,
    ...(empty > 0 ? [`${plural(empty, "gray tile")} ${empty === 1 ? "has" : "have"} no run yet.`] : []),
    ...(fitted.length === 0
      ? []
      : [
          `Circles: where each seed’s curve, made monotone, passes one half between two grid values, averaged over seeds. Line: ${fitted.join("; ")}, fitted to the circles with this slope fixed.`,
        ]),
    ...shown.flatMap(({ half, threshold }) => {
      const words = censoredInWords(half, threshold);
      return words === "" ? [] : [`${half.side.name === "left" ? "Over d" : "Over m"}, ${words}.`];
    }),
    `Clean test accuracy is ${percent(Math.min(...clean))} to ${percent(Math.max(...clean))}.`,
    ...(missing === "" ? [] : [`${capital(missing)}.`]),
  ];
}

function endInWords(all: Half["results"]): string {
  const limit = [...new Set(all.map((result) => result.config.training.epochs))];
  const ended = all.filter(({ row }) => row.exitReason === "epochs").length;
  if (ended === 0) return "all ended when robust training accuracy stopped rising";
  return `${count(ended)} of ${count(all.length)} ended at the limit of ${plural(Math.max(...limit), "epoch").replace(/^\S+/, range(limit))}`;
}
