import { gradientMethod } from "./gradient.ts";
import { gradientXInput } from "./gradient-x-input.ts";
import { integratedGradients } from "./integrated-gradients.ts";
import { smoothGrad } from "./smooth-grad.ts";

/** Every method: a file and a line here. */
export const saliencyMethods = {
  gradient: gradientMethod,
  "gradient-x-input": gradientXInput,
  "integrated-gradients": integratedGradients,
  "smooth-grad": smoothGrad,
} as const;

export type SaliencyMethodName = keyof typeof saliencyMethods;
export const saliencyMethodNames = Object.keys(saliencyMethods) as SaliencyMethodName[];
