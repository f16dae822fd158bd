import { adversarialGradient } from "./gradient-draw.ts";
import { measureGradient } from "./gradient-measure.ts";
import { smallestInitial } from "./gradient-size.ts";
import { switchableSharp } from "./sign-flips.ts";
import { defineStatement, radiusOf, smallestWidth, type Setting } from "./statement.ts";
import { exponentOf } from "../tails.ts";

/**
 * Lemma 4.2 / B.7 with a bound of ours that is not vacuous at practical sizes. It looks at ∇f along one direction only.
 *
 * Let N' = #{s : z_s > V} count the neurons that no W of the ball makes inactive, A' = (1/√m) Σ a_s P w_{s,0} over them, and
 * v = A'/‖A'‖. For every W of the ball, with c_s = a_s v·w_{s,0},
 *     ‖∇f‖ ≥ v·∇f ≥ ‖A'‖ − N' V/√m + (1/√m) Σ_{s in S} min(0, c_s − V),
 * since moving row s by at most V reduces a_s v·w_s by at most V, and a neuron of S adds that or, if it is inactive, nothing. Now
 * v is independent of the rows of S, so c_s, s in S, are independent N(0, 1). Five events, each of which fails with probability e^−u = γ/5:
 * - N'/m is at least ½ − V/√(2π) − t, and at most ½ + t, t = √(u/2m) (Hoeffding, twice; P(z > V) ≥ ½ − V/√(2π));
 * - ‖A'‖² = (N'/m) χ² with d − 1 degrees of freedom, and χ² ≥ d − 1 − 2√((d−1)u) (Laurent and Massart 2000);
 * - |S| is at most its bound by Bernstein (see `switchableSharp`);
 * - Σ max(0, V − c_s) changes by at most √|S| times the change of c, so it is at most |S| e + √(2u|S|) (Gaussian concentration) with
 *   its mean e = VΦ(V) + φ(V) ≤ (1 + V²/2)/√(2π) + V/2.
 * √(N'/m)·χ − (N'/m)·C_0 is concave in N'/m, so it is smallest at an end of its range.
 */
export const gradientSizeSharp = defineStatement({
  id: "gradient-size-sharp",
  source: "Lemma 4.2, B.7; another bound [ours]",
  title: "The input gradient stays of order √d on the whole lazy ball, by its size along one direction",
  quantity: "inf ‖∇f(x; W)‖",
  formula:
    "min over q = ½ − V/√(2π) − t, ½ + t of √(q(d−1−2√((d−1)u))) − q C₀ − (|S| e + √(2u|S|))/√m,  t = √(u/2m),  e = (1+V²/2)/√(2π) + V/2,  u = ln(5/γ),  |S| ≤ μ + √(2uμ) + u/3,  μ = √(2/π) C₀ √m",
  side: "at least",
  bound,
  vacuous,
  widthFrom,
  draw: adversarialGradient,
  measure: (instance) => measureGradient(instance, widthFrom),
});

function bound(setting: Setting): number {
  const { d, m, c0, gamma } = setting;
  if (gamma === 0) return -Infinity;
  const u = exponentOf(gamma, 5);
  const radius = radiusOf(setting);
  const t = Math.sqrt(u / (2 * m));
  const along = (share: number) => smallestInitial(share, d, u) - Math.max(0, share) * c0;
  const always = Math.min(along(0.5 - radius / Math.sqrt(2 * Math.PI) - t), along(Math.min(1, 0.5 + t)));
  // At C_0 = 0 nothing moves.
  const flips = c0 === 0 ? 0 : Math.min(m, switchableSharp({ m, c0 }, u));
  const each = (1 + radius ** 2 / 2) / Math.sqrt(2 * Math.PI) + radius / 2;
  return always - (flips * each + Math.sqrt(2 * u * flips)) / Math.sqrt(m);
}

function widthFrom(setting: Omit<Setting, "m">): number {
  return smallestWidth((m) => !vacuous({ ...setting, m }));
}

/** A norm is at least 0 anyway; γ = 1 claims nothing. */
function vacuous(setting: Setting): boolean {
  return setting.gamma === 1 || bound(setting) <= 0;
}
