import { apgd } from "./apgd.ts";
import { apgdCe } from "./apgd-ce.ts";
import { apgdDlr } from "./apgd-dlr.ts";
import { apgdT } from "./apgd-t.ts";
import { fgsm } from "./fgsm.ts";
import { pgd } from "./pgd.ts";
import type { AttackRule } from "./rule.ts";
import { singleStep } from "./single-step.ts";

export type AttackName = "single-step" | "fgsm" | "pgd" | "apgd" | "apgd-ce" | "apgd-dlr" | "apgd-t";

/** Every attack: a new one is its file, its name above and its line here. */
export const attacks = {
  "single-step": singleStep,
  fgsm,
  pgd,
  apgd,
  "apgd-ce": apgdCe,
  "apgd-dlr": apgdDlr,
  "apgd-t": apgdT,
} satisfies Readonly<Record<AttackName, AttackRule>>;
