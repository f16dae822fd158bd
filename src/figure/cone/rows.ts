import { isCone, type ConeResult } from "../../experiment/cone/config.ts";
import type { Cell } from "../../experiment/experiment.ts";
import type { ConeStep } from "../../theory/ball/cone.ts";
import { summarize } from "../../util/statistics.ts";
import { c0Symbol, count } from "../../util/words.ts";
import { bySetting } from "../draw/settings.ts";

/* What Figure 1 reads off its rows: which belong together, and where a path leaves the ball and the cone. */

/**
 * The runs of one setting, which differ in the seed alone, by increasing seed, each with a path of at least one step: of several settings
 * the one with the most runs.
 */
export function pathsOf(results: readonly Cell[]): readonly ConeResult[] {
  const drawable = results.filter(isCone).map((result) => ({ ...result, row: { ...result.row, path: result.row.path.filter(known) } }));
  const groups = bySetting(
    drawable.filter(({ row }) => row.path.length > 0),
    [],
  );
  const best = groups.reduce((most, group) => (group.length > most.length ? group : most), []);
  return best.toSorted((one, other) => one.row.seed - other.row.seed);
}

/** A step as read from a file: what is no number there (JSON's null) cannot be drawn. */
function known({ deviation, coneDistance, steps }: ConeStep): boolean {
  return [deviation, coneDistance, steps].every((value) => typeof value === "number" && Number.isFinite(value) && value > 0);
}

export type Distance = "deviation" | "coneDistance";

/** A distance times √m: the C_0 of the ball (or of the cone) on whose edge the network lies. */
export function asC0({ row }: ConeResult, step: ConeStep, of: Distance): number {
  return step[of] * Math.sqrt(row.m);
}

/**
 * The step of training at which a distance first exceeds the lazy ball's radius, between two steps of the path by a power law;
 * at or before the first where that lies outside already. Null where the path ends inside.
 */
export function leavesAt(result: ConeResult, of: Distance): number | null {
  const { c0, path } = result.row;
  const after = path.findIndex((step) => asC0(result, step, of) > c0);
  if (after < 0) return null;
  const outside = path[after]!;
  if (after === 0) return outside.steps;
  const inside = path[after - 1]!;
  const [from, to] = [asC0(result, inside, of), asC0(result, outside, of)];
  return inside.steps * (outside.steps / inside.steps) ** (Math.log(c0 / from) / Math.log(to / from));
}

/** How much longer training stays in the cone than in the ball, in steps; null where it leaves neither. At least this where it does not leave the cone. */
export function stayFactor(result: ConeResult): { readonly factor: number; readonly leavesCone: boolean } | null {
  const ball = leavesAt(result, "deviation");
  if (ball === null) return null;
  const cone = leavesAt(result, "coneDistance");
  return { factor: (cone ?? Math.max(ball, result.row.path.at(-1)!.steps)) / ball, leavesCone: cone !== null };
}

/** "C₀ = 20" where the path leaves a ball, "end" where training ended inside one. */
export function stageName({ row }: ConeResult, step: ConeStep): string {
  return step === row.path.at(-1) && row.exitReason === "epochs" ? "end" : `${c0Symbol} = ${count(step.c0)}`;
}

/** A few steps of a path, about evenly spaced in the logarithm of the deviation, the first and the last among them. */
export function stagesOf({ row: { path } }: ConeResult, most = 4): ConeStep[] {
  const place = ({ deviation }: ConeStep) => Math.log(deviation);
  const [first, last] = [place(path[0]!), place(path.at(-1)!)];
  const nearest = (target: number) => path.reduce((best, step) => (Math.abs(place(step) - target) < Math.abs(place(best) - target) ? step : best));
  return [...new Set([path[0]!, ...Array.from({ length: most - 2 }, (_, k) => nearest(first + ((k + 1) / (most - 1)) * (last - first))), path.at(-1)!])];
}

/** The radius V of the lazy ball, and how far from its centre w = 0 lies, as the mean over the drawn rows. */
export function ballOf({ row }: ConeResult): { readonly radius: number; readonly norm: number } {
  const norms = row.path[0]!.rows.map(({ initialNorm }) => initialNorm);
  return { radius: row.c0 / Math.sqrt(row.m), norm: norms.length > 0 ? summarize(norms).mean : Infinity };
}
