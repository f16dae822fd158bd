/** What is measured of every flip, with its unit and what it is in words. */
export const quantities = {
  gradientNorm: ["1 per pixel unit", "‖∇f(x)‖₂, the norm of the input gradient"],
  step: ["pixel units²", "|η|, the smallest step along the gradient that flips the prediction"],
  perturbation: ["pixel units", "‖δ‖₂ = |η|·‖∇f(x)‖, the length of the perturbation that this step makes"],
  perturbationRelative: ["share of ‖x‖", "‖δ‖₂/‖x‖₂ (an image that is all zero has none)"],
} as const;
