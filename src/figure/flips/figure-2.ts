import { againstDimension, rawQuantities } from "./against-dimension.ts";
import { smallestFlips } from "./finding.ts";
import { exponentClaim, insideBallClaim, testErrorClaim } from "./claims.ts";
import type { QuantityName } from "./quantity.ts";

const claimed: readonly QuantityName[] = ["gradientNorm", "step", "perturbationRelative"];

/** Section 5.1: "the gradient norm behaves roughly as √d, the step as 1/d, the normalised perturbation as 1/√d". */
export const figure2 = againstDimension({
  id: "figure-2",
  number: "2",
  title: "Gradient norm, flipping step and perturbation against d, per width m",
  by: "m",
  cover: 2,
  finding: smallestFlips,
  quantities: rawQuantities,
  claims: (series, results) => [
    ...series.flatMap(({ value, label, results: rows }) => claimed.map((name) => exponentClaim("figure-2", name, rows, { key: `m=${value}`, label }))),
    testErrorClaim("figure-2", results),
    insideBallClaim("figure-2", results),
  ],
});
