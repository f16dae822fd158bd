import { isConeConfig } from "../../experiment/cone/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import type { ConeResult } from "../../experiment/cone/config.ts";
import type { TopLevelSpec } from "vega-lite";
import { interval95, summarize } from "../../util/statistics.ts";
import { c0Symbol, capital, count, interval, number, percent, plural, short } from "../../util/words.ts";
import { describeData } from "../draw/data.ts";
import { emptySpec, panels } from "../draw/panels.ts";
import { leftOutInWords } from "../draw/settings.ts";
import { headingOf, type DrawOptions, type Figure } from "../figure.ts";
import { claimsOf, factorInWords } from "./claims.ts";
import { gainPanel } from "./gain-panel.ts";
import { geometryPanel } from "./geometry-panel.ts";
import { pathPanel } from "./path-panel.ts";
import { asC0, ballOf, leavesAt, pathsOf, type Distance } from "./rows.ts";
import { coneStudies } from "./studies.ts";

const id = "figure-1";
const title = "The lazy ball, the cone around it, and where training goes";

/**
 * Section 3, "beyond the ball": the theorem holds on the whole cone {αW : α > 0, W in the ball}, because scaling the weights
 * changes no prediction. The paper draws a sketch; here a network is trained out of both.
 */
export const figure: Figure = {
  id,
  title,
  studies: coneStudies,
  drawnFrom: isConeConfig,
  needs: "networks trained out of the lazy ball (measure: [cone])",
  spec: (results, options = {}) => draw(pathsOf(results), leftOutInWords(results, pathsOf(results)), options),
  headline: (results) => `${capital(leavingInWords(pathsOf(results)))}; the paper says that the cone is larger.`,
  caption: (results) => captionOf(pathsOf(results)),
  notes: (results) => notesOf(pathsOf(results), results),
  claims: (results) => claimsOf(pathsOf(results)),
};

function draw(results: readonly ConeResult[], missing: string, options: DrawOptions): TopLevelSpec {
  const heading = headingOf({ id, title });
  if (results.length === 0) return emptySpec({ ...options, heading });
  return panels([geometryPanel(results[0]!, options), pathPanel(results, options), gainPanel(results, options)], {
    columns: 3,
    oneLegend: false,
    heading,
    ...options,
    subtitle: [`${settingInWords(results)}  ·  ${plural(results.length, "run")}`, leavingInWords(results)],
    remarks: [missing],
  });
}

/** "training leaves the ball after 82.2 steps and the cone after 1.001 (1.000 to 1.003) times as many". */
function leavingInWords(results: readonly ConeResult[]): string {
  const steps = results.map((result) => leavesAt(result, "deviation")).filter((step) => step !== null);
  return steps.length === 0
    ? `training ${results.length === 0 ? "has no runs yet" : "stays in the ball"}`
    : `training leaves the ball after ${number(summarize(steps).mean)} steps${steps.length > 1 ? " on average" : ""} and the cone after ${factorInWords(results)} as many`;
}

/** "MNIST 0 and 1, ‖x‖ = 1, no biases, d = 196, m = 1,000, C₀ = 10, learning rate 1". */
function settingInWords(results: readonly ConeResult[]): string {
  const { config, row } = results[0]!;
  return [
    describeData(config),
    `d = ${count(row.d)}`,
    `m = ${count(row.m)}`,
    `${c0Symbol} = ${count(row.c0)}`,
    `learning rate ${short(config.training.lr)}`,
  ].join(", ");
}

/** "after 66.3 steps [65.1, 67.5]", and how many runs do not leave. */
function whenInWords(results: readonly ConeResult[], of: Distance): string {
  const steps = results.map((result) => leavesAt(result, of)).filter((step) => step !== null);
  if (steps.length === 0) return "in no run";
  const inside = results.length - steps.length;
  const mean = `after ${number(summarize(steps).mean, 4)} steps${steps.length > 1 ? ` ${interval(interval95(steps), (x) => number(x, 4))}` : ""}`;
  return inside === 0 ? mean : `${mean} (${count(inside)} of ${plural(results.length, "run")} stayed inside)`;
}

function captionOf(results: readonly ConeResult[]): string {
  const [first] = results;
  if (first === undefined) return "No runs yet.";
  const { row, config } = first;
  return `Networks of width ${count(row.m)} trained by SGD out of their lazy ball (${settingInWords(results)}, up to ${plural(config.training.epochs, "epoch")}; ${plural(results.length, "run")}). Left: rows of one network over the ball and the cone; middle: how far training goes from W₀ and from its ray; right: what scaling W gains.`;
}

function notesOf(results: readonly ConeResult[], all: readonly Cell[]): string[] {
  if (results.length === 0) return [];
  const { row } = results[0]!;
  const { radius, norm } = ballOf(results[0]!);
  const ends = results.map((result) => asC0(result, result.row.path.at(-1)!, "deviation"));
  const accuracies = results.map((result) => result.row.path.at(-1)!.testAccuracy);
  const stay = factorInWords(results);
  const missing = leftOutInWords(all, results);
  return [
    `Left: rows of the network of seed ${row.seed} (at each stage the farthest row, and others spaced evenly by rank), each in the plane that it spans with its own start w₀, in units of the ball’s radius V = ${c0Symbol}/√m = ${number(radius)}.`,
    `The dark half-disc is the ball, the light band the cone (tangent from w = 0, which lies ${number(norm / radius)} radii to the left, on average over the rows). A network lies in the ball only if all of its rows do, and in the cone only if one factor α brings all of its rows into the ball at once.`,
    `Middle: the distance of the farthest row from W₀, and the same after scaling W by the best α, in units of 1/√m; ${results.length === 1 ? "one run" : "every run is a line"}. Between two marks by a power law, the network leaves the ball ${whenInWords(results, "deviation")} and the cone ${whenInWords(results, "coneDistance")}${stay === "" ? "" : `: ${stay} as many steps`}.`,
    `Right: how much closer scaling brings a network (${results.length === 1 ? "one run, no bars" : `means over ${plural(results.length, "run")}, bars: 95 % t-intervals`}); dashed: how much it would need to for the network to lie in the cone.`,
    `Training ended at ${number(Math.min(...ends))}${ends.length > 1 ? ` to ${number(Math.max(...ends))}` : ""} times 1/√m, with test accuracy ${percent(Math.min(...accuracies), 2)}${accuracies.length > 1 ? ` to ${percent(Math.max(...accuracies), 2)}` : ""}.`,
    ...(row.bias ? ["With biases the outer bias, which is fixed, does not scale: on the cone predictions are the ball’s up to that constant."] : []),
    ...(missing === "" ? [] : [`${capital(missing)}.`]),
  ];
}
