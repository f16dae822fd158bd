import { datasetOf } from "../../data/index.ts";
import { isFlips, type FlipsResult } from "../../experiment/flips/config.ts";
import { isTheory, type TheoryResult } from "../../experiment/theory/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { meanOf, quantities, type QuantityName } from "../flips/quantity.ts";
import { halvesOf, type Half } from "../robust/rows.ts";
import { isNormalized, nameOfData } from "../draw/data.ts";
import { thresholdOf } from "../robust/threshold.ts";
import type { FlipSummary } from "../../measure/flip-row.ts";
import { bootstrapExponent, type BootstrapExponent, type Replicates } from "../../util/bootstrap.ts";
import { canonicalJson } from "../../util/hash.ts";

/** What a power law may be in. */
export const variables = ["d", "m", "c0"] as const;
export type Variable = (typeof variables)[number];

/** Which networks: on which data, trained or as they were drawn, or trained adversarially. */
export const groupNames = ["mnist-trained", "sphere-trained", "sphere-fresh", "mnist-adversarial", "fashion-mnist-trained", "cifar10-trained"] as const;
export type GroupName = (typeof groupNames)[number];

export const groups: Readonly<Record<GroupName, string>> = {
  "mnist-trained": "MNIST, trained",
  "sphere-trained": "sphere, trained",
  "sphere-fresh": "sphere, at initialization",
  "mnist-adversarial": "MNIST, trained adversarially",
  "fashion-mnist-trained": "Fashion-MNIST, trained",
  "cifar10-trained": "CIFAR-10, trained",
};

/** What has an exponent: the three of the single step, and the two thresholds of Figure 4. */
export type ScalingName = "gradientNorm" | "step" | "perturbation" | "eps" | "radius";

export interface Scaling {
  readonly symbol: string;
  readonly name: string;
  /** The paper's exponent in each variable; "rises" where it only says so; absent where it says nothing. */
  readonly paper: { readonly [V in Variable]?: number | "rises" };
}

const ofFlips = (name: QuantityName): Scaling => {
  const { symbol, name: words, exponent } = quantities[name];
  return { symbol, name: words, paper: { d: exponent, m: 0, c0: "rises" } };
};

export const scalings: Readonly<Record<ScalingName, Scaling>> = {
  gradientNorm: ofFlips("gradientNorm"),
  step: ofFlips("step"),
  perturbation: ofFlips("perturbation"),
  eps: { symbol: "ε½", name: "budget at which robust accuracy is one half", paper: { d: -0.5 } },
  radius: { symbol: "V½", name: "radius at which robust accuracy is one half", paper: { m: -0.5 } },
};

/** One exponent: of one quantity, in one variable, of one group of networks. */
export interface Exponent {
  readonly name: ScalingName;
  readonly variable: Variable;
  readonly group: GroupName;
  /** From the smallest to the largest x, the places that the fit is of. */
  readonly xs: readonly number[];
  readonly fit: BootstrapExponent;
}

/** One network as the single step sees it. */
interface Observation {
  readonly group: GroupName;
  readonly at: { readonly [V in Variable]: number };
  /** All else that must agree on one line. */
  readonly rest: unknown;
  readonly seed: number;
  readonly flips: FlipSummary;
}

/** All exponents that the rows have data of, by variable, quantity and group. */
export function exponentsOf(results: readonly Cell[]): Exponent[] {
  const seen = observationsOf(results);
  const { left, right } = halvesOf(results);
  return variables.flatMap((variable) => [
    ...(["gradientNorm", "step", "perturbation"] as const).flatMap((name) =>
      groupNames.flatMap((group) => {
        const lines = linesOf(
          seen.filter((one) => one.group === group),
          variable,
          name,
        );
        return lines.length === 0 ? [] : [exponent(name, variable, group, lines)];
      }),
    ),
    ...(variable === "d" ? threshold("eps", "d", left) : variable === "m" ? threshold("radius", "m", right) : []),
  ]);
}

function exponent(name: ScalingName, variable: Variable, group: GroupName, lines: readonly (readonly Replicates[])[]): Exponent {
  const xs = [...new Set(lines.flatMap((line) => line.map(({ x }) => x)))].sort((a, b) => a - b);
  return { name, variable, group, xs, fit: bootstrapExponent(lines) };
}

function threshold(name: "eps" | "radius", variable: Variable, half: Half): Exponent[] {
  if (half.results.length === 0) return [];
  const line = new Map<number, number[]>();
  for (const { x, half: place } of thresholdOf(half).curves) if (place.at !== undefined) line.set(x, [...(line.get(x) ?? []), place.at]);
  return line.size < 2 ? [] : [exponent(name, variable, "mnist-adversarial", [[...line].map(([x, values]) => ({ x, values }))])];
}

/** How many networks stand behind the exponents. */
export function networksOf(results: readonly Cell[]): number {
  const { left, right } = halvesOf(results);
  return observationsOf(results).length + new Set([...left.results, ...right.results].map(({ key }) => key)).size;
}

/** The networks of ‖x‖ = 1 and no biases, each once however many cells measured it. */
function observationsOf(results: readonly Cell[]): Observation[] {
  const ours = results.filter((result): result is FlipsResult | TheoryResult => isFlips(result) || isTheory(result));
  const all = ours
    .filter(({ config }) => !config.network.bias && isNormalized(config))
    .flatMap((result) => (isFlips(result) ? [ofFlipsCell(result)] : ofTheoryCell(result)));
  // The theory's cells have other conventions than the flips' cells (a wrong prediction flips as well): one of the two.
  const preferred = all.some(({ group, rest }) => group === "mnist-trained" && isFlipsRest(rest));
  const kept = all.filter(({ group, rest }) => groupNames.includes(group) && (group !== "mnist-trained" || isFlipsRest(rest) === preferred));
  return [...new Map(kept.map((one) => [canonicalJson([one.group, fixedOf(one, "none"), one.seed]), one])).values()];
}

/** What observations of the flips' cells begin with; those of the theory's cells have no training first. */
const flipsCells = "flips cells";
const isFlipsRest = (rest: unknown) => Array.isArray(rest) && rest[0] === flipsCells;

function ofFlipsCell({ config, row }: FlipsResult): Observation {
  const { c0, ...training } = config.training;
  const rest = [flipsCells, nameOfData(config.data), training, config.measure.flips.misclassified];
  return { group: `${config.data.dataset}-trained`, at: { d: row.d, m: row.m, c0 }, rest, seed: row.seed, flips: row };
}

/** A cell of the theory has two networks. The one at initialization is the same for every C_0 and training; neither knows of γ. */
function ofTheoryCell({ config, row }: TheoryResult): Observation[] {
  const { c0, ...training } = config.training;
  const { dataset } = config.data;
  const rest = ["theory cells", nameOfData(config.data), config.measure.theory.points];
  const isTrained = c0 > 0 && training.epochs > 0;
  return [
    ...(isTrained
      ? [{ group: `${dataset}-trained` as const, at: { d: row.d, m: row.m, c0 }, rest: [...rest, training], seed: row.seed, flips: row.trained }]
      : []),
    // Images of several sizes are several datasets; points whose dimension is a setting of their own are one.
    ...(datasetOf(config.data).isSynthetic
      ? [{ group: "sphere-fresh" as const, at: { d: row.d, m: row.m, c0: 0 }, rest, seed: row.seed, flips: row.fresh }]
      : []),
  ];
}

const fixedOf = ({ at, rest }: Observation, without: Variable | "none") => [rest, ...variables.map((name) => (name === without ? null : at[name]))];

/** Lines along one variable, everything else the same; those with two places at least. */
function linesOf(seen: readonly Observation[], variable: Variable, name: "gradientNorm" | "step" | "perturbation"): Replicates[][] {
  const lines = new Map<string, Map<number, number[]>>();
  for (const one of seen) {
    const value = meanOf(one.flips, name);
    if (!(value > 0 && Number.isFinite(value))) continue;
    const fixed = canonicalJson(fixedOf(one, variable));
    const line = lines.get(fixed) ?? new Map<number, number[]>();
    const x = one.at[variable];
    lines.set(fixed, line.set(x, [...(line.get(x) ?? []), value]));
  }
  return [...lines.values()].filter((line) => line.size > 1).map((line) => [...line].map(([x, values]) => ({ x, values })).sort((a, b) => a.x - b.x));
}
