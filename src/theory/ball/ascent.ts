import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import type { Random } from "../../util/random.ts";
import { type Center, type GradientChange, type Plan, planFlips } from "./flip-plan.ts";
import { addTo, dot, norm, productsWith, scaleTo } from "../vectors.ts";

export interface AscentOptions {
  /** How far δ may reach: R. */
  readonly reach: number;
  /** How far every row of W may be moved: V; 0 for δ alone. */
  readonly radius: number;
  readonly random: Random;
  /** About how many multiplications it may cost. Default 3·10^8: a second or less. At least 8 rounds are made. */
  readonly budget?: number;
}

/**
 * Searches for sup over ‖δ‖ ≤ R and W in the ball around a network of ‖∇f(x; W) − ∇f(x + δ; W)‖: a lower bound of it.
 *
 * The change is D = (1/√m) Σ_s c_s w_s over the neurons that differ in x and x + δ, c_s = a_s where x + δ switches s on and −a_s
 * where off. It is piecewise constant in δ, so a gradient of it would be 0. A round has two halves:
 * - W, given δ and the direction u = D/‖D‖: a row within V of having its hyperplane run between x and x + δ may flip or not, as we
 *   like; those flip whose c_s w_s·u is positive. D·u can only grow by that, and so ‖D‖ (`planFlips`).
 * - δ, given u: for each neuron the best that W leaves of c_s w_s·u is a step function of w_s·δ, with a known threshold. We climb
 *   the sum with every step smoothed to the width of R, and scale δ back to the sphere of radius R.
 * At the end what is left of V moves the flipped rows along ±u, and everything is computed anew from the true masks.
 * @param x `[d]`, norm 1
 */
export function climbGradientChange(network: TwoLayerNetwork, x: Float32Array, { reach, radius, random, budget = 3e8 }: AscentOptions): GradientChange {
  const { d, m, weights, outer } = network;
  const z = productsWith(weights, x, m);
  const affordable = Math.floor(budget / (1.6 * m * d));
  const rounds = Math.max(8, Math.min(24, affordable));
  const starts = Math.max(1, Math.min(32, Math.floor(affordable / rounds)));
  const center = { weights, outer, x: Float64Array.from(x), z, d, m, radius };
  const slope = new Float64Array(d);
  for (let s = 0; s < m; s++) if (z[s]! > 0) addTo(slope, weights, s * d, outer[s]!);
  let best: { plan: Plan; size: number } | undefined;
  for (let start = 0; start < starts; start++) {
    const delta = scaleTo(start === 0 ? slope.map((v) => -v) : Float64Array.from({ length: d }, () => random.normal()), reach);
    let u: Float64Array | undefined;
    for (let round = 0; round < rounds; round++) {
      const plan = planFlips(center, delta, u);
      const size = norm(plan.sum);
      if (!best || size > best.size) best = { plan, size };
      if (size === 0) break;
      u = plan.sum.map((v) => v / size);
      climb(delta, center, plan, u, { reach, width: 2 * reach * 4 ** (-round / rounds) });
    }
  }
  return best!.plan.finish();
}

/**
 * One step of δ, by half of R. With g = a_s w_s·u and q = w_s·δ, a neuron gives |g| more where q is beyond a threshold θ, towards sign(g):
 * - |z| ≤ V: W can have the hyperplane run between x and x + δ, and the neuron flips the way of q: θ = 0.
 * - z < −V: x + δ switches it on, with all that W can do, from q = −V − z on: wanted where g > 0, unpreventable where V more is reached.
 * - z > V: likewise off from q = V − z down, or −V − z where W does not help.
 * We take θ = −sign(z)·max(0, |z| − V) for all, and the smoothed step has the slope of a triangle: 1 − |q − θ|/width.
 */
function climb(
  delta: Float64Array,
  { weights, outer, z, d, m, radius }: Center,
  { q }: Plan,
  u: Float64Array,
  { reach, width }: { readonly reach: number; readonly width: number },
): void {
  const ascent = new Float64Array(d);
  for (let s = 0; s < m; s++) {
    const threshold = -Math.sign(z[s]!) * Math.max(0, Math.abs(z[s]!) - radius);
    const far = Math.abs(q[s]! - threshold) / width;
    if (far < 1) addTo(ascent, weights, s * d, outer[s]! * dot(weights, s * d, u) * (1 - far));
  }
  const size = norm(ascent);
  if (size === 0) return;
  for (let i = 0; i < d; i++) delta[i]! += (0.5 * reach * ascent[i]!) / size;
  scaleTo(delta, reach);
}
