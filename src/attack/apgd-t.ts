import { type ApgdState, apgdPath } from "./apgd.ts";
import { type AllOptions, defineAttack } from "./rule.ts";

/** Targeted Auto-PGD (Croce & Hein 2020, eq. 7): a path to each of the most likely wrong classes; in a targeted attack, only to the target. */
export const apgdT = defineAttack<Pick<AllOptions, "steps" | "randomStart" | "restarts" | "targets">, ApgdState>({
  ...apgdPath,
  summary: "apgd on the targeted difference of logits ratio, to one likely class after the other, for 4 or more classes",
  defaults: { steps: 100, randomStart: false, restarts: 1, targets: 9 },
  loss: () => "dlr-targeted",
});
