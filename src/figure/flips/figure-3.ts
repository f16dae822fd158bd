import { againstDimension, rawQuantities } from "./against-dimension.ts";
import { exponentClaim, insideBallClaim, riseClaim, testErrorClaim } from "./claims.ts";
import type { QuantityName } from "./quantity.ts";

const rising: readonly QuantityName[] = ["gradientNorm", "step", "perturbation"];

/**
 * Section 5.1: "as C_0 increases, both the size of the gradient and the minimum step size increase, thereby
 * increasing the size of the perturbation"; "the minimum perturbation size closely follows the behaviour predicted".
 */
export const figure3 = againstDimension({
  id: "figure-3",
  number: "3",
  title: "Gradient norm, flipping step and perturbation against d, per C₀",
  by: "c0",
  cover: 3,
  quantities: rawQuantities,
  claims: (series, results) => [
    ...rising.map((name) => riseClaim("figure-3", name, series)),
    ...series.map(({ value, label, results: rows }) => exponentClaim("figure-3", "perturbationRelative", rows, { key: `c0=${value}`, label })),
    testErrorClaim("figure-3", results),
    insideBallClaim("figure-3", results),
  ],
});
