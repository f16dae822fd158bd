import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { type OwnRay, visitRays } from "../../model/two-layer/rays.ts";
import { drawnRay } from "../rays/drawn-ray.ts";
import { signChanges, valuesOnRay } from "../rays/ray.ts";
import { defineStatement, worstButShare, type Setting } from "./statement.ts";
import { inWindow, windowFrom } from "./width-window.ts";

/**
 * Corollary 3.2: for any distribution of x on the sphere, with probability ≥ 0.9 over (a, W_0) every W in the lazy ball has
 * robust error at least 0.9 at R = c/√d, c = `robustReach`.
 *
 * By Theorem 3.1 each x is flipped with probability ≥ 1 − γ, so E[1 − robust error] ≤ γ, and Markov turns the mean into a
 * statement about most draws. A draw has all mass in one point x, so that its robust error is 0 or 1, at the W of the ball that takes
 * f(x) farthest from 0 on its side. All x of the sphere have the same law: where an error of 0 is no more frequent than (1 − 0.9)·0.1 = 1 in
 * 100, Markov gives the corollary for every distribution, as far as no other W is harder to flip at x.
 * The labels do not matter: where f has the wrong sign the error is there without a perturbation.
 *
 * Robust errors are found along the gradient's ray, at R, R/1.15, R/1.15², …: lower bounds of the error at R.
 */
export const robustError = defineStatement({
  id: "robust-error",
  source: "Corollary 3.2",
  title: "No network in the lazy ball is robust at R = c/√d",
  quantity: "robust error at R",
  formula: "0.9 with probability 0.9, where max{d^2.4, C₂ ln(1/γ)} ≤ m ≤ C₃ exp(d^0.24)",
  side: "at least",
  bound: ({ constants }) => constants.robustError,
  vacuous: (setting) => !inWindow(setting),
  widthFrom: windowFrom,
  failure: ({ constants }) => constants.robustErrorFailure,

  draw: (setting, draw) => +(firstFlip(drawnRay(setting, draw), robustReachOf(setting)) <= 1),

  /**
   * The robust error of the trained network over the points, or of W_0 where that is smaller: the corollary is about both.
   * Detail: each alone (`trained`, `initial`), and the c of R = c/√d that the robust error of the statement would have taken
   * (`reachTrained`, `reachInitial`: to 15 %, from a twelfth of the c given up to eleven times; absent beyond).
   */
  async measure({ setting, initial, trained, x, engine }) {
    const reach = robustReachOf(setting);
    const firsts = async (network: TwoLayerNetwork) => {
      const first: number[] = [];
      await visitRays(network, x, (_, ray) => first.push(firstFlip(ray, reach)), { per: "step", ...engine });
      return first;
    };
    const fresh = await firsts(initial);
    const after = trained === initial ? fresh : await firsts(trained);
    const error = (first: readonly number[]) => first.filter((times) => times <= 1).length / first.length;
    const needed = (first: readonly number[]) => worstButShare(first, "at most", 1 - setting.constants.robustError) * setting.constants.robustReach;
    const reaches = { reachInitial: needed(fresh), reachTrained: needed(after) };
    return {
      exact: null,
      measured: Math.min(error(fresh), error(after)),
      detail: {
        initial: error(fresh),
        trained: error(after),
        ...Object.fromEntries(Object.entries(reaches).filter(([, value]) => Number.isFinite(value))),
      },
    };
  },
});

/** Where a ray is looked at, in multiples of R: 1.15^−18 = 0.08 up to 1.15^17 = 10.8. */
export const multiples: readonly number[] = Array.from({ length: 36 }, (_, k) => 1.15 ** (k - 18));

/** R = c/√d. */
const robustReachOf = ({ d, constants }: Pick<Setting, "d" | "constants">): number => constants.robustReach / Math.sqrt(d);

/**
 * The first of the places looked at where the network errs for one of the labels that it gives x, in multiples of R: 0 where f(x) = 0,
 * Infinity where there is none.
 */
export function firstFlip(ray: OwnRay, reach: number): number {
  if (ray.f === 0) return 0;
  const values = valuesOnRay(
    ray,
    multiples.map((times) => (times * reach) / ray.steepness),
  );
  return multiples[values.findIndex((value) => signChanges(ray.f, value))] ?? Infinity;
}
