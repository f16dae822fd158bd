import { defineOptimizer } from "./optimizer.ts";

/**
 * m ← β₁ m + (1 − β₁)∇;  v ← β₂ v + (1 − β₂)∇²;  w ← w − lr·m̂/(√v̂ + 10⁻⁸) − lr·λ w, with m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ): Adam (Kingma & Ba
 * 2015, Algorithm 1) with the decay beside the gradient (Loshchilov & Hutter 2019, Algorithm 2).
 */
export const adam = defineOptimizer<{
  /** β₁ */
  readonly beta1: number;
  /** β₂ */
  readonly beta2: number;
  /** λ */
  readonly weightDecay: number;
}>({
  summary: "steps of about the learning rate for every weight",
  lr: 0.001,
  defaults: { beta1: 0.9, beta2: 0.999, weightDecay: 0 },
  slots: ["mean", "square"],
  scalars: (t, { beta1, beta2 }) => ({ meanScale: 1 / (1 - beta1 ** t), squareScale: 1 / (1 - beta2 ** t) }),
  step(g, { weight, gradient, slots, lr, scalars }, { beta1, beta2, weightDecay }) {
    const mean = g.add(g.mul(slots["mean"]!, beta1), g.mul(gradient, 1 - beta1));
    const square = g.add(g.mul(slots["square"]!, beta2), g.mul(g.mul(gradient, gradient), 1 - beta2));
    const direction = g.div(g.mul(mean, scalars["meanScale"]!), g.add(g.sqrt(g.mul(square, scalars["squareScale"]!)), 1e-8));
    const decayed = weightDecay > 0 ? g.add(direction, g.mul(weight, weightDecay)) : direction;
    return { weight: g.sub(weight, g.mul(decayed, lr)), slots: { mean, square } };
  },
});
