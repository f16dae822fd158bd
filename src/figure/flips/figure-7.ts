import { isFlips, type FlipsResult } from "../../experiment/flips/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { quantileSorted, sampleKurtosis, sampleSkewness } from "simple-statistics";
import type { TopLevelSpec } from "vega-lite";
import { flipStatus } from "../../measure/flip-row.ts";
import { interval95, summarize } from "../../util/statistics.ts";
import { linearTicks, niceStep } from "../draw/axis.ts";
import type { Claim, DrawOptions, Figure } from "../figure.ts";
import { capital, count, fixed, interval, number, percent, plural } from "../../util/words.ts";
import { emptySpec, panels, panelWidth, theoryLayer, type Panel, type Position } from "../draw/panels.ts";
import { quantities, type QuantityName } from "./quantity.ts";
import { countOf, describeSetting, slice } from "../draw/rows.ts";
import { barColor, ink, panelTitle } from "../draw/theme.ts";
import { judgeConcentration, judgeSymmetry } from "../draw/verdict.ts";

type Sampled = "perturbation" | "gradientNorm" | "step";
const order: readonly Sampled[] = ["perturbation", "gradientNorm", "step"];
const title = "Perturbation, gradient norm and flipping step over the test samples";

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
export const figure7: Figure = {
  id: "figure-7",
  number: "7",
  cover: 2,
  title,
  spec: (results, options = {}) => draw(select(results).results, options),
  caption(results) {
    const { results: rows, leftOut } = select(results);
    return captionOf(rows, leftOut);
  },
  claims: (results) => claimsOf(select(results).results),
};

function select(results: readonly Cell[]): { readonly results: readonly FlipsResult[]; readonly leftOut: number } {
  const sampled = results.filter(isFlips).filter((result) => result.samples !== undefined);
  const d = Math.max(...sampled.map(({ row }) => row.d));
  const { results: rows } = slice(
    sampled.filter(({ row }) => row.d === d),
    [],
  );
  return { results: rows, leftOut: countOf(results) - rows.length };
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

function draw(results: readonly FlipsResult[], options: DrawOptions): TopLevelSpec {
  const runs = runsOf(results);
  const heading = `Figure 7. ${title}${results.length > 0 ? ` at d = ${count(results[0]!.row.d)}` : ""}`;
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
        `${describeSetting(results)}  ·  ${plural(
          runs.reduce((n, run) => n + run.values.step.length, 0),
          "flipped test sample",
        )} from ${plural(runs.length, "run")}`,
        "dashed: the normal distribution with the same mean and standard deviation",
      ],
    },
  );
}

function histogramPanel(name: Sampled, values: readonly number[], first: boolean, options: DrawOptions): Panel {
  const { symbol, name: words } = quantities[name as QuantityName];
  const { bins, low, high, width } = histogram(values);
  const { mean, sd } = summarize(values);
  const share = (n: number) => (100 * n) / values.length;
  const bars = bins.map((n, i) => ({
    from: low + i * width,
    to: low + (i + 1) * width,
    share: share(n),
    Range: `${number(low + i * width)} to ${number(low + (i + 1) * width)}`,
    Samples: count(n),
    Share: percent(n / values.length, 2),
  }));
  const normal =
    sd > 0
      ? Array.from({ length: 121 }, (_, i) => low + ((high - low) * i) / 120).map((x) => ({
          x,
          y: (100 * width * Math.exp(-0.5 * ((x - mean) / sd) ** 2)) / (sd * Math.sqrt(2 * Math.PI)),
        }))
      : [];
  const top = Math.max(...bars.map((bar) => bar.share), ...normal.map((point) => point.y));
  const x = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [low, high], nice: false },
    axis: { title: symbol, grid: false, tickCount: 5, format: ",~r" },
  });
  const y = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [0, top * 1.16], nice: false },
    axis: { title: first ? "% of samples per bar" : null, values: linearTicks(top * 1.16), format: ",~r" },
  });
  // The label stands on the side of the mean's line that has more room.
  const left = mean > (low + high) / 2;
  return {
    title: { ...panelTitle, text: `${capital(words)} ${symbol}` },
    width: panelWidth(226, options),
    height: 210,
    data: { values: bars },
    layer: [
      {
        mark: { type: "rect", color: barColor, opacity: 1, stroke: "white", strokeWidth: 0.5 },
        encoding: {
          x: x("from"),
          x2: { field: "to" },
          y: y("share"),
          y2: { datum: 0 },
          tooltip: [{ field: "Range", title: symbol }, { field: "Samples" }, { field: "Share" }],
        },
      },
      ...(normal.length === 0 ? [] : [theoryLayer(normal, x("x"), y("y"))]),
      { data: { values: [{ x: mean }] }, mark: { type: "rule", color: ink, strokeWidth: 1.5 }, encoding: { x: x("x") } },
      {
        data: { values: [{ x: mean, y: top * 1.1 }] },
        mark: { type: "text", text: `mean ${number(mean)}`, align: left ? "right" : "left", dx: left ? -6 : 6, fontSize: 14 },
        encoding: { x: x("x"), y: y("y") },
      },
    ],
  };
}

interface Histogram {
  readonly bins: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly width: number;
  /** Samples beyond the drawn range: a few far ones do not squeeze the rest. */
  readonly beyond: number;
}

/** About 36 bars of a round width; what lies more than twice as far out as the 99.5th percentile is not drawn. */
function histogram(values: readonly number[]): Histogram {
  const sorted = [...values].sort((a, b) => a - b);
  const start = sorted[0]!;
  const limit = start + 2 * (quantileSorted(sorted, 0.995) - start);
  const end = sorted.findLast((value) => value <= limit)!;
  const width = end > start ? niceStep((end - start) / 36) : Math.max(Math.abs(start), 1) / 10;
  const low = Math.floor(start / width) * width;
  const size = Math.max(1, Math.ceil((end - low) / width + 1e-9));
  const bins = Array.from({ length: size }, () => 0);
  let beyond = 0;
  for (const value of values) {
    // The end of the range belongs to the last bar.
    const bin = value === end ? Math.min(size - 1, Math.floor((value - low) / width)) : Math.floor((value - low) / width);
    if (bin < size) bins[bin]! += 1;
    else beyond += 1;
  }
  return { bins, low, high: low + size * width, width, beyond };
}

function captionOf(results: readonly FlipsResult[], leftOut: number): string {
  const runs = runsOf(results);
  const pooled = runs.reduce((n, run) => n + run.values.step.length, 0);
  if (pooled === 0) return "No runs with values per test sample yet.";
  const misclassified = runs.reduce((n, run) => n + run.misclassified, 0);
  const never = runs.reduce((n, run) => n + run.neverFlipped, 0);
  const beyond = order.flatMap((name) => {
    const { beyond: n, high } = histogram(runs.flatMap((run) => run.values[name]));
    return n === 0 ? [] : [`${plural(n, "sample")} with ${quantities[name].symbol} beyond ${number(high)} ${n === 1 ? "is" : "are"} not drawn.`];
  });
  return [
    `Histograms over test samples of the perturbation ‖δ‖, the gradient norm ‖∇f(x)‖ and the smallest flipping step |η| (${describeSetting(results)}), ${runs.length === 1 ? "from one run" : `pooled over ${plural(runs.length, "run")} (seeds)`}: ${plural(pooled, "flipped sample")}.`,
    `Not in the bars: ${plural(misclassified, "misclassified sample")} and ${plural(never, "sample")} that no step flipped.`,
    "The vertical line is the mean; the dashed curve is the normal distribution with the same mean and standard deviation.",
    ...beyond,
    ...(leftOut > 0 ? [`${plural(leftOut, "run")} of another size or setting, or without values per sample, ${leftOut === 1 ? "is" : "are"} not shown.`] : []),
  ].join(" ");
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
      statement: `The step |η| that flips the prediction concentrates at ${at}`,
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
        statement: `The histogram of the ${quantities[name].name} ${quantities[name].symbol} is Gaussian in shape at ${at}`,
        paper: "Gaussian",
        measured: runs.length === 0 ? "no runs" : `skewness ${over(skewness, fixed)}; ${total}`,
        verdict: ruling.verdict,
        detail: `${capital(ruling.why)}.${runs.length === 0 ? "" : ` Excess kurtosis ${over(kurtosis, fixed)}; a normal distribution has 0 of both.`}`,
      };
    }),
  ];
}
