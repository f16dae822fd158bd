import { field, whole } from "../../util/field.ts";
import { distance, dualSize } from "./geometry.ts";
import { findByNoise } from "./noise.ts";
import { halveTo } from "./refine.ts";
import { defineSearch } from "./rule.ts";
import type { Decisions } from "./sample.ts";

/**
 * HopSkipJump (Chen, Jordan & Wainwright 2020, Algorithm 2): on the boundary, the share of random steps that change the class tells the direction of its normal;
 * a step along it, as long as it stays adversarial, and back to the boundary on the line to the sample.
 */
export const hopSkipJump = defineSearch({
  summary: "decisions alone: the boundary's normal from random steps, and back to the boundary",
  norms: ["l2", "linf"],
  access: "decisions",
  options: {
    steps: field({ description: "steps along the boundary", ...whole(1, 10_000), default: 30 }),
    evaluations: field({ description: "random steps for the first normal; the t-th takes √t times as many", ...whole(2, 100_000), default: 50 }),
    directions: field({ description: "random directions in which the first adversarial point is looked for", ...whole(1, 100_000), default: 25 }),
  },
  points: ({ steps, evaluations }) => Math.ceil(evaluations * Math.sqrt(steps)),
  async search(sample, { steps, evaluations, directions }) {
    await findByNoise(sample, directions);
    if (!sample.best) return;
    const { x, norm } = sample;
    const least = 1 / (x.length * Math.sqrt(x.length));
    let at = await halveTo(sample, sample.best.point, Math.min(1e-3, least));
    for (let step = 1; step <= steps; step++) {
      const far = distance(norm, x, at);
      const probe = step === 1 ? 0.1 * far : norm === "l2" ? far / x.length : far / Math.sqrt(x.length);
      const normal = await normalAt(sample, at, probe, Math.ceil(evaluations * Math.sqrt(step)));
      let length = far / Math.sqrt(step);
      for (let halving = 0; halving < 20; halving++, length /= 2) {
        const to = at.map((value, j) => value + length * normal[j]!);
        if ((await sample.decide([to]))[0]) {
          at = await halveTo(sample, to, Math.min(1e-3, least));
          break;
        }
      }
    }
  },
});

/** The direction of length 1 in which points at the boundary become adversarial, from random steps (eq. 16, with the mean as baseline). */
async function normalAt({ random, norm, x, decide }: Decisions, at: Float64Array, probe: number, count: number): Promise<Float64Array> {
  const steps = Array.from({ length: count }, () => {
    const way = Float64Array.from(x, () => (norm === "linf" ? 2 * random.uniform() - 1 : random.normal()));
    const size = norm === "linf" ? 1 : dualSize("l2", way);
    return way.map((value) => value / size);
  });
  const wrong = await decide(steps.map((way) => at.map((value, j) => value + probe * way[j]!)));
  const mean = wrong.reduce((sum, one) => sum + (one ? 1 : -1), 0) / count;
  const even = Math.abs(mean) === 1;
  const normal = new Float64Array(x.length);
  steps.forEach((way, k) => {
    const weight = (wrong[k] ? 1 : -1) - (even ? 0 : mean);
    for (let j = 0; j < normal.length; j++) normal[j]! += weight * way[j]!;
  });
  if (norm === "linf") return normal.map(Math.sign);
  const size = dualSize("l2", normal) || 1;
  return normal.map((value) => value / size);
}
