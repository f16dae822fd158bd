/** How the perturbations of an epoch are found: what the authors' code does, or the same networks for fewer passes. */
export const adversarialMethods = {
  faithful: "PGD of 100 steps of 2.5 ε / 100, from δ = 0 against the network at the beginning of every epoch",
  fast: "PGD of 10 steps of length ε, likewise: on networks this close to linear it finds losses as high (docs/decisions.md)",
} as const;
export type AdversarialMethod = keyof typeof adversarialMethods;

/** PGD steps of an epoch, unless told otherwise. */
export const stepsOf: Readonly<Record<AdversarialMethod, number>> = { faithful: 100, fast: 10 };

/** Length of one of so many steps in units of ε, unless told otherwise. */
export const stepPerEps: Readonly<Record<AdversarialMethod, (steps: number) => number>> = { faithful: (steps) => 2.5 / steps, fast: () => 1 };
