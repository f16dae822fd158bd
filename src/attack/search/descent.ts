import { dualSize, project } from "./geometry.ts";
import type { Gradients, Look } from "./sample.ts";
import { cosine, descent } from "./steps.ts";
import { limited, minus, plus } from "./vector.ts";

/** A point, and how far it is from the sample in the norm of the search. */
export interface Reached {
  readonly point: Float64Array | Float32Array;
  readonly distance: number;
}

/** A descent of the margin within a ball whose radius follows the boundary. */
export interface Descent {
  readonly steps: number;
  /** Length in l2 of the first step and of those that it falls to. */
  readonly lengths: readonly [first: number, last: number];
  /** Share by which the ball grows or shrinks in the first step, and to which it falls. */
  readonly gammas: readonly [first: number, last: number];
  /** The ball's first radius, in the norm of the search. */
  readonly radius: number;
  /** The nearest adversarial point that the way knows: the ball never grows beyond it. Where it has none, the ball grows up to `most`. */
  readonly nearest: Reached | undefined;
  readonly most?: number;
  /** Where it begins, and what is seen there if that is known. */
  readonly from: Float64Array | Float32Array;
  readonly first?: Look;
}

/**
 * The steps of FMN (Pintor et al. 2021, Algorithm 1): the ball shrinks where the point is adversarial, and grows where it is not.
 * @returns the nearest adversarial point on its way, or the one it knew
 */
export async function descend(
  sample: Gradients,
  { steps, lengths, gammas, radius, nearest, most = Infinity, from, first }: Descent,
): Promise<Reached | undefined> {
  const { norm, x, limits } = sample;
  let eps = radius;
  let best = nearest;
  let delta = minus(from, x);
  for (let step = 0; step < steps; step++) {
    const at = plus(x, delta);
    const here = step === 0 && first ? first : await sample.look(at);
    const far = sample.distance(at);
    if (here.margin < 0 && !(best && best.distance <= far)) best = { point: at, distance: far };
    const share = cosine(step, steps, gammas);
    const bound = best?.distance ?? most;
    if (norm === "l0") eps = here.margin < 0 ? Math.min(eps - 1, Math.floor(eps * (1 - share)), bound) : Math.max(eps + 1, Math.floor(eps * (1 + share)));
    else if (here.margin < 0) eps = Math.min(eps * (1 - share), bound);
    else if (bound < Infinity) eps = Math.min(eps * (1 + share), bound);
    else eps = Math.max(eps, far + Math.abs(here.margin) / (dualSize(norm, here.gradient) || Infinity));
    eps = Math.max(eps, norm === "l0" ? 1 : 0);
    const move = descent(sample, here);
    delta = limited(project(norm, plus(delta, move, cosine(step, steps, lengths)), eps), x, limits);
  }
  return best;
}
