import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { summarize } from "../../util/statistics.ts";
import { defineStatement, radiusOf, smallestWidth, worstButShare, type Setting } from "./statement.ts";
import { exponentOf } from "../tails.ts";
import { norm } from "../vectors.ts";

/** At γ = 1 a statement claims nothing; at γ = 0 it would have to be certain, which no bound is. */
const vacuous = ({ gamma }: Pick<Setting, "gamma">) => gamma === 0 || gamma === 1;

/**
 * Lemma 4.1 / B.5: |f(x; W)| = O(1) on the whole lazy ball; with constants, sup |f| ≤ √(2 ln(2/γ)) + C_0.
 *
 * a_s σ(z_s) is 1-sub-Gaussian (its moment generating function is ½ + ½ exp(λ²/2) ≤ exp(λ²/2)), so f(x; W_0), the sum of m of
 * them over √m, is too: |f(x; W_0)| ≤ √(2 ln(2/γ)) except with probability γ. No W of the ball moves a term by more than
 * V/√m = C_0/m, which adds up to C_0.
 */
export const functionValue = defineStatement({
  id: "function-value",
  source: "Lemma 4.1, B.5; constants [ours]",
  title: "The network's value stays bounded on the whole lazy ball",
  quantity: "sup |f(x; W)|",
  formula: "√(2 ln(2/γ)) + C₀",
  side: "at most",
  bound: ({ c0, gamma }) => Math.sqrt(2 * exponentOf(gamma, 2)) + c0,
  vacuous,
  widthFrom: (setting) => smallestWidth(() => !vacuous(setting)),

  draw(setting, { z, a }) {
    return largest(functionExtremes(z, a, radiusOf(setting)));
  },

  /**
   * Detail: means over the points of |f| at W_0 (`initial`) and at the trained network (`trained`) and of the exact sup |f|
   * (`ball`); the exact sup and inf of f at the first point (`firstSup`, `firstInf`).
   */
  async measure({ setting, initial, x, n, z0, z }) {
    const { d, m, gamma } = setting;
    const a = initial.outer;
    const of = (all: Float32Array, point: number) => all.subarray(point * m, (point + 1) * m);
    const points = Array.from({ length: n }, (_, i) => {
      const { sup, inf } = functionExtremes(of(z0, i), a, radiusOf(setting) * norm(x.subarray(i * d, (i + 1) * d)));
      return { sup, inf, ball: largest({ sup, inf }), initial: Math.abs(outputOf(of(z0, i), a)), trained: Math.abs(outputOf(of(z, i), a)) };
    });
    const all = (name: "ball" | "initial" | "trained") => points.map((point) => point[name]);
    return {
      exact: worstButShare(all("ball"), "at most", gamma),
      measured: worstButShare(all("trained"), "at most", gamma),
      detail: {
        initial: summarize(all("initial")).mean,
        trained: summarize(all("trained")).mean,
        ball: summarize(all("ball")).mean,
        firstSup: points[0]!.sup,
        firstInf: points[0]!.inf,
      },
    };
  },
});

export interface Extremes {
  readonly sup: number;
  readonly inf: number;
}

/**
 * The exact extremes of f(x; W) over the lazy ball. Terms are independent, and each is monotone in w_s·x, which reaches all of
 * z_s ± V‖x‖:
 *     sup f = (1/√m) [Σ_{a_s = +1} σ(z_s + V‖x‖) − Σ_{a_s = −1} σ(z_s − V‖x‖)],  inf f with the signs of V exchanged.
 * @param z z_s = w_{s,0}·x, `[m]`
 * @param a a_s, `[m]`
 * @param reach V‖x‖
 */
export function functionExtremes(z: ArrayLike<number>, a: ArrayLike<number>, reach: number): Extremes {
  const m = a.length;
  let [sup, inf] = [0, 0];
  for (let s = 0; s < m; s++) {
    const [sign, zs] = [a[s]!, z[s]!];
    sup += sign * Math.max(0, zs + sign * reach);
    inf += sign * Math.max(0, zs - sign * reach);
  }
  return { sup: sup / Math.sqrt(m), inf: inf / Math.sqrt(m) };
}

/**
 * The network of the ball at which f(x; ·) is largest or smallest: w_s = w_{s,0} ± a_s V x/‖x‖. At x = 0 every network is.
 * @param x `[d]`
 */
export function extremeNetwork(initial: TwoLayerNetwork, x: ArrayLike<number>, radius: number, which: keyof Extremes): TwoLayerNetwork {
  const { d, m, outer } = initial;
  const weights = initial.weights.slice();
  const step = ((which === "sup" ? 1 : -1) * radius) / (norm(x) || 1);
  for (let s = 0; s < m; s++) for (let i = 0; i < d; i++) weights[s * d + i]! += outer[s]! * step * x[i]!;
  return { ...initial, weights };
}

const largest = ({ sup, inf }: Extremes) => Math.max(sup, -inf);

/** f from the pre-activations: (1/√m) Σ_s a_s σ(z_s). */
function outputOf(z: ArrayLike<number>, a: ArrayLike<number>): number {
  return functionExtremes(z, a, 0).sup;
}
