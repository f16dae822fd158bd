import { summarize } from "../../util/statistics.ts";
import { defineStatement, radiusOf, smallestWidth, worstButShare, type Setting } from "./statement.ts";
import { exponentOf, rareAtMost } from "../tails.ts";

/**
 * Lemma 4.3 / B.4: at most O(√m) neurons change sign anywhere in the lazy ball.
 *
 * A row within V of w_{s,0} has w_s·x within V of z_s = w_{s,0}·x, and reaches all of it: S = {s : |z_s| ≤ V} are the neurons
 * that some W of the ball switches, and one W switches them all (z_s ≤ 0 means inactive). The maximum over the ball is |S|.
 * |S| is binomial with m tries of P(|z| ≤ V) ≤ √(2/π) V; Hoeffding adds √(m ln(1/γ)/2).
 */
export const signFlips = defineStatement({
  id: "sign-flips",
  source: "Lemma 4.3, B.4; constants [ours]",
  title: "Few neurons change sign anywhere in the lazy ball",
  quantity: "|S| = #{s : |w_{s,0}·x| ≤ V}",
  formula: "√(2/π) C₀ √m + √(m ln(1/γ)/2)",
  side: "at most",
  bound,
  vacuous,
  widthFrom: (setting) => smallestWidth((m) => !vacuous({ ...setting, m })),

  draw(setting, { z }) {
    return countSwitchable(z, radiusOf(setting));
  },

  /** Detail: means over the points of |S| (`ball`) and of the neurons whose sign training changed (`trained`), and both as shares of m. */
  async measure({ setting, n, z0, z }) {
    const { m, gamma } = setting;
    const radius = radiusOf(setting);
    const ball = Array.from({ length: n }, (_, i) => countSwitchable(z0.subarray(i * m, (i + 1) * m), radius));
    const trained = Array.from({ length: n }, (_, i) => {
      let flips = 0;
      for (let k = i * m; k < (i + 1) * m; k++) if (z0[k]! > 0 !== z[k]! > 0) flips++;
      return flips;
    });
    const [meanBall, meanTrained] = [summarize(ball).mean, summarize(trained).mean];
    return {
      exact: worstButShare(ball, "at most", gamma),
      measured: worstButShare(trained, "at most", gamma),
      detail: { ball: meanBall, trained: meanTrained, ballShare: meanBall / m, trainedShare: meanTrained / m },
    };
  },
});

function bound(setting: Pick<Setting, "m" | "c0" | "gamma">): number {
  return switchable(setting, exponentOf(setting.gamma));
}

/** That at most all m neurons flip says nothing; γ = 1 claims nothing. */
function vacuous(setting: Pick<Setting, "m" | "c0" | "gamma">): boolean {
  return setting.gamma === 1 || bound(setting) >= setting.m;
}

/** |S| of one point; 0 where C_0 is: nothing moves. */
export function countSwitchable(z: ArrayLike<number>, radius: number): number {
  let count = 0;
  if (radius > 0) for (let s = 0; s < z.length; s++) if (Math.abs(z[s]!) <= radius) count++;
  return count;
}

/** |S| ≤ √(2/π) C_0 √m + √(mu/2), except with probability e^−u (Hoeffding). */
export function switchable({ m, c0 }: Pick<Setting, "m" | "c0">, u: number): number {
  return expected({ m, c0 }) + Math.sqrt((m * u) / 2);
}

/** |S| ≤ μ + √(2uμ) + u/3, except with probability e^−u, with μ = √(2/π) C_0 √m (Bernstein): an excess of order m^¼, not √m. */
export function switchableSharp({ m, c0 }: Pick<Setting, "m" | "c0">, u: number): number {
  return rareAtMost(expected({ m, c0 }), u);
}

/** No less than the mean of |S|. */
const expected = ({ m, c0 }: Pick<Setting, "m" | "c0">) => Math.sqrt((2 / Math.PI) * m) * c0;
