import { againstDimension, normalizedQuantities } from "./against-dimension.ts";
import { rateHeadline } from "./against-words.ts";
import { exponentClaim, insideBallClaim, testErrorClaim } from "./claims.ts";
import { againstWidth } from "./studies.ts";

/** Appendix A: Figure 2 again for inputs of norm 1 and networks without biases, which is what the theorem is about. */
export const figure = againstDimension({
  id: "figure-5",
  title: "Gradient norm, flipping step and perturbation where ‖x‖ = 1, per width m",
  studies: (preset) => againstWidth("figure-5", { normalize: true }, preset),
  by: "network.m",
  cover: 2,
  quantities: normalizedQuantities,
  headline: (curves) => rateHeadline("perturbation", curves),
  claims: (curves, results) => [
    ...curves.flatMap((curve) => normalizedQuantities.map((name) => exponentClaim("figure-5", name, curve.results, curve))),
    testErrorClaim("figure-5", results),
    insideBallClaim("figure-5", results),
  ],
});
