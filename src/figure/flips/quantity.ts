import { flipSymbols, type FlipSummary } from "../../measure/flip-row.ts";

/** The four numbers the single-gradient ray gives for a sample, in the paper's letters. */
export type QuantityName = "gradientNorm" | "step" | "perturbationRelative" | "perturbation";

export interface Quantity {
  readonly symbol: string;
  readonly name: string;
  /** As the subject of a sentence. */
  readonly subject: string;
  /** p where the paper says the quantity behaves like d^p for inputs of norm 1. */
  readonly exponent: number;
  /** The same as one reads it. */
  readonly rate: string;
  readonly goes: "grows" | "shrinks";
}

export const quantities: Record<QuantityName, Quantity> = {
  gradientNorm: { symbol: flipSymbols.gradientNorm, name: "gradient norm", subject: "The gradient norm", exponent: 0.5, rate: "√d", goes: "grows" },
  step: {
    symbol: flipSymbols.step,
    name: "smallest flipping step",
    subject: "The smallest step that flips the prediction",
    exponent: -1,
    rate: "1/d",
    goes: "shrinks",
  },
  perturbationRelative: {
    symbol: flipSymbols.perturbationRelative,
    name: "relative perturbation",
    subject: "The flipping perturbation relative to the image",
    exponent: -0.5,
    rate: "1/√d",
    goes: "shrinks",
  },
  perturbation: { symbol: flipSymbols.perturbation, name: "perturbation", subject: "The flipping perturbation", exponent: -0.5, rate: "1/√d", goes: "shrinks" },
};

/** A run's mean over test samples; NaN where no sample has the quantity (a stored NaN comes back as null). */
export function meanOf(row: FlipSummary, quantity: QuantityName): number {
  const mean: number | null = row[quantity].mean;
  return mean ?? NaN;
}
