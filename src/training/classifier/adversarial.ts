import { defaultLoss, objectiveOf } from "../../attack/objective.ts";
import { type TrainingMethod, crossEntropy, worstPoints } from "./method.ts";

/** Cross-entropy of samples perturbed by PGD from a random start (Madry et al. 2018, Sect. 2.1). */
export const adversarial: TrainingMethod = {
  summary: "cross-entropy of samples perturbed by PGD (Madry et al. 2018)",
  start: "ball",
  hasBeta: false,
  loss(g, scene) {
    const { y, classes } = scene;
    const points = worstPoints(g, scene, (b, scores) => objectiveOf(b, defaultLoss(classes), scores, y, classes));
    const perturbed = scene.scores(g, points);
    return { loss: crossEntropy(g, perturbed, scene), perturbed };
  },
};
