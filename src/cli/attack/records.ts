import type { AttackResult } from "../../attack/result.ts";
import type { Column, FlatRow } from "../../experiment/columns.ts";

/** The columns of an attack's records, one per image and budget. */
export const attackColumns: readonly Column[] = [
  { name: "eps", type: "real", unit: "pixel units", description: "the budget ε" },
  { name: "image", type: "whole", unit: "", description: "position in the test set, from 0" },
  { name: "label", type: "whole", unit: "", description: "the image's class, from 0; of two digits 0 is the first" },
  { name: "wasCorrect", type: "flag", unit: "", description: "whether the image itself was classified correctly" },
  { name: "success", type: "flag", unit: "", description: "whether the point found is misclassified, confirmed by a separate forward pass" },
  { name: "l2", type: "real", unit: "pixel units", description: "‖δ‖₂ of the point found" },
  { name: "linf", type: "real", unit: "pixel units", description: "‖δ‖_∞ of the point found" },
  { name: "l1", type: "real", unit: "pixel units", description: "‖δ‖₁ of the point found" },
  { name: "l0", type: "whole", unit: "pixels", description: "how many numbers the point found changes" },
  { name: "predictionBefore", type: "whole", unit: "", description: "the class the network gives the image" },
  { name: "predictionAfter", type: "whole", unit: "", description: "the class the network gives the point found" },
  {
    name: "marginBefore",
    type: "real",
    unit: "",
    description: "y·f or z_y − max z_j at the image; misclassified if 0 or less; with a target, the lead over its class",
  },
  { name: "marginAfter", type: "real", unit: "", description: "the same at the point found" },
  { name: "lossBefore", type: "real", unit: "", description: "logistic loss or cross-entropy at the image" },
  { name: "lossAfter", type: "real", unit: "", description: "the same at the point found" },
  { name: "forward", type: "whole", unit: "passes", description: "forward passes spent on the image, including the clean one and the verification" },
  { name: "backward", type: "whole", unit: "passes", description: "backward passes, counted in the same way" },
  { name: "zeroGradient", type: "flag", unit: "", description: "whether the attack found no gradient to follow: that it did not succeed then says nothing" },
  { name: "unconfirmed", type: "flag", unit: "", description: "whether the model's own file contradicts the point found; not counted as a success" },
];

/** One record per image of an attack with one budget. */
export function attackRecords({ samples }: Pick<AttackResult, "samples">, labels: ArrayLike<number>, eps: number): FlatRow[] {
  return Array.from({ length: labels.length }, (_, image) => ({
    eps,
    image,
    label: labels[image]!,
    wasCorrect: samples.wasCorrect[image] === 1,
    success: samples.success[image] === 1,
    l2: samples.l2[image]!,
    linf: samples.linf[image]!,
    l1: samples.l1[image]!,
    l0: samples.l0[image]!,
    predictionBefore: samples.predictionBefore[image]!,
    predictionAfter: samples.predictionAfter[image]!,
    marginBefore: samples.marginBefore[image]!,
    marginAfter: samples.marginAfter[image]!,
    lossBefore: samples.lossBefore[image]!,
    lossAfter: samples.lossAfter[image]!,
    forward: samples.forward[image]!,
    backward: samples.backward[image]!,
    zeroGradient: samples.zeroGradient[image] === 1,
    unconfirmed: samples.unconfirmed[image] === 1,
  }));
}
