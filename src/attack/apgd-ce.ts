import { type ApgdState, apgdPath } from "./apgd.ts";
import { defaultLoss } from "./objective.ts";
import { type AllOptions, defineAttack } from "./rule.ts";

/** Auto-PGD on cross-entropy (Croce & Hein 2020), which of two classes is the logistic loss. */
export const apgdCe = defineAttack<Pick<AllOptions, "steps" | "randomStart" | "restarts">, ApgdState>({
  ...apgdPath,
  summary: "apgd on cross-entropy (for two classes: on the logistic loss)",
  defaults: { steps: 100, randomStart: false, restarts: 1 },
  loss: defaultLoss,
});
