import { isFlipsConfig } from "../../experiment/flips/config.ts";
import { isFlips, type FlipsResult } from "../../experiment/flips/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { quantileSorted, sampleKurtosis, sampleSkewness } from "simple-statistics";
import type { TopLevelSpec } from "vega-lite";
import { flipStatus } from "../../measure/flip-row.ts";
import { interval95, summarize } from "../../util/statistics.ts";
import { capital, count, fixed, interval, number, plural } from "../../util/words.ts";
import { emptySpec, panels } from "../draw/panels.ts";
import { bySetting, leftOutInWords } from "../draw/settings.ts";
import { judgeConcentration, judgeSymmetry } from "../draw/verdict.ts";
import { headingOf, type Claim, type DrawOptions, type Figure } from "../figure.ts";
import { histogram, histogramPanel } from "./histogram.ts";
import { quantities } from "./quantity.ts";
import { describeShared } from "./rows.ts";
import { overSamples } from "./studies.ts";

type Sampled = "perturbation" | "gradientNorm" | "step";
const order: readonly Sampled[] = ["perturbation", "gradientNorm", "step"];
const title = "Perturbation, gradient norm and flipping step over the test samples";
const id = "figure-7";

/** One run's flipped samples. */
interface Run {
  readonly values: Record<Sampled, readonly number[]>;
  readonly misclassified: number;
  readonly neverFlipped: number;
}

/**
 * Appendix A: histograms of ‖δ‖, ‖∇f‖ and |η| over the test samples at d = 784; "exhibits a Gaussian distribution,
 * and the step size to flip the prediction is small" and concentrates. Drawn at the largest d there is.
 */
export const figure: Figure = {
  id,
  title,
  cover: 2,
  studies: (preset) => [overSamples(id, preset)],
  drawnFrom: (config) => isFlipsConfig(config) && config.measure.flips.samples,
  needs: "networks trained by SGD with the flips of every test sample kept (measure: [{ flips: { samples: true } }])",
  spec: (results, options = {}) => draw(select(results), results, options),
  headline: (results) => headlineOf(select(results)),
  caption: (results) => captionOf(select(results)),
  notes: (results) => notesOf(select(results), results),
  claims: (results) => claimsOf(select(results)),
};

/** Of the runs with values per sample those of the largest d, and of these the setting with most runs (the first such). */
function select(results: readonly Cell[]): readonly FlipsResult[] {
  const sampled = results.filter(isFlips).filter((result) => result.samples !== undefined);
  const d = Math.max(...sampled.map(({ row }) => row.d));
  const groups = bySetting(
    sampled.filter(({ row }) => row.d === d),
    [],
  );
  return groups.reduce<readonly FlipsResult[]>((most, group) => (group.length > most.length ? group : most), []);
}

function runsOf(results: readonly FlipsResult[]): Run[] {
  return results.map(({ samples }) => {
    const flipped = (name: Sampled) =>
      samples![name].flatMap((value, i) => (samples!.status[i] === flipStatus.flipped && value !== null && Number.isFinite(value) ? [value] : []));
    return {
      values: { perturbation: flipped("perturbation"), gradientNorm: flipped("gradientNorm"), step: flipped("step") },
      misclassified: samples!.status.filter((status) => status === flipStatus.misclassified).length,
      neverFlipped: samples!.status.filter((status) => status === flipStatus.neverFlipped).length,
    };
  });
}

function draw(results: readonly FlipsResult[], all: readonly Cell[], options: DrawOptions): TopLevelSpec {
  const runs = runsOf(results);
  const heading = `${headingOf({ id, title })}${results.length > 0 ? ` at d = ${count(results[0]!.row.d)}` : ""}`;
  if (runs.every((run) => run.values.step.length === 0)) return emptySpec({ ...options, heading });
  return panels(
    order.map((name, index) =>
      histogramPanel(
        name,
        runs.flatMap((run) => run.values[name]),
        index === 0 || options.columns === 1,
        options,
      ),
    ),
    {
      columns: 3,
      heading,
      ...options,
      subtitle: [
        `${describeShared(results)}  ·  ${plural(
          runs.reduce((n, run) => n + run.values.step.length, 0),
          "flipped test sample",
        )} from ${plural(runs.length, "run")}`,
        "dashed: the normal distribution with the same mean and standard deviation",
      ],
      remarks: [leftOutInWords(all, results)],
    },
  );
}

function captionOf(results: readonly FlipsResult[]): string {
  const runs = runsOf(results);
  const pooled = runs.reduce((n, run) => n + run.values.step.length, 0);
  if (pooled === 0) return "No runs with values per test sample yet.";
  return `Histograms over test samples of the perturbation ‖δ‖, the gradient norm ‖∇f(x)‖ and the smallest flipping step |η| (${describeShared(results)}), ${runs.length === 1 ? "from one run" : `pooled over ${plural(runs.length, "run")} (seeds)`}: ${plural(pooled, "flipped sample")}.`;
}

function notesOf(results: readonly FlipsResult[], all: readonly Cell[]): string[] {
  const runs = runsOf(results);
  if (runs.every((run) => run.values.step.length === 0)) return [];
  const misclassified = runs.reduce((n, run) => n + run.misclassified, 0);
  const never = runs.reduce((n, run) => n + run.neverFlipped, 0);
  const beyond = order.flatMap((name) => {
    const { beyond: n, high } = histogram(runs.flatMap((run) => run.values[name]));
    return n === 0 ? [] : [`${plural(n, "sample")} with ${quantities[name].symbol} beyond ${number(high)} ${n === 1 ? "is" : "are"} not drawn.`];
  });
  const missing = leftOutInWords(all, results);
  return [
    `Not in the bars: ${plural(misclassified, "misclassified sample")} and ${plural(never, "sample")} that no step flipped.`,
    "The vertical line is the mean; the dashed curve is the normal distribution with the same mean and standard deviation.",
    ...beyond,
    ...(missing === "" ? [] : [`${capital(missing)}.`]),
  ];
}

/** "At d = 784 a step of 0.0303 flips the prediction on average, and 90 % of the samples take between 0.012 and 0.047". */
function headlineOf(results: readonly FlipsResult[]): string {
  const steps = runsOf(results)
    .flatMap((run) => run.values.step)
    .sort((a, b) => a - b);
  if (steps.length === 0) return "No values per test sample yet.";
  const [low, high] = [quantileSorted(steps, 0.05), quantileSorted(steps, 0.95)];
  return `At d = ${count(results[0]!.row.d)} a gradient step of |η| = ${number(summarize(steps).mean)} flips the prediction on average, and 90 % of the test samples take between ${number(low)} and ${number(high)}; the paper says that the step concentrates.`;
}

/** Shape is judged per run and then averaged: the interval is over runs, whose samples share a network. */
function claimsOf(results: readonly FlipsResult[]): Claim[] {
  const runs = runsOf(results).filter((run) => run.values.step.length > 3);
  const per = (statistic: (values: readonly number[]) => number, name: Sampled) => runs.map((run) => statistic(run.values[name]));
  const over = (values: readonly number[], format: (x: number) => string = number) =>
    `${format(summarize(values).mean)}${values.length > 1 ? ` ${interval(interval95(values), format)}` : ""}`;
  const at = results.length === 0 ? "the largest d" : `d = ${count(results[0]!.row.d)}`;
  const total = plural(runs.length, "run");

  const steps = runs.flatMap((run) => run.values.step).sort((a, b) => a - b);
  const spreads = per((values) => {
    const { mean, sd } = summarize(values);
    return sd / mean;
  }, "step");
  const concentration = judgeConcentration(interval95(spreads));
  const middle = (values: readonly number[]) => `${number(quantileSorted([...values], 0.05))} to ${number(quantileSorted([...values], 0.95))}`;

  return [
    {
      id: "figure-7/concentration",
      statement: `The step that flips the prediction is nearly the same for all images: |η| concentrates at ${at}`,
      paper: "concentrates",
      measured:
        runs.length === 0
          ? "no runs"
          : `mean ${over(per((v) => summarize(v).mean, "step"))}, sd ${over(per((v) => summarize(v).sd, "step"))}; middle 90 %: ${middle(steps)}; ${total}`,
      verdict: concentration.verdict,
      detail: `${capital(concentration.why)}. Around which number is missing from the text of the paper that we have.`,
    },
    ...order.map((name): Claim => {
      const skewness = per((values) => sampleSkewness([...values]), name);
      const kurtosis = per((values) => sampleKurtosis([...values]), name);
      const ruling = judgeSymmetry(interval95(skewness));
      return {
        id: `figure-7/gaussian/${name}`,
        statement: `Over the test images the ${quantities[name].name} has the shape of a bell curve (${quantities[name].symbol} at ${at})`,
        paper: "Gaussian",
        measured: runs.length === 0 ? "no runs" : `skewness ${over(skewness, fixed)}; ${total}`,
        verdict: ruling.verdict,
        detail: `${capital(ruling.why)}.${runs.length === 0 ? "" : ` Excess kurtosis ${over(kurtosis, fixed)}; a normal distribution has 0 of both.`}`,
      };
    }),
  ];
}
