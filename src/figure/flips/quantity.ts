import { flipSymbols, type FlipSummary } from "../../measure/flip-row.ts";

/** The four numbers the single-gradient ray gives for a sample, in the paper's letters. */
export type QuantityName = "gradientNorm" | "step" | "perturbationRelative" | "perturbation";

export interface Quantity {
  readonly symbol: string;
  readonly name: string;
  /** p where the paper says the quantity behaves like d^p for inputs of norm 1. */
  readonly exponent: number;
  /** The same as one reads it. */
  readonly rate: string;
}

export const quantities: Record<QuantityName, Quantity> = {
  gradientNorm: { symbol: flipSymbols.gradientNorm, name: "gradient norm", exponent: 0.5, rate: "√d" },
  step: { symbol: flipSymbols.step, name: "smallest flipping step", exponent: -1, rate: "1/d" },
  perturbationRelative: { symbol: flipSymbols.perturbationRelative, name: "relative perturbation", exponent: -0.5, rate: "1/√d" },
  perturbation: { symbol: flipSymbols.perturbation, name: "perturbation", exponent: -0.5, rate: "1/√d" },
};

export const quantityNames = Object.keys(quantities) as QuantityName[];

/** A run's mean over test samples; NaN where no sample has the quantity (a stored NaN comes back as null). */
export function meanOf(row: FlipSummary, quantity: QuantityName): number {
  const mean: number | null = row[quantity].mean;
  return mean ?? NaN;
}
