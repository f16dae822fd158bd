import { dualSize, project } from "./geometry.ts";
import type { Gradients, Look } from "./sample.ts";
import { cosine, descent } from "./steps.ts";
import { limited, minus, plus } from "./vector.ts";

/** A descent of the margin within a ball whose radius follows the boundary. */
export interface Descent {
  readonly steps: number;
  /** Length in l2 of the first step; later ones fall to a hundredth. */
  readonly length: number;
  /** Share by which the ball grows or shrinks in the first step; later ones fall to a fiftieth. */
  readonly gamma: number;
  /** The ball's first radius, in the norm of the search. */
  readonly radius: number;
  /** Where it begins, and what is seen there if that is known. */
  readonly from: Float64Array | Float32Array;
  readonly first?: Look;
}

/** The steps of FMN (Pintor et al. 2021, Algorithm 1): the ball shrinks where the point is adversarial, and grows where it is not. */
export async function descend(sample: Gradients, { steps, length, gamma, radius, from, first }: Descent): Promise<void> {
  const { norm, x, limits } = sample;
  let eps = radius;
  let delta = minus(from, x);
  for (let step = 0; step < steps; step++) {
    const here = step === 0 && first ? first : await sample.look(plus(x, delta));
    const share = cosine(step, steps, 0.02) * gamma;
    const best = sample.best?.distance ?? Infinity;
    if (norm === "l0") eps = here.margin < 0 ? Math.min(eps - 1, Math.floor(eps * (1 - share)), best) : Math.max(eps + 1, Math.floor(eps * (1 + share)));
    else if (here.margin < 0) eps = Math.min(eps * (1 - share), best);
    else if (sample.best) eps = Math.min(eps * (1 + share), best);
    else eps = Math.max(eps, sample.distance(plus(x, delta)) + Math.abs(here.margin) / (dualSize(norm, here.gradient) || Infinity));
    eps = Math.max(eps, norm === "l0" ? 1 : 0);
    const move = descent(sample, here);
    const pace = cosine(step, steps, 0.01) * length;
    delta = limited(project(norm, plus(delta, move, pace), eps), x, limits);
  }
}
