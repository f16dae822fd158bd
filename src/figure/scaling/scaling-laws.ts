import type { Cell } from "../../experiment/experiment.ts";
import type { TopLevelSpec } from "vega-lite";
import type { DrawOptions, Figure } from "../figure.ts";
import { c0Symbol, count, fixed, fraction, interval, list, plural } from "../../util/words.ts";
import { emptySpec, panels, panelWidth, type Layer, type Panel, type Position } from "../draw/panels.ts";
import { scalingClaims, symbolOf } from "./claims.ts";
import { exponentsOf, groupNames, groups, networksOf, scalings, variables, type Exponent, type Variable } from "./rows.ts";
import { ink, panelTitle, seriesColor, seriesShape, theoryColor, theoryDash } from "../draw/theme.ts";

const title = "Every fitted exponent beside the paper’s";
const heading = `Scaling laws. ${title}`;

/** All exponents in one picture: a forest plot per variable, with the paper's exponent as a line through each quantity's rows. */
export const scalingLaws: Figure = {
  id: "scaling-laws",
  title,
  spec: (results, options = {}) => draw(exponentsOf(results), networksOf(results), options),
  caption: (results) => captionOf(exponentsOf(results), results),
  claims: (results) => scalingClaims(exponentsOf(results)),
};

const panelNames: Readonly<Record<Variable, string>> = {
  d: "Against the input dimension d",
  m: "Against the width m",
  c0: `Against ${c0Symbol}, the size of the lazy ball`,
};

function draw(exponents: readonly Exponent[], networks: number, options: DrawOptions): TopLevelSpec {
  const known = exponents.filter(({ fit }) => Number.isFinite(fit.exponent));
  if (known.length === 0) return emptySpec({ ...options, heading });
  const there = groupNames.filter((group) => known.some((one) => one.group === group));
  const parts = variables.flatMap((variable) => {
    const own = known.filter((one) => one.variable === variable);
    return own.length === 0 ? [] : [forest(variable, own, there, options)];
  });
  return panels(parts, {
    heading,
    ...options,
    columns: 1,
    subtitle: [
      `exponents p of power laws fitted to ${plural(networks, "network")}, inputs of norm 1; bars: 95 % bootstrap intervals`,
      "dashed: the exponent the paper states (0: it says the quantity does not depend on this)",
    ],
  });
}

/** Rows of one variable from top to bottom: quantity by quantity, within it group by group. */
function forest(variable: Variable, exponents: readonly Exponent[], there: readonly string[], options: DrawOptions): Panel {
  const phone = options.columns === 1;
  const width = panelWidth(430, options);
  const names = [...new Set(exponents.map(({ name }) => name))];
  const gap = 0.5;
  const rows = names
    .flatMap((name, k) => exponents.filter((one) => one.name === name).map((one) => ({ one, extra: k * gap })))
    .map((row, i) => ({ ...row, y: i + row.extra }));
  const bands = names.map((name) => {
    const ys = rows.filter(({ one }) => one.name === name).map(({ y }) => y);
    return { name, from: Math.min(...ys) - 0.5, to: Math.max(...ys) + 0.5 };
  });
  const domain = exponentDomain(exponents);
  const height = 23 * (bands.at(-1)!.to + 0.5);
  const x = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain, nice: false, zero: false },
    axis: { title: `exponent p of ${symbolOf[variable]}^p`, tickCount: phone ? 5 : 8, format: "~g", labelExpr: "replace(datum.label, '-', '−')" },
  });
  const centres = bands.map(({ from, to }) => (from + to) / 2);
  const labels = Object.fromEntries(bands.map(({ name }, i) => [String(centres[i]), scalings[name].symbol]));
  const y = (field: string): Position => ({
    field,
    type: "quantitative",
    scale: { domain: [bands.at(-1)!.to, -0.5], nice: false, zero: false },
    axis: {
      title: null,
      values: centres,
      grid: false,
      domain: false,
      ticks: false,
      labelExpr: `(${JSON.stringify(labels)})[toString(datum.value)]`,
      labelPadding: 10,
      labelFontSize: 15,
    },
  });
  const clip = (value: number) => Math.min(domain[1], Math.max(domain[0], value));
  const values = rows.map(({ one: { name, group, fit, xs }, y: place }) => {
    const isKnown = Number.isFinite(fit.interval.low);
    const range = isKnown ? interval(fit.interval, fixed) : "no interval";
    return {
      group: groups[group],
      x: clip(fit.exponent),
      y: place,
      low: isKnown ? clip(fit.interval.low) : null,
      high: isKnown ? clip(fit.interval.high) : null,
      Quantity: scalings[name].symbol,
      Exponent: fixed(fit.exponent),
      "95 % interval": range,
      Paper: paperInWords(scalings[name].paper[variable]),
      Range: `${symbolOf[variable]} = ${count(xs[0]!)} to ${count(xs.at(-1)!)}`,
      Runs: count(fit.runs),
      text: `${fixed(fit.exponent)}  ${range}`,
    };
  });
  const theory = bands.flatMap(({ name, from, to }) => {
    const paper = scalings[name].paper[variable];
    return typeof paper === "number" ? [{ x: paper, from, to }] : [];
  });
  const legend = { title: null, ...(phone ? { columns: 1 } : {}) };
  const group = { field: "group", type: "nominal" as const };
  const domainOf = there.map((name) => groups[name as keyof typeof groups]);
  const color = { ...group, scale: { domain: domainOf, range: domainOf.map((_, k) => seriesColor(k)) }, legend };
  const shape = { ...group, scale: { domain: domainOf, range: domainOf.map((_, k) => seriesShape(k)) }, legend };
  const separators: Layer[] =
    bands.length < 2
      ? []
      : [
          {
            data: { values: bands.slice(1).map(({ from }) => ({ y: from - gap / 2 })) },
            mark: { type: "rule", color: "#d5d8de", strokeWidth: 1 },
            encoding: { y: y("y") },
          },
        ];
  return {
    title: { ...panelTitle, text: panelNames[variable] },
    width,
    height,
    data: { values },
    layer: [
      ...separators,
      ...(theory.length === 0
        ? []
        : [
            {
              data: { values: theory },
              mark: { type: "rule" as const, color: theoryColor, strokeDash: theoryDash, strokeWidth: 2.5 },
              encoding: { x: x("x"), y: y("from"), y2: { field: "to" } },
            },
          ]),
      {
        transform: [{ filter: "isValid(datum.low)" }],
        mark: { type: "rule", strokeWidth: 2, opacity: 0.8 },
        encoding: { x: x("low"), x2: { field: "high" }, y: y("y"), color },
      },
      {
        mark: { type: "point", filled: true, size: 70, opacity: 1, stroke: "white", strokeWidth: 0.8 },
        encoding: {
          x: x("x"),
          y: y("y"),
          color,
          shape,
          tooltip: [
            { field: "group", title: "Networks" },
            { field: "Quantity" },
            { field: "Exponent" },
            { field: "95 % interval" },
            { field: "Paper" },
            { field: "Range" },
            { field: "Runs" },
          ],
        },
      },
      ...(phone
        ? []
        : [
            {
              mark: { type: "text" as const, align: "left" as const, dx: 10, fontSize: 13, color: ink },
              encoding: { x: { value: width }, y: y("y"), text: { field: "text" } },
            } satisfies Layer,
          ]),
    ],
  };
}

/** The fitted exponents, the paper's and the bars; a bar of no use (wider than ±0.5) is cut at the panel's edge. */
function exponentDomain(exponents: readonly Exponent[]): [number, number] {
  const values = exponents.flatMap(({ name, variable, fit: { exponent, interval: range } }) => {
    const paper = scalings[name].paper[variable];
    const bar = Number.isFinite(range.low) ? [Math.max(range.low, exponent - 0.5), Math.min(range.high, exponent + 0.5)] : [];
    return [exponent, ...bar, ...(typeof paper === "number" ? [paper] : [0])];
  });
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = Math.max(0.06 * (high - low), 0.2 - (high - low) / 2);
  return [low - pad, high + pad];
}

function paperInWords(paper: number | "rises" | undefined): string {
  return paper === undefined ? "no exponent" : paper === "rises" ? "rises" : fraction(paper);
}

function captionOf(exponents: readonly Exponent[], results: readonly Cell[]): string {
  const known = exponents.filter(({ fit }) => Number.isFinite(fit.exponent));
  if (known.length === 0) return "No runs yet that differ in d, m or C₀ alone.";
  const there = groupNames.filter((group) => known.some((one) => one.group === group));
  const ranges = there.map((group) => {
    const along = variables.flatMap((variable) => {
      const xs = known.filter((one) => one.group === group && one.variable === variable).flatMap((one) => one.xs);
      return xs.length === 0 ? [] : [`${symbolOf[variable]} = ${count(Math.min(...xs))} to ${count(Math.max(...xs))}`];
    });
    return `${groups[group]} (${along.join(", ")})`;
  });
  const how = (resampled: Exponent["fit"]["resampled"]) => known.filter(({ fit }) => fit.resampled === resampled).length;
  const [byRuns, byResiduals, none] = [how("runs"), how("residuals"), how("none")];
  const thresholds = known.filter(({ name }) => name === "eps" || name === "radius").map(({ name }) => scalings[name]);
  return [
    `Exponents p of the power laws that the gradient norm ‖∇f‖, the smallest flipping step |η| and the perturbation ‖δ‖ obey in d, m and ${c0Symbol}, for inputs of norm 1 and networks without biases: ${list(ranges)}.`,
    ...(thresholds.length === 0
      ? []
      : [`${list(thresholds.map(({ symbol, name }) => `${symbol} is the ${name}`))} (adversarial training with biases, as in Figure 4).`]),
    `One exponent is fitted to all settings that differ in this variable, with a constant for each combination of the others; ${plural(networksOf(results), "network")} in all.`,
    `Bars are 95 % percentile bootstrap intervals${byRuns > 0 ? ": runs are resampled within each setting" : ""}${byResiduals > 0 ? `${byRuns > 0 ? ", and" : ":"} where a setting has a single run (${plural(byResiduals, "exponent")}) the deviations of settings from the fit` : ""}; small counts are corrected for as by Hesterberg (2015).${none > 0 ? ` ${plural(none, "exponent")} ${none === 1 ? "has" : "have"} too few runs for an interval.` : ""}`,
    `Dashed green: the exponent the paper states. Of ${c0Symbol} it says only that the quantities rise with it.`,
  ].join(" ");
}
