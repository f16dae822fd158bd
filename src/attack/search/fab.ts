import { field, positive, whole } from "../../util/field.ts";
import { dualSize, stepDown } from "./geometry.ts";
import { beginOnRay, linearEstimate } from "./ray.ts";
import { nearestOnPlane } from "./refine.ts";
import { near } from "./restarts.ts";
import { defineSearch } from "./rule.ts";
import { between, plus } from "./vector.ts";

/**
 * The fast adaptive boundary attack (Croce & Hein 2020, "Minimally distorted adversarial examples", Algorithm 1): projects onto the plane that the nearest boundary has at the
 * point at hand, both from that point and from the sample, goes on from a mean of the two that leans to the sample, and steps back toward the sample whenever
 * the class has changed.
 */
export const fab = defineSearch({
  summary: "projections onto the boundary's linear part, from the point at hand and from the sample",
  norms: ["l2", "linf", "l1"],
  access: "gradients",
  options: {
    steps: field({ description: "steps of each run", ...whole(1, 100_000), default: 60 }),
    restarts: field({ description: "runs; the first begins at the sample, the others at random points near it", ...whole(1, 1_000), default: 1 }),
    candidates: field({ description: "most likely other classes whose boundaries are compared", ...whole(1, 1_000), default: 4 }),
    eta: field({ description: "how much further than the boundary a step goes, as a factor", ...positive(10), default: 1.05 }),
    bias: field({ description: "the most that a step leans to the sample, from 0 to 1", ...positive(1), default: 0.1 }),
    backward: field({ description: "share of the perturbation that is kept in the step back", ...positive(1), default: 0.9 }),
  },
  points: ({ candidates }) => candidates,
  async search(sample, { steps, restarts, candidates, eta, bias, backward }) {
    const { norm, x, limits } = sample;
    const first = await beginOnRay(sample);
    for (let run = 0; run < restarts; run++) {
      const reach = (sample.best?.distance ?? linearEstimate(sample, first)) / 2;
      let at = run === 0 ? x : near(sample, sample.random, (Number.isFinite(reach) ? reach : 1) * sample.random.uniform());
      for (let step = 0; step < steps; step++) {
        const faces = (await sample.faces(at, candidates)).filter(({ flat, margin }) => !flat && Number.isFinite(margin));
        if (faces.length === 0) break;
        const far = faces.map(({ margin, gradient }) => Math.abs(margin) / dualSize(norm, gradient));
        const face = faces[far.indexOf(Math.min(...far))]!;
        // From the other side of the boundary the step leads back to it.
        const outward = face.margin >= 0 ? face : { ...face, margin: -face.margin, gradient: face.gradient.map((slope) => -slope) };
        const own = stepDown(norm, outward.gradient, outward.margin, at, limits);
        const goal = nearestOnPlane(sample, at, face);
        const ownSize = sample.distance(plus(x, own));
        const goalSize = sample.distance(goal);
        const lean = Math.min(ownSize / (ownSize + goalSize) || 0, bias);
        const [ahead, beside] = [plus(at, own, eta), between(x, goal, eta)];
        const to = new Float64Array(x.length);
        for (let j = 0; j < to.length; j++) to[j] = (1 - lean) * ahead[j]! + lean * beside[j]!;
        const [margin] = await sample.score([to]);
        at = to.map((value, j) => Math.max(limits.low[j]!, Math.min(limits.high[j]!, margin! < 0 ? x[j]! + backward * (value - x[j]!) : value)));
      }
    }
  },
});
