import { defineOptimizer } from "./optimizer.ts";

/** v ← μ v + ∇ + λ w;  w ← w − lr·v  (Sutskever et al. 2013, as PyTorch writes it). */
export const sgd = defineOptimizer<{
  /** μ */
  readonly momentum: number;
  /** λ */
  readonly weightDecay: number;
}>({
  summary: "gradient descent with momentum 0.9",
  lr: 0.05,
  defaults: { momentum: 0.9, weightDecay: 0 },
  slots: ["velocity"],
  step(g, { weight, gradient, slots, lr }, { momentum, weightDecay }) {
    const decayed = weightDecay > 0 ? g.add(gradient, g.mul(weight, weightDecay)) : gradient;
    const velocity = momentum > 0 ? g.add(g.mul(slots["velocity"]!, momentum), decayed) : decayed;
    return { weight: g.sub(weight, g.mul(velocity, lr)), slots: { velocity } };
  },
});
