import { type AllOptions, defineAttack } from "./rule.ts";

/** The fast gradient (sign) method (Goodfellow et al. 2015): one step of steepest ascent of the loss, as long as the budget. */
export const fgsm = defineAttack<Pick<AllOptions, "randomStart" | "restarts" | "loss">>({
  summary: "one step of steepest ascent of the loss: along the sign of the gradient (linf) or along the gradient (l2)",
  norms: ["linf", "l2"],
  defaults: { randomStart: false, restarts: 1, loss: undefined },
  passes: () => ({ forward: 1, backward: 1 }),
  perturb: (g, { ball, look, start, eps }) => ball.project(g, g.add(start, ball.step(g, look(g, start).gradient(), eps))),
});
