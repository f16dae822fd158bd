import { isAdversarial, type AdversarialConfig, type AdversarialResult, type AdversarialRow } from "../../experiment/robust/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import { canonicalJson } from "../../util/hash.ts";
import { interval95, summarize, type Interval } from "../../util/statistics.ts";
import { c0Symbol, count, plural, range, short } from "../../util/words.ts";
import type { Direction, Sample } from "./half-accuracy.ts";
import { distinct, groupsOf, nameOfData } from "../draw/data.ts";

/** The two halves of Figure 4: robust accuracy over (d, ε) and over (m, radius). */
export type SideName = "left" | "right";

export interface Side {
  readonly name: SideName;
  /** What the horizontal axis has: d or m. */
  readonly across: { readonly symbol: "d" | "m"; readonly name: string; readonly one: string; readonly of: (row: AdversarialRow) => number };
  /** What the vertical axis has: ε or the radius V. */
  readonly along: { readonly symbol: "ε" | "V"; readonly name: string; readonly of: (row: AdversarialRow) => number };
  /** How robust accuracy goes as the latter grows. */
  readonly direction: Direction;
  /** Where the theory puts the threshold. */
  readonly rate: string;
  /** What all rows of this half have in common: their configuration without what varies. */
  readonly setting: (config: AdversarialConfig) => unknown;
}

export const sides: Readonly<Record<SideName, Side>> = {
  left: {
    name: "left",
    across: { symbol: "d", name: "input dimension d", one: "size", of: (row) => row.d },
    along: { symbol: "ε", name: "budget ε", of: (row) => row.eps },
    direction: "falling",
    rate: "c/√d",
    setting: ({ data, training: { eps, ...training }, measure, seed: _seed, ...rest }) => ({
      ...rest,
      data: nameOfData(data),
      training,
      measure: measure.robust.eps === eps ? atTrainedBudget(measure.robust) : measure.robust,
    }),
  },
  right: {
    name: "right",
    across: { symbol: "m", name: "width m", one: "width", of: (row) => row.m },
    along: { symbol: "V", name: "radius V", of: (row) => row.radius },
    direction: "rising",
    rate: "c/√m",
    // Radii given as such and radii given as C_0/√m are two grids.
    setting: ({ network: { m: _m, ...network }, training: { radius: _radius, c0, ...training }, seed: _seed, ...rest }) => ({
      ...rest,
      network,
      training,
      byRadius: c0 === undefined,
    }),
  },
};

/** How robust accuracy is measured, where that is at the budget of the training. */
const atTrainedBudget = ({ eps: _eps, ...robust }: AdversarialConfig["measure"]["robust"]) => robust;

/** One half with its rows. */
export interface Half {
  readonly side: Side;
  readonly results: readonly AdversarialResult[];
}

export interface Halves {
  readonly left: Half;
  readonly right: Half;
}

/**
 * Finds the rows of each half: of the settings whose rows differ in nothing but the seed and the two axes, the one with
 * the most rows. A setting with a single place on both axes may belong to either half: it goes where nothing else is,
 * beside a half that was trained in the same way.
 */
export function halvesOf(results: readonly Cell[]): Halves {
  // A half whose accuracy JSON could not hold says nothing; an axis is logarithmic and has no place for 0.
  const all = results.filter(isAdversarial).filter(({ row }) => Number.isFinite(row.robustTestAccuracy) && row.eps > 0 && row.radius > 0);
  const places = ({ across, along }: Side, group: readonly AdversarialResult[]) => new Set(group.map(({ row }) => `${across.of(row)} ${along.of(row)}`)).size;
  const largest = (side: Side, from: readonly AdversarialResult[], fewest: number) =>
    groupsOf(from, ({ config }) => canonicalJson(side.setting(config)))
      .filter((group) => places(side, group) >= fewest)
      .reduce<readonly AdversarialResult[]>((most, group) => (group.length > most.length ? group : most), []);
  let [left, right] = [largest(sides.left, all, 2), largest(sides.right, all, 2)];
  const rest = (taken: readonly AdversarialResult[]) =>
    all.filter(({ key, config }) => taken.every((one) => one.key !== key) && (taken.length === 0 || trainedAs(config) === trainedAs(taken[0]!.config)));
  if (left.length === 0) left = largest(sides.left, rest(right), 1);
  if (right.length === 0) right = largest(sides.right, rest(left), 1);
  return { left: { side: sides.left, results: left }, right: { side: sides.right, results: right } };
}

/** All that neither half varies. */
function trainedAs(config: AdversarialConfig): string {
  const { data, network, training, measure } = config;
  const { m: _m, ...otherNetwork } = network;
  const { eps: _eps, radius: _radius, c0: _c0, ...otherTraining } = training;
  return canonicalJson([nameOfData(data), otherNetwork, otherTraining, atTrainedBudget(measure.robust)]);
}

/** The values a half was measured at on both axes. */
export function gridOf({ side, results }: Half): { readonly across: readonly number[]; readonly along: (x: number) => readonly number[] } {
  const all = distinct(results, side.along.of);
  // Radii that were given as C_0/√m differ from one m to the next.
  const own = side.name === "right" && results.some(({ row }) => row.c0 !== undefined);
  return {
    across: distinct(results, side.across.of),
    along: (x) =>
      own
        ? distinct(
            results.filter(({ row }) => side.across.of(row) === x),
            side.along.of,
          )
        : all,
  };
}

/** Robust accuracy at one place of both axes, over seeds. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly values: readonly number[];
  readonly mean: number;
  /** Student-t over seeds; NaN with a single one. */
  readonly interval: Interval;
  /** Mean accuracy on unperturbed test points. */
  readonly clean: number;
}

export function tilesOf({ side: { across, along }, results }: Half): Tile[] {
  const groups = groupsOf(results, ({ row }) => `${across.of(row)} ${along.of(row)}`);
  return groups
    .map((group): Tile => {
      const values = group.map(({ row }) => row.robustTestAccuracy);
      const { row } = group[0]!;
      return {
        x: across.of(row),
        y: along.of(row),
        values,
        mean: summarize(values).mean,
        interval: interval95(values),
        clean: summarize(group.map((one) => one.row.testAccuracy)).mean,
      };
    })
    .sort((a, b) => a.x - b.x || a.y - b.y);
}

/** One seed's accuracies along ε (or the radius) at one d (or m): a network each. */
export interface Curve {
  readonly x: number;
  readonly seed: number;
  readonly samples: readonly Sample[];
  /** Accuracy on unperturbed test points where the task is easiest: at the smallest ε, or the largest radius. */
  readonly clean: number;
}

export function curvesOf({ side: { across, along, direction }, results }: Half): Curve[] {
  return groupsOf(results, ({ row }) => `${across.of(row)} ${row.seed}`)
    .map((group): Curve => {
      const sorted = group.toSorted((a, b) => along.of(a.row) - along.of(b.row));
      const easiest = direction === "falling" ? sorted[0]! : sorted.at(-1)!;
      return {
        x: across.of(easiest.row),
        seed: easiest.row.seed,
        samples: sorted.map(({ row }) => ({ at: along.of(row), accuracy: row.robustTestAccuracy })),
        clean: easiest.row.testAccuracy,
      };
    })
    .sort((a, b) => a.x - b.x || a.seed - b.seed);
}

/** "m = 1,000, C₀ = 10" or "d = 784, ε = 0.2": what a half holds fixed. */
export function describeFixed({ side, results }: Half): string {
  const first = results[0];
  if (first === undefined) return "no runs yet";
  const { row } = first;
  return side.name === "left"
    ? `m = ${count(row.m)}, ${row.c0 === undefined ? `V = ${short(row.radius)}` : `${c0Symbol} = ${count(row.c0)}`}`
    : `d = ${count(row.d)}, ε = ${short(row.eps)}`;
}

/** "fast method, 2,000 training points, learning rate 0.01, 20 to 60 epochs". */
export function describeTraining(results: readonly AdversarialResult[]): string {
  const points = distinct(results, (row) => row.trainPoints);
  const epochs = results.map(({ row }) => row.epochs);
  const rates = new Set(results.map(({ config }) => config.training.lr));
  return `${results[0]!.row.method} method, ${range(points)} training ${points.at(-1) === 1 ? "point" : "points"}, learning rate ${[...rates].map((rate) => short(rate)).join(" or ")}, ${plural(Math.max(...epochs), "epoch").replace(/^\S+/, range(epochs))}`;
}
