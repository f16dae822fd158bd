import type { Value } from "../graph/ir.ts";
import { betterOf, noneYet } from "./best.ts";
import { type AllOptions, defineAttack, type State } from "./rule.ts";

export interface PgdState extends State {
  readonly margin: Value;
  /** The perturbation of that margin, the lowest so far. */
  readonly best: Value;
}

/**
 * Projected gradient ascent (Madry et al. 2018): δ ← P(δ + α · steepest ascent). The defaults are those of the
 * paper's authors: 100 steps of 2.5 ε / steps, from δ = 0.
 */
export const pgd = defineAttack<Omit<AllOptions, "targets">, PgdState>({
  summary: "projected gradient ascent with steps of fixed length",
  norms: ["l2", "linf", "l1"],
  defaults: { steps: 100, stepSize: undefined, randomStart: false, restarts: 1, loss: undefined },
  stepPerEps: ({ steps }) => 2.5 / steps,
  steps: ({ steps }) => steps,
  begin(g, { eps, start }) {
    const { margin, delta } = noneYet(g, eps, start);
    return { delta: start, margin, best: delta };
  },
  step(g, { ball, stepSize }, { delta, margin, best }, here) {
    const lower = betterOf(g, { margin, delta: best }, here.margin, delta);
    return { delta: ball.project(g, g.add(delta, ball.step(g, here.gradient, stepSize, delta))), margin: lower.margin, best: lower.delta };
  },
  end: (g, _, { delta, margin, best }, last) => betterOf(g, { margin, delta: best }, last.margin, delta).delta,
});
