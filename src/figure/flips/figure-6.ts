import { againstDimension, normalizedQuantities } from "./against-dimension.ts";
import { exponentClaim, insideBallClaim, riseClaim, testErrorClaim } from "./claims.ts";

/** Appendix A: Figure 3 again for inputs of norm 1 and networks without biases. */
export const figure6 = againstDimension({
  id: "figure-6",
  number: "6",
  title: "Gradient norm, flipping step and perturbation where ‖x‖ = 1, per C₀",
  by: "c0",
  cover: 2,
  quantities: normalizedQuantities,
  claims: (series, results) => [
    ...normalizedQuantities.map((name) => riseClaim("figure-6", name, series)),
    ...series.map(({ value, label, results: rows }) => exponentClaim("figure-6", "perturbation", rows, { key: `c0=${value}`, label })),
    testErrorClaim("figure-6", results),
    insideBallClaim("figure-6", results),
  ],
});
