import { apgd } from "./apgd.ts";
import { fgsm } from "./fgsm.ts";
import { pgd } from "./pgd.ts";
import type { AttackRule } from "./rule.ts";
import { singleStep } from "./single-step.ts";

export type AttackName = "single-step" | "fgsm" | "pgd" | "apgd";

/** Every attack: a new one is its file, its name above and its line here. */
export const attacks = {
  "single-step": singleStep,
  fgsm,
  pgd,
  apgd,
} satisfies Readonly<Record<AttackName, AttackRule>>;
