import { functionExtremes } from "./function-value.ts";
import { radiusOf, type Draw, type Setting } from "./statement.ts";

/**
 * ‖∇f(x; W)‖ at an adversarial W of the ball, for one draw of (a, W_0): simulated exactly in distribution, in O(m) and without
 * vectors. With A' = (1/√m) Σ a_s P w_{s,0} over the N' neurons active in the whole ball (z_s > V), S moves against v = A'/‖A'‖, as in
 * the first step of `smallestGradient`.
 * - Given z and a, ‖A'‖² is (N'/m) χ² with d − 1 degrees of freedom, and c_s = a_s v·w_{s,0} for s in S is N(0, 1): rows of S are
 *   independent of A', and so of v.
 * - A neuron of S is made active where that helps: at r_s = V if it was active before and √(V² − z_s²) if it has to be brought to
 *   w_s·x = 0 first, it adds (c_s − r_s)/√m along v and, on average, (d − 2)/m to the square of what is orthogonal to v and x. The norm
 *   falls where r_s − c_s > (d − 2)/(2√m‖A'‖). Those chosen are T.
 * - Orthogonal to v and x, T adds a vector whose squared norm is (|T|/m) χ² with d − 2 degrees of freedom: the choice did not look there.
 * - Along x the gradient is f(x; W) (f is homogeneous), and none of these moves but the switches changes a w_s·x.
 * - The N' rows then move against the sum of all that, which takes N' V/√m off its norm, but not below 0.
 */
export function adversarialGradient(setting: Setting, { z, a, random }: Draw): number {
  const { d, m } = setting;
  const radius = radiusOf(setting);
  // On a line ∇f = f/x, and |f| is smallest at 0 or at one of its extremes: f is continuous in W.
  if (d === 1) {
    const { sup, inf } = functionExtremes(z, a, radius);
    return Math.max(0, inf, -sup);
  }
  const scale = 1 / Math.sqrt(m);
  let [fixed, f] = [0, 0];
  for (let s = 0; s < m; s++) {
    if (!(z[s]! > radius)) continue;
    fixed++;
    f += a[s]! * z[s]!;
  }
  // All of S can be made inactive, and nothing is left.
  if (fixed === 0) return 0;
  let along = scale * Math.sqrt(fixed * random.chiSquare(d - 1));
  const price = (scale * (d - 2)) / (2 * along);
  let chosen = 0;
  for (let s = 0; s < m; s++) {
    const zs = z[s]!;
    if (Math.abs(zs) > radius) continue;
    const share = random.normal() - (zs > 0 ? radius : Math.sqrt(radius ** 2 - zs ** 2));
    if (share >= -price) continue;
    chosen++;
    along += scale * share;
    f += a[s]! * Math.max(0, zs);
  }
  const across = scale * Math.sqrt(chosen * random.chiSquare(d - 2));
  return Math.max(0, Math.sqrt(along ** 2 + across ** 2 + (scale * f) ** 2) - scale * fixed * radius);
}
