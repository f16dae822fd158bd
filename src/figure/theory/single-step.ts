import { isTheoryConfig } from "../../experiment/theory/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import type { TheoryResult } from "../../experiment/theory/config.ts";
import type { TopLevelSpec } from "vega-lite";
import { defaultConstants } from "../../theory/constants.ts";
import { windowOpensAt } from "../../theory/statements/width-window.ts";
import { capital, count, list, number, percent, plural, range, short } from "../../util/words.ts";
import { arrowsInWords } from "../draw/means.ts";
import { emptySpec, panels } from "../draw/panels.ts";
import { leftOutInWords } from "../draw/settings.ts";
import { headingOf, type DrawOptions, type Figure } from "../figure.ts";
import { describeDatasets, describeLine, lineAlong, meanOver, statementIn, theoryOf, valuesOf } from "./rows.ts";
import { stepClaims } from "./step-claims.ts";
import { flipping, robustContent, sharesPanel, smallestContent, valuePanel } from "./step-panels.ts";
import { hasState, linesByData, networksOf, shareAt, sharesOf, states } from "./step-rows.ts";
import { stepFinding } from "./findings.ts";
import { theoryStudies } from "./studies.ts";
import { windowPanel } from "./window-panel.ts";

const id = "single-step";
const title = "One gradient step of size C₁/d changes the sign";

/** Theorem 3.1 and Corollary 3.2: does one step suffice, does the C_1 it takes depend on d, and where is that proved? */
export const figure: Figure = {
  id,
  title,
  studies: theoryStudies,
  drawnFrom: isTheoryConfig,
  needs: "runs that check the theory (measure: [theory])",
  spec: (results, options = {}) => draw(theoryOf(results), results, options),
  headline: (results) => headlineOf(networksOf(results)),
  caption: (results) => captionOf(theoryOf(results)),
  notes: (results) => notesOf(theoryOf(results), results),
  claims: (results) => stepClaims(theoryOf(results)),
  cover: 1,
  finding: stepFinding,
};

function draw(results: readonly TheoryResult[], all: readonly Cell[], options: DrawOptions): TopLevelSpec {
  const heading = headingOf({ id, title });
  if (results.length === 0) return emptySpec({ ...options, heading });
  const networks = networksOf(results);
  const line = lineAlong(networks, "d");
  const c1 = line.results[0]!.config.measure.theory.c1;
  const values = [smallestContent(networks, options), robustContent(results, options)].filter((content) => content !== undefined);
  const small = [...states.flatMap((state) => sharesPanel(state, line, c1, options) ?? []), ...values.map((content) => valuePanel(content, options))];
  // Panels side by side share no scale; the one below them is as wide as two.
  const grid = { concat: small, columns: 2, spacing: { row: 28, column: 34 }, resolve: independent };
  const window = windowPanel(networks, options);
  return panels(options.columns === 1 ? [...small, window] : [grid, window], {
    oneLegend: false,
    heading,
    ...options,
    columns: 1,
    subtitle: [
      `curves: ${describeLine(line).replace(/, γ.*/, "")}, ${list(describeDatasets(line.results))}  ·  ${plural(networks.length, "run")} in all`,
      `dashed gray: ${percent(flipping, 0)}; dotted: C₁ = ${short(c1)}; dashed green: what the theory says (no dependence on d; a robust error of 90 %)`,
    ],
    remarks: [arrowsInWords(values.flatMap(({ points }) => points)), leftOutInWords(all, results)],
  });
}

const independent = { scale: { color: "independent", shape: "independent" } } as const;

/** "One step of size C₁/d with C₁ = 10 flips 100 % of the points of trained networks; the paper says at least 95 %". */
function headlineOf(networks: readonly TheoryResult[]): string {
  const own = networks.some((result) => hasState(result, "trained")) ? networks.filter((result) => hasState(result, "trained")) : networks;
  const [first] = own;
  if (first === undefined) return "No runs of the theory yet.";
  const state = hasState(first, "trained") ? "trained" : "fresh";
  const flipped = meanOver(own.map((result) => shareAt(sharesOf(result, state), result.config.measure.theory.c1)));
  const least = Math.min(...own.map((result) => shareAt(sharesOf(result, state), result.config.measure.theory.c1)));
  const gamma = Math.max(...own.map(({ row }) => row.gamma));
  if (flipped === undefined) return "No step has been measured yet.";
  return `One gradient step of size C₁/d flips ${percent(flipped.mean)} of the points of networks ${state === "trained" ? "after training" : "at initialization"} (at the worst setting ${percent(least)}); the paper promises ${percent(1 - gamma, 0)} or more, but only from d = ${number(windowOpensAt({ gamma, constants: defaultConstants }))} on.`;
}

function captionOf(results: readonly TheoryResult[]): string {
  if (results.length === 0) return "No runs of the theory yet.";
  const line = lineAlong(networksOf(results), "d");
  return `Share of points whose sign one step of size C₁/d along the gradient changes, the smallest C₁ that flips 99 % of them, and the robust error at ε = c/√d, at d = ${list(valuesOf(line.results, "d").map(count))}; below, the window of widths for which the theorem is stated.`;
}

function notesOf(results: readonly TheoryResult[], all: readonly Cell[]): string[] {
  if (results.length === 0) return [];
  const networks = networksOf(results);
  const line = lineAlong(networks, "d");
  const perPoint = valuesOf(line.results, "d").map((d) => line.results.filter(({ row }) => row.d === d).length);
  const never = networks.filter(({ row }) => row.trainedShares.smallest === null || row.freshShares.smallest === null).length;
  const isOne = new Set(results.map(({ row }) => row.gamma)).size === 1;
  const missing = leftOutInWords(all, results);
  const fixed = (one: typeof line) => describeLine(one).replace(/, γ.*/, "");
  return [
    `Share of points flipped: ${fixed(line)}; ${list(describeDatasets(line.results))}; networks at initialization and after training in the lazy ball; each curve is the mean over ${range(perPoint)} ${perPoint.every((n) => n === 1) ? "run (seed)" : "runs (seeds)"} of ${range(line.results.map(({ row }) => row.points))} points.`,
    `Smallest C₁, from which on at least 99 % of the points flip: ${linesByData(networks)
      .map((one) => `${one.dataset} at ${fixed(one.line)}`)
      .join("; ")}. If the step that the theorem names is the right one, it does not depend on d (dashed green); bars are 95 % t-intervals over runs.`,
    ...(never > 0 ? [`In ${plural(never, "run")} no C₁ of the grid flips 99 %, before or after training.`] : []),
    ...(results.some((result) => statementIn(result, "robust-error") !== undefined)
      ? [
          "Robust error at ε = c/√d, which Corollary 3.2 puts at 0.9 or more (dashed green): on the test points, the smaller of the trained network’s and the initial one’s; and of one point, the share of independent draws of (a, W₀) that are flipped at the worst W of the ball known.",
        ]
      : []),
    `Below: the window max{d^2.4, C₂ ln(1/γ)} ≤ m ≤ C₃ exp(d^0.24) for which the theorem is stated, with C₂ = C₃ = 1, and the settings measured, colored by the share flipped: what they show, the theorem does not promise.`,
    `${plural(networks.length, "network")} in all${isOne ? "" : `, cells that differ in γ alone counted once`}.`,
    ...(missing === "" ? [] : [`${capital(missing)}.`]),
  ];
}
