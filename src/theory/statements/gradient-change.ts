import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { random } from "../../util/random.ts";
import { summarize } from "../../util/statistics.ts";
import { climbGradientChange } from "../ball/ascent.ts";
import { reachOf } from "./neuron-flips-fixed.ts";
import { defineStatement, radiusOf, worstButShare } from "./statement.ts";
import { inWindow, windowFrom } from "./width-window.ts";

/**
 * Lemma 4.4 / B.8, B.9: within R = reach/√d of x the gradient changes by a small part of its own size, for all W in the ball.
 *
 * This is a rate: c is the parameter `change`, and the lemma has the conditions of the theorem, max{d^2.4, C_2 ln(1/γ)} ≤ m ≤ C_3 exp(d^0.24).
 * Since ‖∇f‖ is about √(d/2), the proof of Theorem 3.1 has nothing left at c = 1/√2.
 * No closed form of the supremum is known, and a draw of (a, W_0) alone says nothing about it. So we measure the largest change that an
 * ascent over δ and W finds, which is a lower bound.
 */
export const gradientChange = defineStatement({
  id: "gradient-change",
  source: "Lemma 4.4, B.8, B.9",
  title: "A perturbation of size R = reach/√d changes the gradient little, for all W in the lazy ball",
  quantity: "sup ‖∇f(x; W) − ∇f(x + δ; W)‖",
  formula: "c√d, where max{d^2.4, C₂ ln(1/γ)} ≤ m ≤ C₃ exp(d^0.24)",
  side: "at most",
  bound: ({ d, gamma, constants }) => (gamma === 0 ? Infinity : constants.change * Math.sqrt(d)),
  vacuous: (setting) => !inWindow(setting),
  widthFrom: windowFrom,

  /**
   * On the first `searched` points. Detail: the largest found over those points, in units of √d, over δ and W (`c`), over δ alone at W_0
   * (`cInitial`) and at the trained network (`cTrained`); the mean share of neurons that then differ between x and x + δ
   * (`flipped`, `flippedInitial`, `flippedTrained`).
   */
  async measure({ setting, initial, trained, x, searched, seed }) {
    const { d, gamma } = setting;
    const root = Math.sqrt(d);
    const search = (network: TwoLayerNetwork, radius: number) =>
      Array.from({ length: searched }, (_, i) =>
        climbGradientChange(network, x.subarray(i * d, (i + 1) * d), {
          reach: reachOf(setting),
          radius,
          random: random(seed, "theory", "gradient-change", String(i)),
        }),
      );
    const alone = search(initial, 0);
    const after = trained === initial ? alone : search(trained, 0);
    // What δ alone can do, W and δ can: where the wider search found less, the narrower one's find counts.
    const both =
      setting.c0 === 0
        ? alone
        : search(initial, radiusOf(setting)).map((found, i) => [found, alone[i]!, after[i]!].reduce((a, b) => (b.change > a.change ? b : a)));
    const largest = (found: typeof both) => Math.max(...found.map(({ change }) => change));
    const share = (found: typeof both) => summarize(found.map(({ flipped }) => flipped)).mean;
    return {
      exact: null,
      measured: worstButShare(
        both.map(({ change }) => change),
        "at most",
        gamma,
      ),
      detail: {
        c: largest(both) / root,
        cInitial: largest(alone) / root,
        cTrained: largest(after) / root,
        flipped: share(both),
        flippedInitial: share(alone),
        flippedTrained: share(after),
      },
    };
  },
});
