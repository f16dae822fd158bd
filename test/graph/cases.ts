import type { Cases } from "./cases/case.ts";
import { activationCases } from "./cases/activations.ts";
import { attentionCases } from "./cases/attention.ts";
import { controlCases } from "./cases/control.ts";
import { elementwiseCases } from "./cases/elementwise.ts";
import { lossCases } from "./cases/losses.ts";
import { normalizationCases } from "./cases/normalizations.ts";
import { otherDomainCases } from "./cases/other-domains.ts";
import { productCases } from "./cases/products.ts";
import { quantizedCases } from "./cases/quantized.ts";
import { recurrentCases } from "./cases/recurrent.ts";
import { reductionCases } from "./cases/reductions.ts";
import { resamplingCases } from "./cases/resampling.ts";
import { shapeCases } from "./cases/shapes.ts";
import { windowCases } from "./cases/windows.ts";

export type { GradientCase } from "./cases/case.ts";

/** Examples for every operator with a gradient rule, by family; the contract test fails for one without. */
export const gradientCases: Cases = {
  ...activationCases,
  ...attentionCases,
  ...controlCases,
  ...elementwiseCases,
  ...lossCases,
  ...normalizationCases,
  ...otherDomainCases,
  ...productCases,
  ...quantizedCases,
  ...recurrentCases,
  ...reductionCases,
  ...resamplingCases,
  ...shapeCases,
  ...windowCases,
};
