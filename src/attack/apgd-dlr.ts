import { type ApgdState, apgdPath } from "./apgd.ts";
import { type AllOptions, defineAttack } from "./rule.ts";

/** Auto-PGD on the difference of logits ratio (Croce & Hein 2020, eq. 6), which does not change with the scale of the logits. */
export const apgdDlr = defineAttack<Pick<AllOptions, "steps" | "randomStart" | "restarts">, ApgdState>({
  ...apgdPath,
  summary: "apgd on the difference of logits ratio, for 3 or more classes",
  defaults: { steps: 100, randomStart: false, restarts: 1 },
  loss: () => "dlr",
});
