import { drawnRay } from "../rays/drawn-ray.ts";
import { signChanges, valuesOnRay } from "../rays/ray.ts";
import { defineStatement, radiusOf, type Setting } from "./statement.ts";
import { c1Grid, sharesOf, stepFlips } from "../rays/step-shares.ts";
import { inWindow, windowFrom } from "./width-window.ts";

/**
 * Theorem 3.1: with probability ≥ 1 − γ over (a, W_0), for all W in the lazy ball, one step δ = −sign(f)·(C_1/d)·∇f(x) changes
 * the sign of f, if max{d^2.4, C_2 ln(1/γ)} ≤ m ≤ C_3 exp(d^0.24).
 *
 * A draw or a point counts 1 if the step changes the sign and 0 if not. So the theorem promises a
 * mean of at least 1 − γ. This is the bound on the share of points, and a draw fails it if and only if it is 0.
 *
 * "All W" is tested on the hardest W that is known: the one that takes f(x) farthest from 0 on the side where W_0 has it (sup f or inf f over
 * the ball). A step that flips it has overcome the largest |f| of this sign, but that is no proof for the others.
 */
export const singleStep = defineStatement({
  id: "single-step",
  source: "Theorem 3.1",
  title: "One gradient step of size C₁/d changes the sign of the network, for all W in the lazy ball",
  quantity: "share of sign f(x) ≠ sign f(x − sign(f)(C₁/d)∇f(x))",
  formula: "1 − γ, where max{d^2.4, C₂ ln(1/γ)} ≤ m ≤ C₃ exp(d^0.24)",
  side: "at least",
  bound: ({ gamma }) => 1 - gamma,
  vacuous: (setting) => !inWindow(setting),
  widthFrom: windowFrom,

  draw(setting, draw) {
    const ray = drawnRay(setting, draw);
    return +signChanges(ray.f, valuesOnRay(ray, [stepOf(setting)])[0]!);
  },

  /**
   * A point counts if the step flips all three: W_0, the trained network, and the W of the ball farthest from 0 at that point.
   * Detail: each of the three alone (`initial`, `trained`, `ball`), and the smallest C_1 of a grid such that for it and all larger ones 99 % of the points
   * flip (`c1Initial`, `c1Trained`, `c1Ball`; absent if there is none).
   */
  async measure({ setting, initial, trained, x, n, engine }) {
    const c1 = [...c1Grid, setting.constants.c1].sort((a, b) => a - b);
    const own = c1.indexOf(setting.constants.c1);
    const fresh = await stepFlips(initial, x, c1, engine);
    const after = trained === initial ? fresh : await stepFlips(trained, x, c1, engine);
    const ball = setting.c0 === 0 ? fresh : await stepFlips(initial, x, c1, { ...engine, push: radiusOf(setting) });
    let all = 0;
    for (let i = 0; i < n; i++) all += fresh[i]![own]! & after[i]![own]! & ball[i]![own]!;
    const [ofFresh, ofAfter, ofBall] = [fresh, after, ball].map((flips) => sharesOf(c1, flips));
    const smallest = { c1Initial: ofFresh!.smallest, c1Trained: ofAfter!.smallest, c1Ball: ofBall!.smallest };
    return {
      exact: null,
      measured: all / n,
      detail: {
        initial: ofFresh!.share[own]!,
        trained: ofAfter!.share[own]!,
        ball: ofBall!.share[own]!,
        ...(Object.fromEntries(Object.entries(smallest).filter(([, value]) => value !== null)) as Record<string, number>),
      },
    };
  },
});

/** |η| = C_1/d. */
const stepOf = ({ d, constants }: Setting) => constants.c1 / d;
