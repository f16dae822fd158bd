import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { random } from "../../util/random.ts";
import { summarize } from "../../util/statistics.ts";
import { products } from "../products.ts";
import { shareAtMost, shareFormula } from "./share.ts";
import { defineStatement, smallestWidth, worstButShare, type Setting } from "./statement.ts";

/**
 * Lemma B.6, eq. 3 (from Bubeck et al. 2021): a perturbation fixed before W_0 is drawn changes the sign of few neurons.
 *
 * The signs of w·x and w·(x + δ) differ if the hyperplane orthogonal to w runs between the two: probability (angle)/π. Within
 * ‖δ‖ ≤ R < 1 the angle is at most arcsin R, where x + δ touches the ball around x; at R = 1 x + δ may be 0 and switches every
 * active neuron off; beyond, −x is within reach and switches all. [ours]: the share of m independent neurons on top of it.
 */
export const neuronFlipsFixed = defineStatement({
  id: "neuron-flips-fixed",
  source: "Lemma B.6 (3); constants [ours]",
  title: "A fixed perturbation of size R = reach/√d changes the sign of few neurons",
  quantity: "#{s : sign(w_{s,0}·x) ≠ sign(w_{s,0}·(x + δ))} / m",
  formula: shareFormula("arcsin(R)/π"),
  side: "at most",
  bound: (setting) => shareAtMost(flipProbability(setting), setting),
  vacuous,
  widthFrom: (setting) => smallestWidth((m) => !vacuous({ ...setting, m })),

  /** (z, h), h = w_s·e for the direction e ⊥ x of δ, are two independent normals: the turn by the worst angle needs nothing else. */
  draw(setting, { z, random: stream }) {
    const { along, across } = worstTurn(setting);
    let flips = 0;
    for (let s = 0; s < z.length; s++) {
      const h = across === 0 ? 0 : stream.normal();
      if (z[s]! > 0 !== along * z[s]! + across * h > 0) flips++;
    }
    return flips / z.length;
  },

  /**
   * At every point the worst angle, towards one random direction per point.
   * Detail: means over the points of the share flipped at W_0 (`initial`) and at the trained network (`trained`), and the
   * probability of a neuron (`probability`).
   */
  async measure({ setting, initial, trained, x, n, z0, z, engine, seed }) {
    const { m, gamma } = setting;
    const turn = worstTurn(setting);
    const e = orthogonals(x, n, setting.d, seed);
    const shares = async (network: TwoLayerNetwork, from: Float32Array) => {
      const h = await products(network, e, engine);
      return Array.from({ length: n }, (_, i) => {
        let flips = 0;
        for (let k = i * m; k < (i + 1) * m; k++) if (from[k]! > 0 !== turn.along * from[k]! + turn.across * h[k]! > 0) flips++;
        return flips / m;
      });
    };
    const fresh = await shares(initial, z0);
    const after = trained === initial ? fresh : await shares(trained, z);
    return {
      exact: null,
      measured: worstButShare(fresh, "at most", gamma),
      detail: { initial: summarize(fresh).mean, trained: summarize(after).mean, probability: flipProbability(setting) },
    };
  },
});

/** R: how far a perturbation reaches. */
export const reachOf = ({ d, constants }: Pick<Setting, "d" | "constants">): number => constants.reach / Math.sqrt(d);

/** x + δ, scaled: along·x + across·e with e ⊥ x of norm 1, for the δ of norm up to R that turns x the farthest. */
export interface Turn {
  readonly along: number;
  readonly across: number;
}

/** The farthest turn: by arcsin R, from R = 1 on onto the origin (d = 1) or by a right angle, beyond R = 1 onto −x. With d = 1 there is no e. */
export function worstTurn(setting: Pick<Setting, "d" | "constants">): Turn {
  const reach = reachOf(setting);
  if (reach > 1) return { along: -1, across: 0 };
  if (setting.d === 1) return { along: reach < 1 ? 1 : 0, across: 0 };
  return { along: Math.sqrt(1 - reach ** 2), across: reach };
}

/** The probability that the worst δ of norm up to R changes the sign of a neuron. */
export function flipProbability(setting: Pick<Setting, "d" | "constants">): number {
  const reach = reachOf(setting);
  if (reach > 1) return 1;
  if (setting.d === 1) return reach < 1 ? 0 : 1 / 2;
  return Math.asin(reach) / Math.PI;
}

/** That at most all m neurons flip says nothing; γ = 1 claims nothing. */
function vacuous(setting: Setting): boolean {
  return setting.gamma === 1 || shareAtMost(flipProbability(setting), setting) >= 1;
}

/** A random direction orthogonal to each point, of norm 1, `[n, d]`; 0 where d = 1. */
function orthogonals(x: Float32Array, n: number, d: number, seed: number): Float32Array {
  const e = random(seed, "theory", "fixed-perturbation").fillNormal(new Float32Array(n * d));
  if (d === 1) return e.fill(0);
  for (let i = 0; i < n; i++) {
    const [row, at] = [e.subarray(i * d, (i + 1) * d), x.subarray(i * d, (i + 1) * d)];
    let [product, square] = [0, 0];
    for (let k = 0; k < d; k++) {
      product += row[k]! * at[k]!;
      square += at[k]! ** 2;
    }
    let norm = 0;
    for (let k = 0; k < d; k++) {
      row[k]! -= (product / square) * at[k]!;
      norm += row[k]! ** 2;
    }
    for (let k = 0; k < d; k++) row[k]! /= Math.sqrt(norm);
  }
  return e;
}
