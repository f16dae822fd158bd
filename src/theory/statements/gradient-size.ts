import { adversarialGradient } from "./gradient-draw.ts";
import { measureGradient } from "./gradient-measure.ts";
import { switchable } from "./sign-flips.ts";
import { defineStatement, smallestWidth, type Setting } from "./statement.ts";
import { exponentOf } from "../tails.ts";

/**
 * Lemma 4.2 / B.7: ‖∇f(x; W)‖ = Ω(√d) on the whole lazy ball.
 *
 * With P = I − xxᵀ, ‖∇f‖ ≥ ‖P∇f‖, and P∇f(x; W) is P∇f(x; W_0), changed by moving the weights and by switching neurons. Four events,
 * each of which fails with probability e^−u = γ/4:
 * - N, the active neurons of W_0, is at least m/2 − √(mu/2) (Hoeffding);
 * - ‖P∇f(x; W_0)‖² = (N/m) χ² with d − 1 degrees of freedom, as P w_{s,0} is independent of z_s, and χ² is at least
 *   d − 1 − 2√((d−1)u) (Laurent and Massart 2000);
 * - |S| is at most its bound (see sign-flips);
 * - the matrix of the P w_{s,0} of S has a largest singular value of at most √|S| + √(d−1) + √(2u). A sum over any part of its rows,
 *   with any signs, is at most √|S| times that, which bounds the part of neurons that switch.
 * Moving the weights changes at most m terms by V/√m each: C_0.
 */
export const gradientSize = defineStatement({
  id: "gradient-size",
  source: "Lemma 4.2, B.7; constants [ours]",
  title: "The input gradient stays of order √d on the whole lazy ball",
  quantity: "inf ‖∇f(x; W)‖",
  formula: "√((½ − √(u/2m))(d−1−2√((d−1)u))) − C₀ − |S|/√m − √(|S|/m)(√(d−1)+√(2u)),  u = ln(4/γ),  |S| ≤ √(2/π) C₀ √m + √(mu/2)",
  side: "at least",
  bound,
  vacuous,
  widthFrom,
  draw: adversarialGradient,
  measure: (instance) => measureGradient(instance, widthFrom),
});

function bound({ d, m, c0, gamma }: Setting): number {
  if (gamma === 0) return -Infinity;
  const u = exponentOf(gamma, 4);
  const size = smallestInitial(0.5 - Math.sqrt(u / (2 * m)), d, u);
  // At C_0 = 0 nothing moves.
  const flips = c0 === 0 ? 0 : Math.min(m, switchable({ m, c0 }, u));
  return size - c0 - flips / Math.sqrt(m) - Math.sqrt(flips / m) * (Math.sqrt(d - 1) + Math.sqrt(2 * u));
}

/** A norm is at least 0 anyway; γ = 1 claims nothing. */
function vacuous(setting: Setting): boolean {
  return setting.gamma === 1 || bound(setting) <= 0;
}

function widthFrom(setting: Omit<Setting, "m">): number {
  return smallestWidth((m) => !vacuous({ ...setting, m }));
}

/** √(share · χ²) with the smallest χ² of d − 1 degrees of freedom, except with probability e^−u. Neither factor is less than 0. */
export function smallestInitial(share: number, d: number, u: number): number {
  return Math.sqrt(Math.max(0, share) * Math.max(0, d - 1 - 2 * Math.sqrt((d - 1) * u)));
}
