import { field, positive, whole } from "../../util/field.ts";
import { dualSize, stepDown } from "./geometry.ts";
import { beginOnRay } from "./ray.ts";
import { defineSearch } from "./rule.ts";
import { minus, plus } from "./vector.ts";

/**
 * DeepFool (Moosavi-Dezfooli, Fawzi & Frossard 2016, Algorithm 2): to the nearest of the planes that the differences of logits have at the point at hand,
 * again and again, until the class changes. Each step stays in the box.
 */
export const deepfool = defineSearch({
  summary: "step by step to the nearest of the boundaries that the logits' linear parts have",
  norms: ["l2", "linf"],
  access: "gradients",
  restarts: false,
  options: {
    steps: field({ description: "steps, at most", ...whole(1, 10_000), default: 50 }),
    candidates: field({ description: "most likely other classes whose boundaries are compared", ...whole(1, 1_000), default: 9 }),
    overshoot: field({ description: "how much further than the boundary the whole perturbation goes, as a share of it", ...positive(10), default: 0.02 }),
  },
  points: ({ candidates }) => candidates,
  async search(sample, { steps, candidates, overshoot }) {
    await beginOnRay(sample);
    let at = sample.x;
    for (let step = 0; step < steps; step++) {
      const faces = await sample.faces(at, candidates);
      const far = faces.map(({ margin, gradient }) => Math.abs(margin) / dualSize(sample.norm, gradient));
      const nearest = Array.from(faces.keys())
        .filter((k) => !faces[k]!.flat && Number.isFinite(faces[k]!.margin))
        .sort((a, b) => far[a]! - far[b]!)[0];
      if (nearest === undefined || faces.some(({ margin }) => margin < 0)) return;
      const { margin, gradient } = faces[nearest]!;
      // As in the authors' code a little further than the plane itself, so that margins of 0 do not end the way.
      const move = stepDown(sample.norm, gradient, margin + 1e-4 * Math.abs(sample.margin), at, sample.limits);
      at = plus(at, move);
      await sample.score([plus(at, minus(at, sample.x), overshoot)]);
    }
  },
});
