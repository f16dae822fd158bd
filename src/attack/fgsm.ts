import { type AllOptions, defineAttack } from "./rule.ts";

/** The fast gradient (sign) method (Goodfellow et al. 2015): one step of steepest ascent of the loss, as long as the budget. */
export const fgsm = defineAttack<Pick<AllOptions, "randomStart" | "restarts" | "loss">>({
  summary: "one step of steepest ascent of the loss: along the sign of the gradient (linf), along the gradient (l2) or its largest entries (l1)",
  norms: ["linf", "l2", "l1"],
  defaults: { randomStart: false, restarts: 1, loss: undefined },
  steps: () => 1,
  begin: (_, { start }) => ({ delta: start }),
  step: (g, { ball, eps }, { delta }, here) => ({ delta: ball.project(g, g.add(delta, ball.step(g, here.gradient, eps, delta))) }),
});
