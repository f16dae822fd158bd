import { defineAttack } from "./rule.ts";

/**
 * The paper's attack (Theorem 3.1): one step δ = −sign(f) η ∇f(x), as long as the budget. It leads away from what the network
 * itself predicts, right or wrong; with K ≥ 3 classes it decreases the margin of the predicted class.
 */
export const singleStep = defineAttack({
  summary: "the paper's attack: one gradient step away from the prediction, as long as the budget",
  norms: ["l2"],
  defaults: {},
  passes: () => ({ forward: 1, backward: 1 }),
  perturb: (g, { ball, look, start, eps }) => ball.project(g, ball.step(g, look(g, start, "away").gradient(), eps)),
});
