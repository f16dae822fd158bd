import { field, whole } from "../../util/field.ts";
import { dualSize, steepest } from "./geometry.ts";
import { type Crossing, type LineOptions, firstCrossing } from "./line.ts";
import { defineSearch } from "./rule.ts";
import type { Gradients, Look, Scores } from "./sample.ts";
import { plus } from "./vector.ts";

/** Where the margin's linear part at the sample reaches 0, in the norm of the search; for a sample on the boundary, a few roundings away from it. */
export const linearEstimate = (sample: Scores, { margin, gradient }: Look): number =>
  margin === 0 ? 2 ** -20 * (dualSize("l1", sample.x) || 1) : margin / dualSize(sample.norm, gradient);

/** The first crossing on the ray of steepest descent from the sample. */
export function crossingOnRay(sample: Scores, look: Look, options: Omit<LineOptions, "estimate"> = {}): Promise<Crossing | undefined> {
  const direction = steepest(sample.norm, look.gradient);
  return firstCrossing(sample, (t) => plus(sample.x, direction, t), { ...options, estimate: linearEstimate(sample, look) });
}

/** With what most searches begin: the sample's gradient, and an adversarial point on its ray, on a grid coarser than the ray's own search has. */
export async function beginOnRay(sample: Gradients): Promise<Look> {
  const look = await sample.look(sample.x);
  if (!look.flat) await crossingOnRay(sample, look, { cells: 8 });
  return look;
}

/**
 * The general single-step attack (Theorem 3.1 of the paper): along the one gradient at the sample, as far as it takes. The first crossing is
 * bracketed on a grid of the ray and then found to a relative 1e-7.
 */
export const ray = defineSearch({
  summary: "one gradient step away from the prediction, just long enough: the first crossing on the ray",
  norms: ["l2", "linf"],
  access: "gradients",
  restarts: false,
  options: {
    cells: field({ description: "places on the ray that are asked about up to twice the linear estimate", ...whole(2, 10_000), default: 32 }),
  },
  points: ({ cells }) => cells,
  async search(sample, { cells }) {
    const look = await sample.look(sample.x);
    if (!look.flat) await crossingOnRay(sample, look, { cells });
  },
});
