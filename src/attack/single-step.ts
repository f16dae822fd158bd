import { defineAttack } from "./rule.ts";

/**
 * The paper's attack (Theorem 3.1): one step δ = −sign(f) η ∇f(x), as long as the budget. It leads away from what the network
 * itself predicts, right or wrong; with K ≥ 3 classes it decreases the margin of the predicted class.
 */
export const singleStep = defineAttack({
  summary: "the paper's attack: one gradient step away from the prediction, as long as the budget",
  norms: ["l2"],
  defaults: {},
  steps: () => 1,
  towards: "away",
  begin: (_, { start }) => ({ delta: start }),
  step: (g, { ball, eps }, { delta }, here) => ({ delta: ball.project(g, ball.step(g, here.gradient, eps, delta)) }),
});
