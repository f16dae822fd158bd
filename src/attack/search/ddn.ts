import { field, positive, whole } from "../../util/field.ts";
import { dualSize } from "./geometry.ts";
import { beginOnRay } from "./ray.ts";
import { defineSearch } from "./rule.ts";
import { cosine, descent, scaleOf } from "./steps.ts";
import { plus } from "./vector.ts";

/**
 * Decoupled direction and norm (Rony et al. 2019, Algorithm 1): a step of descent decides the direction alone, and the length of the perturbation
 * shrinks or grows by a fixed share. The margin takes the place of the cross-entropy, whose gradient vanishes in float32 where the model is
 * sure, and lengths are in units of the perturbation on the sample's ray.
 */
export const ddn = defineSearch({
  summary: "descent that decides the direction, with a length that shrinks where the point is adversarial and grows where it is not",
  norms: ["l2"],
  access: "gradients",
  options: {
    steps: field({ description: "steps of descent", ...whole(1, 100_000), default: 100 }),
    gamma: field({ description: "share by which the length grows or shrinks", ...positive(0.99), default: 0.05 }),
  },
  async search(sample, { steps, gamma }) {
    const { x, limits } = sample;
    const first = await beginOnRay(sample);
    const scale = scaleOf(sample, first);
    let length = scale;
    let delta: Float64Array = new Float64Array(x.length);
    for (let step = 0; step < steps; step++) {
      const here = step === 0 ? first : await sample.look(plus(x, delta));
      const move = descent(sample, here);
      const pace = cosine(step, steps, [1, 0.01]) * scale;
      delta = plus(delta, move, pace);
      length *= here.margin < 0 ? 1 - gamma : 1 + gamma;
      const size = dualSize("l2", delta) || 1;
      delta = delta.map((value, j) => Math.max(limits.low[j]! - x[j]!, Math.min(limits.high[j]! - x[j]!, (value * length) / size)));
    }
    await sample.score([plus(x, delta)]);
  },
});
