import { errorFunction } from "simple-statistics";
import { summarize } from "../../util/statistics.ts";
import { reachOf } from "./neuron-flips-fixed.ts";
import { shareAtMost, shareFormula } from "./share.ts";
import { defineStatement, radiusOf, smallestWidth, worstButShare, type Setting } from "./statement.ts";
import { norm } from "../vectors.ts";

/**
 * Lemma B.6, eq. 4: of the neurons, a share that stays constant in d can be switched by a perturbation of its own choice.
 *
 * If sign(w·(x + δ)) ≠ sign(z) for some ‖δ‖ ≤ R and ‖w − w_0‖ ≤ V, then |z| ≤ |w_0·δ| + |(w − w_0)·(x + δ)| ≤ R‖w_0‖ + V(1 + R).
 * [ours]: with ‖w_0‖² = z² + ρ², ρ = ‖P w_0‖, and c = V(1 + R), solving |z| ≤ R√(z² + ρ²) + c for |z| at R < 1 gives
 *     |z| ≤ [c + R√(c² + (1 − R²)ρ²)]/(1 − R²) ≤ c/(1 − R) + Rρ/√(1 − R²).
 * ρ is independent of z, E ρ ≤ √(d−1), and P(|z| ≤ t) = erf(t/√2) is concave in t ≥ 0: by Jensen the probability is at most
 * erf(t/√2) at the mean. At R = 1/√d and C_0 = 0 that is erf(1/√2) = 0.68 for every d.
 */
export const neuronFlipsAny = defineStatement({
  id: "neuron-flips-any",
  source: "Lemma B.6 (4); constants [ours]",
  title: "Not all neurons can be switched by some perturbation of size R = reach/√d and some W in the lazy ball",
  quantity: "#{s : |w_{s,0}·x| ≤ R‖w_{s,0}‖ + V(1 + R)} / m",
  formula: shareFormula("erf(t/√2), t = R√(d−1)/√(1−R²) + V(1+R)/(1−R)"),
  side: "at most",
  bound: (setting) => shareAtMost(flipProbabilityAtMost(setting), setting),
  vacuous,
  widthFrom: (setting) => smallestWidth((m) => !vacuous({ ...setting, m })),

  /** Draws ρ² ~ χ²_{d−1} for a neuron where it decides, and not where it would have to be some 10 standard deviations from its mean. */
  draw(setting, { z, random }) {
    const { d } = setting;
    const reach = reachOf(setting);
    const slack = radiusOf(setting) * (1 + reach);
    let count = 0;
    for (let s = 0; s < z.length; s++) {
      const size = Math.abs(z[s]!);
      // size ≤ R√(size² + ρ²) + slack, solved for ρ.
      const missing = size - slack;
      const needed = missing <= reach * size ? 0 : Math.sqrt((missing / reach) ** 2 - size ** 2);
      if (needed === 0) count++;
      // P(|ρ − √(d−1)| > 10) < 10^-20, the resolution of a uniform number: ρ is 1-Lipschitz, its mean within 0.21 of √(d−1).
      else if (needed > Math.sqrt(d - 1) + 10) continue;
      else if (needed < Math.sqrt(d - 1) - 10 || random.chiSquare(d - 1) >= needed ** 2) count++;
    }
    return count / z.length;
  },

  /**
   * The condition, which every switchable neuron meets, counted on W_0 with its exact norms (at C_0 = 0 it is met by no others).
   * Detail: means over the points of that share (`switchable`), of the neurons that one explicit choice of δ and w does switch
   * (`switched`, a lower bound), and of those that training switched at x (`trained`); and a neuron's probability (`probability`).
   */
  async measure({ setting, initial, n, z0, z }) {
    const { d, m, gamma } = setting;
    const [reach, radius] = [reachOf(setting), radiusOf(setting)];
    const norms = Float64Array.from({ length: m }, (_, s) => norm(initial.weights.subarray(s * d, (s + 1) * d)));
    const counts = (holds: (k: number, norm: number) => boolean) =>
      Array.from({ length: n }, (_, i) => {
        let count = 0;
        for (let s = 0; s < m; s++) if (holds(i * m + s, norms[s]!)) count++;
        return count / m;
      });
    const switchable = counts((k, norm) => Math.abs(z0[k]!) <= reach * norm + radius * (1 + reach));
    return {
      exact: null,
      measured: worstButShare(switchable, "at most", gamma),
      detail: {
        switchable: summarize(switchable).mean,
        switched: summarize(counts((k, norm) => switches(z0[k]!, norm, reach, radius))).mean,
        trained: summarize(counts((k) => z0[k]! > 0 !== z[k]! > 0)).mean,
        probability: flipProbabilityAtMost(setting),
      },
    };
  },
});

/**
 * Whether δ = −sign(z)·R w_0/‖w_0‖ and w = w_0 − sign(z)·V (x + δ)/‖x + δ‖ switch a neuron: w·(x + δ) = z + w_0·δ ∓ V‖x + δ‖ is
 * beyond 0. At V = 0 no δ does better.
 */
export function switches(z: number, norm: number, reach: number, radius: number): boolean {
  const size = Math.abs(z);
  if (norm === 0) return true;
  const moved = Math.sqrt(Math.max(0, 1 + reach ** 2 - (2 * reach * size) / norm));
  return size - reach * norm - radius * moved <= 0;
}

/** P(some δ and w switch a neuron), no less than it is; 1 from R = 1 on, where x + δ may be 0. */
function flipProbabilityAtMost(setting: Setting): number {
  const reach = reachOf(setting);
  if (reach >= 1) return 1;
  const threshold = (reach * Math.sqrt(setting.d - 1)) / Math.sqrt(1 - reach ** 2) + (radiusOf(setting) * (1 + reach)) / (1 - reach);
  return Math.min(1, errorFunction(threshold / Math.SQRT2) + 1.2e-7); // the accuracy of errorFunction
}

/** That at most all m neurons flip says nothing; γ = 1 claims nothing. */
function vacuous(setting: Setting): boolean {
  return setting.gamma === 1 || shareAtMost(flipProbabilityAtMost(setting), setting) >= 1;
}
