import { type TrainingMethod, crossEntropy } from "./method.ts";

/** Cross-entropy of the samples as they are. */
export const plain: TrainingMethod = {
  summary: "cross-entropy of the samples as they are",
  start: "none",
  hasBeta: false,
  loss(g, scene) {
    const clean = scene.scores(g, scene.x);
    return { loss: crossEntropy(g, clean, scene), clean };
  },
};
