import type { Summary } from "./summary.ts";

/** What happened to one sample on the ray of its gradient. */
export const flipStatus = { flipped: 0, neverFlipped: 1, misclassified: 2 } as const;

/**
 * One entry per test sample, in the order of the test set. `step` is |η|, `perturbation` is ‖δ‖ = |η|·‖∇f‖, and
 * `perturbationRelative` is ‖δ‖/‖x‖. A misclassified sample has distance 0; one that is never flipped has NaN.
 * A sample that is all zero has no ‖δ‖/‖x‖: NaN.
 */
export interface FlipSamples {
  readonly output: Float64Array;
  readonly gradientNorm: Float64Array;
  readonly step: Float64Array;
  readonly perturbation: Float64Array;
  readonly perturbationRelative: Float64Array;
  /** One of `flipStatus`. */
  readonly status: Uint8Array;
  /**
   * Where crossings are bracketed and not exact: how far apart, in l2, the places on the ray were that were asked about around the crossing. Two crossings
   * that lie closer are not told apart. NaN where there is none; absent where crossings are exact.
   */
  readonly resolution?: Float64Array;
}

/** A summary of the samples, which tables, figures and fits use. */
export interface FlipSummary {
  readonly gradientNorm: Summary;
  readonly step: Summary;
  readonly perturbation: Summary;
  readonly perturbationRelative: Summary;
  readonly flipped: number;
  readonly neverFlipped: number;
  readonly misclassified: number;
}

/** The measured quantities, in the paper's notation. */
export const flipSymbols = { gradientNorm: "‖∇f(x)‖", step: "|η|", perturbationRelative: "‖δ‖/‖x‖", perturbation: "‖δ‖" } as const;

/** How misclassified samples enter the means: as distance 0 (as in the authors' code) or not at all. */
export type MisclassifiedConvention = "zero" | "exclude";
