import type { Random } from "../../util/random.ts";
import { type Reached, descend } from "./descent.ts";
import { distance, dualSize } from "./geometry.ts";
import type { Decisions, Gradients } from "./sample.ts";
import { limited, plus } from "./vector.ts";

/** A round of descents from the most promising points of the round before. */
interface Round {
  /** How many points go on, at most, and how much farther than the nearest of them they may be. */
  readonly ways: number;
  readonly within: number;
  /** Steps of each descent, as a share of the refinement's. */
  readonly share: number;
  /** Length of the first and the last step, as a share of the perturbation's in l2. */
  readonly lengths: readonly [first: number, last: number];
  /** By which share the ball shrinks and grows, first and last. */
  readonly gammas: readonly [first: number, last: number];
}

const rounds: readonly Round[] = [
  { ways: 10, within: Infinity, share: 0.6, lengths: [2, 0.5], gammas: [0.1, 0.05] },
  { ways: 4, within: 1.15, share: 1, lengths: [0.5, 0.15], gammas: [0.05, 0.02] },
  { ways: 2, within: 1.03, share: 2, lengths: [0.15, 0.01], gammas: [0.02, 0.001] },
];

/** How far random starts lie and how far out their ways may lead, in units of the nearest distance so far: beyond it, because other parts of the boundary are hidden behind this one. */
const reach = 1.5;
/** Points that are closer to each other than this share of the perturbation lead to the same place. */
const apart = 0.05;

interface Way {
  readonly from: Reached["point"];
  readonly nearest: Reached | undefined;
}

/**
 * Looks for other parts of the boundary that are nearer: short descents from random points, the best of which go on together with the point that the search found,
 * fewer and with shorter steps in each round (successive halving, Jamieson & Talwalkar 2016).
 */
export async function restart(sample: Gradients, random: Random, steps: number): Promise<void> {
  const known = sample.best;
  if (!known) return;
  const size = distance("l2", sample.x, known.point);
  let ways: readonly Way[] = Array.from({ length: rounds[0]!.ways }, () => ({ from: near(sample, random, reach * known.distance), nearest: undefined }));
  for (const [number, { share, lengths, gammas, ...most }] of rounds.entries()) {
    if (number === 1) ways = [...ways, { from: known.point, nearest: known }];
    if (number > 0) ways = promising(sample, ways, { ...most, apart: apart * known.distance });
    const next: Way[] = [];
    for (const { from, nearest } of ways) {
      const found = await descend(sample, {
        steps: Math.round(share * steps),
        lengths: [lengths[0] * size, lengths[1] * size],
        gammas,
        radius: nearest?.distance ?? reach * sample.best!.distance,
        most: reach * sample.best!.distance,
        nearest,
        from,
      });
      next.push({ from: found?.point ?? from, nearest: found });
    }
    ways = next;
  }
}

/** The ways with the nearest points, of those that lead to the same place only one. */
function promising(
  { norm }: Decisions,
  ways: readonly Way[],
  { ways: most, within, apart: least }: Pick<Round, "ways" | "within"> & { readonly apart: number },
) {
  const found = ways.flatMap(({ nearest }) => (nearest ? [nearest] : [])).sort((a, b) => a.distance - b.distance);
  const kept: Reached[] = [];
  for (const one of found) {
    if (kept.length === most || one.distance > within * found[0]!.distance) break;
    if (kept.every(({ point }) => distance(norm, point, one.point) > least)) kept.push(one);
  }
  return kept.map((nearest) => ({ from: nearest.point, nearest }));
}

/** A random point at most so far from the sample. */
export function near({ x, norm, limits }: Decisions, random: Random, length: number): Float64Array {
  const noise = new Float64Array(x.length);
  for (let j = 0; j < noise.length; j++) noise[j] = norm === "linf" ? 2 * random.uniform() - 1 : random.normal();
  const size = norm === "linf" ? 1 : dualSize(norm === "l1" ? "linf" : "l2", noise);
  for (let j = 0; j < noise.length; j++) noise[j] = (length * noise[j]!) / size;
  return plus(x, limited(noise, x, limits));
}
