import { againstDimension, rawQuantities } from "./against-dimension.ts";
import { rateHeadline } from "./against-words.ts";
import { smallestFlips } from "./finding.ts";
import { exponentClaim, insideBallClaim, testErrorClaim } from "./claims.ts";
import type { QuantityName } from "./quantity.ts";
import { againstWidth } from "./studies.ts";

const claimed: readonly QuantityName[] = ["gradientNorm", "step", "perturbationRelative"];

/** Section 5.1: "the gradient norm behaves roughly as √d, the step as 1/d, the normalised perturbation as 1/√d". */
export const figure = againstDimension({
  id: "figure-2",
  title: "Gradient norm, flipping step and perturbation against d, per width m",
  studies: (preset) => againstWidth("figure-2", { normalize: false }, preset),
  by: "network.m",
  cover: 2,
  finding: smallestFlips,
  quantities: rawQuantities,
  headline: (curves) => rateHeadline("perturbationRelative", curves),
  claims: (curves, results) => [
    ...curves.flatMap((curve) => claimed.map((name) => exponentClaim("figure-2", name, curve.results, curve))),
    testErrorClaim("figure-2", results),
    insideBallClaim("figure-2", results),
  ],
});
