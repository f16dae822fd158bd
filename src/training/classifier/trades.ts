import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/ir.ts";
import { type TrainingMethod, crossEntropy, worstPoints } from "./method.ts";

/**
 * Cross-entropy of the samples as they are, and β times how far perturbations move what the model says: β·max KL(p(x) ‖ p(x + δ)) (Zhang et al.
 * 2019, eq. 5 and Algorithm 1). At δ = 0 that has no gradient, so PGD begins at normal numbers of deviation 0.001, as in the authors' code.
 */
export const trades: TrainingMethod = {
  summary: "cross-entropy, and β times what perturbations change (Zhang et al. 2019)",
  start: "normal",
  hasBeta: true,
  loss(g, scene, beta) {
    const { x, classes } = scene;
    const fixed = logProbabilities(g, scene.fixedScores(g, x), classes);
    const points = worstPoints(g, scene, (b, scores) => divergence(b, fixed, logProbabilities(b, scores, classes)));
    const [clean, perturbed] = [scene.scores(g, x), scene.scores(g, points)];
    const moved = divergence(g, logProbabilities(g, clean, classes), logProbabilities(g, perturbed, classes));
    return { loss: g.add(crossEntropy(g, clean, scene), g.mul(moved, beta)), clean, perturbed };
  },
};

/** log p of every class, `[n, classes]`; one score is the logit of class 1. */
const logProbabilities = (g: GraphBuilder, scores: Value, classes: number): Value =>
  g.logSoftmax(classes === 2 ? g.concat([g.mul(scores, 0), scores], 1) : scores, 1);

/** KL(p ‖ q) = Σ p (log p − log q) of every sample, `[n, 1]`. */
const divergence = (g: GraphBuilder, p: Value, q: Value): Value => g.reduceSum(g.mul(g.exp(p), g.sub(p, q)), [1]);
