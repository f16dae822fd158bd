import { field, positive, whole } from "../../util/field.ts";
import { dualSize, project } from "./geometry.ts";
import { beginOnRay, linearEstimate } from "./ray.ts";
import { defineSearch } from "./rule.ts";
import { cosine, descent, scaleOf } from "./steps.ts";

/**
 * The fast minimum-norm attack (Pintor et al. 2021, Algorithm 1): descends the margin within a ball that shrinks where the point is adversarial, and grows
 * where it is not. Where the authors' step has a length of 1, in the units of images, ours is in units of the perturbation on the sample's own ray,
 * so that it fits inputs of any scale.
 */
export const fmn = defineSearch({
  summary: "descent within a ball that shrinks where the point is adversarial and grows where it is not",
  norms: ["l2", "linf", "l1", "l0"],
  access: "gradients",
  options: {
    steps: field({ description: "steps of descent", ...whole(1, 100_000), default: 100 }),
    stepSize: field({
      description: "length of the first step, in units of the perturbation on the sample's ray; later ones fall to a hundredth",
      ...positive(100),
      default: 1,
    }),
    gamma: field({
      description: "share by which the ball grows or shrinks in the first step; later ones fall to a fiftieth",
      ...positive(0.99),
      default: 0.05,
    }),
  },
  async search(sample, { steps, stepSize, gamma }) {
    const { norm, x, limits } = sample;
    const first = await beginOnRay(sample);
    const scale = scaleOf(sample, first);
    let eps = norm === "l0" ? Math.max(1, Math.floor(sample.best?.distance ?? x.length)) : (sample.best?.distance ?? 2 * linearEstimate(sample, first));
    if (!Number.isFinite(eps)) eps = x.length * scale;
    let delta: Float64Array = new Float64Array(x.length);
    for (let step = 0; step < steps; step++) {
      const here = step === 0 ? first : await sample.look(x.map((value, j) => value + delta[j]!));
      const share = cosine(step, steps, 0.02) * gamma;
      const best = sample.best?.distance ?? Infinity;
      if (norm === "l0") eps = here.margin < 0 ? Math.min(eps - 1, Math.floor(eps * (1 - share)), best) : Math.max(eps + 1, Math.floor(eps * (1 + share)));
      else if (here.margin < 0) eps = Math.min(eps * (1 - share), best);
      else if (sample.best) eps = Math.min(eps * (1 + share), best);
      else eps = Math.max(eps, sample.distance(x.map((value, j) => value + delta[j]!)) + Math.abs(here.margin) / (dualSize(norm, here.gradient) || Infinity));
      eps = Math.max(eps, norm === "l0" ? 1 : 0);
      const move = descent(sample, here);
      const length = stepSize * cosine(step, steps, 0.01) * scale;
      delta = project(
        norm,
        delta.map((value, j) => value + length * move[j]!),
        eps,
      );
      delta = delta.map((value, j) => Math.max(limits.low[j]! - x[j]!, Math.min(limits.high[j]! - x[j]!, value)));
    }
  },
});
