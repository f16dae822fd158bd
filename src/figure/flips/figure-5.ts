import { againstDimension, normalizedQuantities } from "./against-dimension.ts";
import { exponentClaim, insideBallClaim, testErrorClaim } from "./claims.ts";

/** Appendix A: Figure 2 again for inputs of norm 1 and networks without biases, which is what the theorem is about. */
export const figure5 = againstDimension({
  id: "figure-5",
  number: "5",
  title: "Gradient norm, flipping step and perturbation where ‖x‖ = 1, per width m",
  by: "m",
  cover: 2,
  quantities: normalizedQuantities,
  claims: (series, results) => [
    ...series.flatMap(({ value, label, results: rows }) =>
      normalizedQuantities.map((name) => exponentClaim("figure-5", name, rows, { key: `m=${value}`, label })),
    ),
    testErrorClaim("figure-5", results),
    insideBallClaim("figure-5", results),
  ],
});
