import type { Cell } from "../../experiment/experiment.ts";
import type { TheoryResult } from "../../experiment/theory/config.ts";
import type { TopLevelSpec } from "vega-lite";
import type { DrawOptions, Figure } from "../figure.ts";
import { count, list, percent, plural, range, short } from "../../util/words.ts";
import { stepFinding } from "./findings.ts";
import { emptySpec, panels, type Panel } from "../draw/panels.ts";
import { countOf } from "../draw/rows.ts";
import { stepClaims } from "./step-claims.ts";
import { flipping, robustPanel, sharesPanel, smallestPanel } from "./step-panels.ts";
import { linesByData, networksOf, states } from "./step-rows.ts";
import { describeDatasets, describeLine, lineAlong, statementIn, theoryOf, valuesOf } from "./rows.ts";
import { windowPanel } from "./window-panel.ts";

const title = "One gradient step of size C₁/d changes the sign";
const heading = `Single step. ${title}`;

/** Theorem 3.1 and Corollary 3.2: does one step suffice, does the C_1 it takes depend on d, and where is that proved? */
export const singleStep: Figure = {
  id: "single-step",
  title,
  spec: (results, options = {}) => draw(theoryOf(results), options),
  caption: (results) => captionOf(theoryOf(results), results),
  claims: (results) => stepClaims(theoryOf(results)),
  cover: 1,
  finding: stepFinding,
};

function draw(results: readonly TheoryResult[], options: DrawOptions): TopLevelSpec {
  if (results.length === 0) return emptySpec({ ...options, heading });
  const networks = networksOf(results);
  const line = lineAlong(networks, "d");
  const c1 = line.results[0]!.config.measure.theory.c1;
  const small = [...states.map((state) => sharesPanel(state, line, c1, options)), smallestPanel(networks, options), robustPanel(results, options)].filter(
    (panel) => panel !== undefined,
  );
  const grid = {
    concat: small,
    columns: 2,
    spacing: { row: 28, column: 34 },
    resolve: { scale: { color: "independent", shape: "independent" } },
  } as unknown as Panel;
  const window = windowPanel(networks, options);
  return panels(options.columns === 1 ? [...small, window] : [grid, window], {
    oneLegend: false,
    heading,
    ...options,
    columns: 1,
    subtitle: [
      `curves: ${describeLine(line).replace(/, γ.*/, "")}, ${list(describeDatasets(line.results))}  ·  ${plural(networks.length, "run")} in all`,
      `dashed grey: ${percent(flipping, 0)}; dotted: C₁ = ${short(c1)}; dashed green: what the theory says (no dependence on d; a robust error of 90 %)`,
    ],
  });
}

function captionOf(results: readonly TheoryResult[], all: readonly Cell[]): string {
  if (results.length === 0) return "No runs of the theory yet.";
  const networks = networksOf(results);
  const line = lineAlong(networks, "d");
  const ds = valuesOf(line.results, "d");
  const perPoint = ds.map((d) => line.results.filter(({ row }) => row.d === d).length);
  const byData = linesByData(networks);
  const never = networks.filter(({ row }) => row.trainedShares.smallest === null || row.freshShares.smallest === null).length;
  const gammas = [...new Set(results.map(({ row }) => row.gamma))];
  const hasRobust = results.some((result) => statementIn(result, "robust-error") !== undefined);
  const leftOut = countOf(all) - results.length;
  return [
    `Share of points whose sign one step of size C₁/d along the gradient changes, against C₁, at d = ${list(ds.map(count))} (${describeLine(line).replace(/, γ.*/, "")}; ${list(describeDatasets(line.results))}), for networks at initialisation and after training in the lazy ball; each curve is the mean over ${range(perPoint)} ${perPoint.every((n) => n === 1) ? "run (seed)" : "runs (seeds)"} of ${range(line.results.map(({ row }) => row.points))} points.`,
    `The smallest C₁ from which on at least 99 % of the points flip, against d: ${byData.map((one) => `${one.dataset} at ${describeLine(one.line).replace(/, γ.*/, "")}`).join("; ")}. If the step the theorem names is the right one, it is flat (dashed green); bars are 95 % t-intervals over runs.${never > 0 ? ` In ${plural(never, "run")} no C₁ of the grid flips 99 %, before or after training.` : ""}`,
    ...(hasRobust
      ? [
          "Robust error at ε = c/√d, which Corollary 3.2 puts at 0.9 or more (dashed green): on the test points, the smaller of the trained network’s and the initial one’s; and of one point, the share of independent draws of (a, W₀) that are flipped at the worst W of the ball known.",
        ]
      : []),
    `Below: the window max{d^2.4, C₂ ln(1/γ)} ≤ m ≤ C₃ exp(d^0.24) for which the theorem is stated, with C₂ = C₃ = 1, and the settings measured, coloured by the share flipped: what they show, the theorem does not promise.`,
    `${plural(networks.length, "network")} in all${gammas.length > 1 ? `, cells that differ in γ alone counted once` : ""}.`,
    ...(leftOut > 0 ? [`${plural(leftOut, "run")} of another kind of setting ${leftOut === 1 ? "is" : "are"} not shown.`] : []),
  ].join(" ");
}
