import { field, positive, whole } from "../../util/field.ts";
import { descend } from "./descent.ts";
import { beginOnRay, linearEstimate } from "./ray.ts";
import { defineSearch } from "./rule.ts";
import { scaleOf } from "./steps.ts";

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
    steps: field({ description: "steps of descent", ...whole(1, 100_000), default: 40 }),
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
    const { norm, x } = sample;
    const first = await beginOnRay(sample);
    const scale = scaleOf(sample, first);
    let radius = norm === "l0" ? Math.max(1, Math.floor(sample.best?.distance ?? x.length)) : (sample.best?.distance ?? 2 * linearEstimate(sample, first));
    if (!Number.isFinite(radius)) radius = x.length * scale;
    await descend(sample, {
      steps,
      lengths: [stepSize * scale, 0.01 * stepSize * scale],
      gammas: [gamma, gamma / 50],
      radius,
      nearest: sample.best,
      from: x,
      first,
    });
  },
});
