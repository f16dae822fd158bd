import type { Cell } from "../../experiment/experiment.ts";
import type { TheoryResult } from "../../experiment/theory/config.ts";
import type { StepShares } from "../../theory/rays/step-shares.ts";
import { canonicalJson } from "../../util/hash.ts";
import { nameOfData, shortName } from "../draw/data.ts";
import { lineAlong, meanOver, theoryOf, valuesOf, type Line, type Mean } from "./rows.ts";

/** The two networks of a cell. */
export const states = ["fresh", "trained"] as const;
export type State = (typeof states)[number];
export const stateNames: Readonly<Record<State, string>> = { fresh: "at initialization", trained: "trained" };

export const sharesOf = ({ row }: TheoryResult, state: State): StepShares => (state === "fresh" ? row.freshShares : row.trainedShares);

/** Whether a cell's second network is another than its first. */
export const isTrained = ({ config }: TheoryResult): boolean => config.training.c0 > 0 && config.training.epochs > 0;

export const hasState = (result: TheoryResult, state: State): boolean => state === "fresh" || isTrained(result);

/** One network measured twice, in cells that differ in γ or in the number of draws, counts once. */
export function networksOf(results: readonly Cell[]): TheoryResult[] {
  const seen = new Map<string, TheoryResult>();
  for (const result of theoryOf(results)) {
    const { data, network, training, measure, seed } = result.config;
    const key = canonicalJson([nameOfData(data), result.row.d, network, training, measure.theory.points, seed]);
    if (!seen.has(key)) seen.set(key, result);
  }
  return [...seen.values()];
}

/** Per dataset the cells along d that show most of it. */
export function linesByData(results: readonly TheoryResult[]): { readonly dataset: string; readonly line: Line }[] {
  const names = [...new Set(results.map(({ config }) => config.data.dataset))].sort().toReversed();
  return names.map((name) => {
    const own = results.filter(({ config }) => config.data.dataset === name);
    return { dataset: shortName(own[0]!.config), line: lineAlong(own, "d") };
  });
}

/** The smallest C_1 that flips 99 % of the points, along d; and the runs for which no C_1 of the grid does. */
export function smallestAlong(
  { results }: Line,
  state: State,
): { readonly places: readonly { readonly d: number; readonly value: Mean }[]; readonly never: number } {
  const own = results.filter((result) => hasState(result, state));
  const places = valuesOf(own, "d").flatMap((d) => {
    const value = meanOver(own.filter(({ row }) => row.d === d).map((result) => sharesOf(result, state).smallest));
    return value === undefined ? [] : [{ d, value }];
  });
  return { places, never: own.filter((result) => sharesOf(result, state).smallest === null).length };
}

/** The share of points that a step of C_1/d flips, between two values of the grid on a straight line over log C_1. */
export function shareAt({ c1: grid, share }: StepShares, c1: number): number {
  const after = grid.findIndex((value) => value >= c1 * (1 - 1e-9));
  if (after < 0) return share.at(-1) ?? NaN;
  if (after === 0) return share[0] ?? NaN;
  const weight = Math.log(c1 / grid[after - 1]!) / Math.log(grid[after]! / grid[after - 1]!);
  return share[after - 1]! + weight * (share[after]! - share[after - 1]!);
}

/** The width of the panel below the other four. */
export const wideWindow = 2 * 336 + 90;
