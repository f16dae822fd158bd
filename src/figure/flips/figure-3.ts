import { againstDimension, rawQuantities } from "./against-dimension.ts";
import { exponentClaim, insideBallClaim, testErrorClaim } from "./claims.ts";
import type { QuantityName } from "./quantity.ts";
import { riseClaims, riseHeadline } from "./rise.ts";
import { againstC0 } from "./studies.ts";

const rising: readonly QuantityName[] = ["gradientNorm", "step", "perturbation"];

/**
 * Section 5.1: "as C_0 increases, both the size of the gradient and the minimum step size increase, thereby
 * increasing the size of the perturbation"; "the minimum perturbation size closely follows the behaviour predicted".
 */
export const figure = againstDimension({
  id: "figure-3",
  title: "Gradient norm, flipping step and perturbation against d, per C₀",
  studies: (preset) => againstC0("figure-3", { normalize: false }, preset),
  by: "training.c0",
  cover: 3,
  quantities: rawQuantities,
  headline: (curves) => riseHeadline("perturbation", curves),
  claims: (curves, results) => [
    ...rising.flatMap((name) => riseClaims("figure-3", name, curves)),
    ...curves.map((curve) => exponentClaim("figure-3", "perturbationRelative", curve.results, curve)),
    testErrorClaim("figure-3", results),
    insideBallClaim("figure-3", results),
  ],
});
