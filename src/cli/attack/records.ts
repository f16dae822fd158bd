import type { AttackResult } from "../../attack/result.ts";
import type { Column, FlatRow } from "../../experiment/columns.ts";

/** The columns of an attack's records, one per image and budget. */
export const attackColumns: readonly Column[] = [
  { name: "eps", type: "real", unit: "pixel units", description: "the budget ε" },
  { name: "image", type: "whole", unit: "", description: "position in the test set, from 0" },
  { name: "label", type: "whole", unit: "", description: "the image's class: 0 for the first digit, 1 for the second" },
  { name: "wasCorrect", type: "flag", unit: "", description: "whether the image itself was classified correctly" },
  { name: "success", type: "flag", unit: "", description: "whether the point found is misclassified, confirmed by a separate forward pass" },
  { name: "l2", type: "real", unit: "pixel units", description: "‖δ‖₂ of the point found" },
  { name: "linf", type: "real", unit: "pixel units", description: "‖δ‖_∞ of the point found" },
  { name: "marginBefore", type: "real", unit: "", description: "y·f at the image; misclassified if 0 or less" },
  { name: "marginAfter", type: "real", unit: "", description: "y·f at the point found" },
  { name: "lossBefore", type: "real", unit: "", description: "logistic loss at the image" },
  { name: "lossAfter", type: "real", unit: "", description: "logistic loss at the point found" },
  { name: "forward", type: "whole", unit: "passes", description: "forward passes spent on the image, including the clean one and the verification" },
  { name: "backward", type: "whole", unit: "passes", description: "backward passes, counted in the same way" },
];

/** One record per image of an attack with one budget. */
export function attackRecords({ samples }: AttackResult, labels: ArrayLike<number>, eps: number): FlatRow[] {
  return Array.from({ length: labels.length }, (_, image) => ({
    eps,
    image,
    label: labels[image]!,
    wasCorrect: samples.wasCorrect[image] === 1,
    success: samples.success[image] === 1,
    l2: samples.l2[image]!,
    linf: samples.linf[image]!,
    marginBefore: samples.marginBefore[image]!,
    marginAfter: samples.marginAfter[image]!,
    lossBefore: samples.lossBefore[image]!,
    lossAfter: samples.lossAfter[image]!,
    forward: samples.forward[image]!,
    backward: samples.backward[image]!,
  }));
}
