import { betterOf, noneYet } from "./best.ts";
import { type AllOptions, defineAttack } from "./rule.ts";

/**
 * Projected gradient ascent (Madry et al. 2018): δ ← P(δ + α · steepest ascent). The defaults are those of the
 * paper's authors: 100 steps of 2.5 ε / steps, from δ = 0.
 */
export const pgd = defineAttack<AllOptions>({
  summary: "projected gradient ascent with steps of fixed length",
  norms: ["l2", "linf"],
  defaults: { steps: 100, stepSize: undefined, randomStart: false, restarts: 1, loss: undefined },
  stepPerEps: ({ steps }) => 2.5 / steps,
  passes: ({ steps }) => ({ forward: steps + 1, backward: steps }),
  perturb(g, { ball, look, start, eps, stepSize }, { steps }) {
    const before = noneYet(g, eps, start);
    const path = g.loop(steps, [start, before.margin, before.delta], (b, [delta, margin, bestDelta]) => {
      const here = look(b, delta);
      const best = betterOf(b, { margin, delta: bestDelta }, here.margin, delta);
      return { state: [ball.project(b, b.add(delta, ball.step(b, here.gradient(), stepSize))), best.margin, best.delta] };
    });
    const [last, margin, delta] = path.state;
    return betterOf(g, { margin, delta }, look(g, last).margin, last).delta;
  },
});
