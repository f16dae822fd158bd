import { field, positive, whole } from "../../util/field.ts";
import { beginOnRay } from "./ray.ts";
import { defineSearch } from "./rule.ts";
import { scaleOf } from "./steps.ts";
import { minus, plus } from "./vector.ts";

/**
 * The attack of Carlini & Wagner (2017, Sect. V and VI) in l2: Adam on ‖δ‖² + c·max(margin, 0), with c searched by doubling and halving. The perturbation itself
 * is the variable and is brought into the box after each step: the change of variable by tanh of the paper has no value for inputs at 0 and 1.
 * Lengths are in units of the perturbation on the sample's ray and margins in units of the sample's own, so that c and steps fit any scale.
 */
export const carliniWagner = defineSearch({
  summary: "Adam on the length of the perturbation and the margin together, with a searched weight between them",
  norms: ["l2"],
  access: "gradients",
  options: {
    steps: field({ description: "steps of Adam for each weight", ...whole(1, 100_000), default: 60 }),
    searches: field({ description: "weights that are tried one after the other", ...whole(1, 100), default: 5 }),
    stepSize: field({
      description: "step size of Adam, in units of the root mean square of the perturbation on the sample's ray",
      ...positive(100),
      default: 0.2,
    }),
  },
  async search(sample, { steps, searches, stepSize }) {
    const { x, limits } = sample;
    const d = x.length;
    const first = await beginOnRay(sample);
    const scale = scaleOf(sample, first);
    const pace = (stepSize * scale) / Math.sqrt(d);
    let [weight, least, most] = [1, 0, Infinity];
    for (let search = 0; search < searches; search++) {
      const start = sample.best && search > 0 ? sample.best.point : x;
      const delta = minus(start, x);
      const [mean, square] = [new Float64Array(d), new Float64Array(d)];
      let reached = false;
      for (let step = 1; step <= steps; step++) {
        const here = await sample.look(plus(x, delta));
        reached ||= here.margin < 0;
        const pull = here.margin > 0 ? weight / Math.abs(sample.margin) : 0;
        for (let j = 0; j < d; j++) {
          const slope = (2 * delta[j]!) / scale ** 2 + pull * here.gradient[j]!;
          mean[j] = 0.9 * mean[j]! + 0.1 * slope;
          square[j] = 0.999 * square[j]! + 0.001 * slope * slope;
          const size = Math.sqrt(square[j]! / (1 - 0.999 ** step));
          const move = size > 0 ? (pace * mean[j]!) / (1 - 0.9 ** step) / size : 0;
          delta[j] = Math.max(limits.low[j]! - x[j]!, Math.min(limits.high[j]! - x[j]!, delta[j]! - move));
        }
      }
      if (reached) most = weight;
      else least = weight;
      weight = most < Infinity ? (least + most) / 2 : 10 * weight;
    }
  },
});
