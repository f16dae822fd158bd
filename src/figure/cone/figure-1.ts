import type { ConeResult } from "../../experiment/cone/config.ts";
import type { TopLevelSpec } from "vega-lite";
import { interval95, summarize } from "../../util/statistics.ts";
import { gainPanel, geometryPanel, pathPanel } from "./panels.ts";
import { asC0, ballOf, leavesAt, pathsOf, stayFactor, type Distance } from "./rows.ts";
import type { Claim, DrawOptions, Figure } from "../figure.ts";
import { c0Symbol, capital, count, interval, number, percent, plural, short } from "../../util/words.ts";
import { emptySpec, panels } from "../draw/panels.ts";
import { describeData } from "../draw/rows.ts";
import { judgeAll } from "../draw/verdict.ts";

const title = "The lazy ball, the cone around it, and where training goes";

/**
 * Section 3, "beyond the ball": the theorem holds on the whole cone {αW : α > 0, W in the ball}, because scaling the weights
 * changes no prediction. The paper draws a sketch; here a network is trained out of both.
 */
export const figure1: Figure = {
  id: "figure-1",
  number: "1",
  title,
  spec: (results, options = {}) => draw(pathsOf(results).results, options),
  caption(results) {
    const { results: rows, leftOut } = pathsOf(results);
    return captionOf(rows, leftOut);
  },
  claims: (results) => claimsOf(pathsOf(results).results),
};

function draw(results: readonly ConeResult[], options: DrawOptions): TopLevelSpec {
  const heading = `Figure 1. ${title}`;
  if (results.length === 0) return emptySpec({ ...options, heading });
  return panels([geometryPanel(results[0]!, options), pathPanel(results, options), gainPanel(results, options)], {
    columns: 3,
    oneLegend: false,
    heading,
    ...options,
    subtitle: [`${settingInWords(results)}  ·  ${plural(results.length, "run")}`, leavingInWords(results)],
  });
}

/** "leaves the ball after 82.2 steps and the cone after 1.001 (1.000 to 1.003) times as many". */
function leavingInWords(results: readonly ConeResult[]): string {
  const steps = results.map((result) => leavesAt(result, "deviation")).filter((step) => step !== null);
  return steps.length === 0
    ? "stays in the ball"
    : `leaves the ball after ${number(summarize(steps).mean)} steps${steps.length > 1 ? " on average" : ""} and the cone after ${factorOf(results)} as many`;
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

function captionOf(results: readonly ConeResult[], leftOut: number): string {
  if (results.length === 0) return "No runs yet.";
  const { row, config } = results[0]!;
  const { radius, norm } = ballOf(results[0]!);
  const ends = results.map((result) => asC0(result, result.row.path.at(-1)!, "deviation"));
  const accuracies = results.map((result) => result.row.path.at(-1)!.testAccuracy);
  const stay = factorOf(results);
  const sentences = [
    `Networks of width ${count(row.m)} trained by SGD out of their lazy ball (${settingInWords(results)}, up to ${plural(config.training.epochs, "epoch")}; ${plural(results.length, "run")}).`,
    `Left: rows of the network of seed ${row.seed} (of each of its stages the farthest row and others evenly by rank), each in the plane that it spans with its own start w₀, in units of the ball’s radius V = ${c0Symbol}/√m = ${number(radius)}: the dark half-disc is the ball, the light band the cone (tangent from w = 0, which lies ${number(norm / radius)} radii to the left, on average over the rows). A network lies in the ball only if all of its rows do, and in the cone only if one factor α brings all of its rows into the ball at once.`,
    `Middle: the distance of the farthest row from W₀, and the same after scaling W by the best α, in units of 1/√m; ${results.length === 1 ? "one run" : "every run is a line"}. Between two marks by a power law, the network leaves the ball ${whenInWords(results, "deviation")} and the cone ${whenInWords(results, "coneDistance")}${stay === "" ? "" : `: ${stay} as many steps`}.`,
    `Right: by what share scaling brings a network nearer (${results.length === 1 ? "one run, no bars" : `means over ${plural(results.length, "run")}, bars: 95 % t-intervals`}); dashed, by what share it would have to for the network to lie in the cone.`,
    `Training ended at ${number(Math.min(...ends))}${ends.length > 1 ? ` to ${number(Math.max(...ends))}` : ""} times 1/√m, with test accuracy ${percent(Math.min(...accuracies), 2)}${accuracies.length > 1 ? ` to ${percent(Math.max(...accuracies), 2)}` : ""}.`,
    ...(row.bias ? ["With biases the outer bias, which is fixed, does not scale: on the cone predictions are the ball’s up to that constant."] : []),
    ...(leftOut > 0 ? [`${plural(leftOut, "run")} of another setting ${leftOut === 1 ? "is" : "are"} not shown.`] : []),
  ];
  return sentences.join(" ");
}

/** "1.003 (1.001 to 1.005) times": the mean and the range, because no run can be below 1 and a t-interval could. */
function factorOf(results: readonly ConeResult[]): string {
  const stays = results.map(stayFactor).filter((stay) => stay !== null);
  if (stays.length === 0) return "";
  const factors = stays.map(({ factor }) => factor);
  const least = stays.every(({ leavesCone }) => leavesCone) ? "" : "at least ";
  return `${least}${number(summarize(factors).mean, 4)}${factors.length > 1 ? ` (${number(Math.min(...factors), 4)} to ${number(Math.max(...factors), 4)})` : ""} times`;
}

/** Of the squared distance that the drawn rows moved to the end, the share orthogonal to where they began. */
function acrossShare(results: readonly ConeResult[]): number {
  const rows = results.flatMap((result) => result.row.path.at(-1)!.rows);
  const total = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  return total(({ across }) => across ** 2) / total(({ across, along, initialNorm }) => across ** 2 + (along - initialNorm) ** 2);
}

function claimsOf(results: readonly ConeResult[]): Claim[] {
  const steps = results.flatMap((result) => result.row.path);
  const shares = steps.map(({ coneDistance, deviation }) => coneDistance / deviation);
  const nearer = judgeAll(shares.filter((share) => share < 1).length, shares.length);
  const beyond = results.flatMap((result) =>
    result.row.path.filter((step) => asC0(result, step, "deviation") > result.row.c0).map((step) => ({ result, step })),
  );
  const covered = beyond.filter(({ result, step }) => asC0(result, step, "coneDistance") <= result.row.c0).length;
  const stays = results.map(stayFactor).filter((stay) => stay !== null);
  const later = judgeAll(stays.filter(({ factor }) => factor > 1).length, stays.length);
  const alphas = steps.map(({ alpha }) => alpha);
  return [
    {
      id: "figure-1/nearer",
      statement: "The cone reaches beyond the ball: a trained network is nearer to the ray of W₀ than to W₀",
      paper: "the cone is larger",
      measured:
        shares.length === 0
          ? "no runs"
          : `distances in the ratio ${number(Math.min(...shares), 4)} to ${number(Math.max(...shares), 4)}, α from ${number(Math.min(...alphas))} to ${number(Math.max(...alphas))}; ${plural(shares.length, "network")} of ${plural(results.length, "run")}`,
      verdict: nearer.verdict,
      detail: `${capital(nearer.why)}.`,
    },
    {
      id: "figure-1/later",
      statement: "Training leaves the cone, on which the theorem still holds, later than the ball",
      paper: "the cone is larger",
      measured:
        stays.length === 0
          ? results.length === 0
            ? "no runs"
            : `it leaves the ball in none of ${plural(results.length, "run")}`
          : `${factorOf(results)} as many steps; ${plural(stays.length, "run")}`,
      verdict: later.verdict,
      detail: `${stays.length === 0 && results.length > 0 ? "No run leaves the ball" : capital(later.why)}.${
        beyond.length === 0
          ? ""
          : ` Of the ${plural(beyond.length, "network")} looked at beyond the ball ${count(covered)} ${covered === 1 ? "lies" : "lie"} in the cone. At the end ${percent(acrossShare(results))} of what the drawn rows moved (of its square) is across their own w₀, where scaling does not reach. The paper says that the cone is larger, not that training stays in it.`
      }`,
    },
  ];
}
