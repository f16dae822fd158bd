import { againstDimension, normalizedQuantities } from "./against-dimension.ts";
import { exponentClaim, insideBallClaim, testErrorClaim } from "./claims.ts";
import { riseClaims, riseHeadline } from "./rise.ts";
import { againstC0 } from "./studies.ts";

/** Appendix A: Figure 3 again for inputs of norm 1 and networks without biases. */
export const figure = againstDimension({
  id: "figure-6",
  title: "Gradient norm, flipping step and perturbation where ‖x‖ = 1, per C₀",
  studies: (preset) => againstC0("figure-6", { normalize: true }, preset),
  by: "training.c0",
  cover: 2,
  quantities: normalizedQuantities,
  headline: (curves) => riseHeadline("perturbation", curves),
  claims: (curves, results) => [
    ...normalizedQuantities.flatMap((name) => riseClaims("figure-6", name, curves)),
    ...curves.map((curve) => exponentClaim("figure-6", "perturbation", curve.results, curve)),
    testErrorClaim("figure-6", results),
    insideBallClaim("figure-6", results),
  ],
});
