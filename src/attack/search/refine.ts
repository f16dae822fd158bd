import type { Random } from "../../util/random.ts";
import { stepDown } from "./geometry.ts";
import { bracket } from "./line.ts";
import { findByNoise } from "./noise.ts";
import { restart } from "./restarts.ts";
import type { Access } from "./rule.ts";
import type { Decisions, Gradients, Look, Scores } from "./sample.ts";
import { type Vector, between, plus } from "./vector.ts";

/** How a search is refined. */
export interface Refinement {
  readonly access: Access;
  /** Steps along the boundary, by which those of the restarts are measured. 0 leaves out all but the way back toward the sample. */
  readonly steps: number;
  /** Where restarts begin; without it there are none. */
  readonly random: Random | undefined;
}

/**
 * Brings the nearest adversarial point that a search has found nearer: toward the sample on the straight line to it and then, if the search sees gradients,
 * by restarts and along the boundary. Searches share it, so that none ends far from the boundary because of its last step, or on a part of it that others pass by.
 */
export async function refine(sample: Gradients, { access, steps, random }: Refinement): Promise<void> {
  const follows = access === "gradients" && steps > 0;
  if (!sample.best && follows && random && sample.norm !== "l0") await findByNoise(sample, directions);
  if (!sample.best) return;
  if (sample.norm === "l0") return await dropNumbers(sample, follows ? steps : 0);
  if (access === "decisions") {
    await halveTo(sample, sample.best.point);
    return;
  }
  await approach(sample);
  if (!follows) return;
  if (random) await restart(sample, random, steps);
  await slide(sample, steps);
}

/** Random directions in which a point is looked for where a search found none. */
const directions = 4;

/** Relative width of the bracket at the end. */
const tolerance = 1e-6;

/** The point where the line from the sample to an adversarial point crosses the boundary, found by halving, with decisions alone; itself adversarial. */
export async function halveTo(sample: Decisions, point: Vector, least = tolerance): Promise<Float64Array> {
  let [low, high] = [0, 1];
  while (high - low > least * high) {
    const t = (low + high) / 2;
    const [wrong] = await sample.decide([between(sample.x, point, t)]);
    if (wrong) high = t;
    else low = t;
  }
  return between(sample.x, point, high);
}

/** The same by scores. */
export async function approach(sample: Scores, least = tolerance): Promise<void> {
  const point = sample.best!.point;
  const [margin] = await sample.score([point]);
  await bracket(sample, (t) => between(sample.x, point, t), { t: 0, margin: sample.margin }, { t: 1, margin: margin! }, least);
}

/** Shares of the way to the linear part's nearest point that are tried at once. */
const shares = [1, 0.7, 0.4, 0.2, 0.08, 0.03];
/** A step that gains less than this, relatively, is the last. */
const worthwhile = 1e-4;

/**
 * Along the boundary to where it is nearest: from the nearest point so far, to the point nearest to the sample on the plane that touches the boundary
 * there. Where the boundary bends away, a shorter way is taken and brought back to the boundary by the slope already known.
 */
async function slide(sample: Gradients, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) {
    const { point, distance } = sample.best!;
    const look = await sample.look(point);
    if (look.flat) return;
    const goal = nearestOnPlane(sample, point, look);
    const way = shares.map((share) => between(point, goal, share));
    const margins = await sample.score(way);
    const mended = way.flatMap((from, k) => {
      const margin = margins[k]!;
      if (!(margin >= 0 && margin < Infinity)) return [];
      const back = stepDown(sample.norm, look.gradient, 1.1 * margin + 1e-6 * Math.abs(sample.margin), from, sample.limits);
      return [plus(from, back)].filter((to) => sample.distance(to) < distance);
    });
    if (mended.length > 0) await sample.score(mended);
    if (sample.best!.distance < distance) await approach(sample, 1e-3);
    if (sample.best!.distance > distance * (1 - worthwhile)) break;
  }
  await approach(sample);
}

/** The point nearest to the sample at which the linear part of the margin at `point` is 0. */
export function nearestOnPlane(sample: Scores, point: Vector, { margin, gradient }: Look): Float64Array {
  let need = margin;
  for (let j = 0; j < gradient.length; j++) need += gradient[j]! * (sample.x[j]! - point[j]!);
  const step = stepDown(sample.norm, gradient, need, sample.x, sample.limits);
  return plus(sample.x, step);
}

/**
 * In l0: sets back the changed numbers that matter least, as many at once as the prediction allows, and at last each of them alone. With gradients
 * those that stay are first moved as far as they may, which is free.
 */
async function dropNumbers(sample: Gradients, steps: number): Promise<void> {
  if (steps > 0) {
    const look = await sample.look(sample.best!.point);
    await sample.score([Float64Array.from(sample.best!.point, (value, j) => (value === sample.x[j] ? value : edge(sample, j, look.gradient[j]!, value)))]);
  }
  for (let round = 0; round < Math.max(1, steps); round++) {
    const { point, distance } = sample.best!;
    const changed = Array.from(point.keys()).filter((j) => point[j] !== sample.x[j]);
    const slopes = steps > 0 ? (await sample.look(point)).gradient : undefined;
    const worth = (j: number) => Math.abs(point[j]! - sample.x[j]!) * (slopes ? Math.abs(slopes[j]!) : 1);
    changed.sort((a, b) => worth(a) - worth(b));
    const without = (set: readonly number[]) => {
      const fewer = Float64Array.from(point);
      for (const j of set) fewer[j] = sample.x[j]!;
      return fewer;
    };
    const counts = [];
    for (let count = 1; count < changed.length; count *= 2) counts.push(count);
    if (counts.length > 0) await sample.decide(counts.map((count) => without(changed.slice(0, count))));
    if (sample.best!.distance < distance) continue;
    await sample.decide(changed.slice(0, mostAlone).map((j) => without([j])));
    if (sample.best!.distance === distance) return;
  }
}

/** So many numbers are tried alone. */
const mostAlone = 64;

function edge({ limits: { low, high } }: Decisions, j: number, slope: number, value: number): number {
  const to = slope > 0 ? low[j]! : slope < 0 ? high[j]! : value;
  return Number.isFinite(to) ? to : value;
}
