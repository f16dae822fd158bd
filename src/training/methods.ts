/** How the perturbations of an epoch are found: as in the authors' code, or with fewer passes to the same networks. */
export const adversarialMethods = {
  faithful: "PGD of 100 steps of 2.5 ε / 100, from δ = 0 against the network at the beginning of every epoch",
  fast: "PGD of 10 steps of length ε, likewise: on networks this close to linear it finds losses as high (docs/decisions.md)",
} as const;
export type AdversarialMethod = keyof typeof adversarialMethods;

/** The default number of PGD steps per epoch. */
export const stepsOf: Readonly<Record<AdversarialMethod, number>> = { faithful: 100, fast: 10 };

/** The default length of one step in units of ε, given the number of steps. */
export const stepPerEps: Readonly<Record<AdversarialMethod, (steps: number) => number>> = { faithful: (steps) => 2.5 / steps, fast: () => 1 };
