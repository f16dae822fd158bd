/**
 * The constants that the paper's statements leave open ("there are constants C_1, C_2, …"), and the exponents of its
 * width requirement. No proof gives them a numerical value, so each is a parameter with a default.
 */
export interface Constants {
  /** C_1 of Theorem 3.1: the step is |η| = C_1/d. */
  readonly c1: number;
  /** C_2 of Theorem 3.1: m ≥ C_2 ln(1/γ). */
  readonly c2: number;
  /** C_3 of Theorem 3.1: m ≤ C_3 exp(d^0.24). */
  readonly c3: number;
  /** The exponent of m ≥ d^2.4. */
  readonly lowerExponent: number;
  /** The exponent of m ≤ C_3 exp(d^0.24). */
  readonly upperExponent: number;
  /** A perturbation of x has norm up to R = reach/√d (Lemma 4.4, B.6). */
  readonly reach: number;
  /** c of Corollary 3.2: the robust error is at R = c/√d. */
  readonly robustReach: number;
  /** c of Lemma 4.4: the gradient changes by at most c√d. */
  readonly change: number;
  /** Corollary 3.2: the robust error is at least this … */
  readonly robustError: number;
  /** … except for at most this share of draws of (a, W_0). */
  readonly robustErrorFailure: number;
}

/**
 * Taken from the proofs if the paper gives a number (2.4, 0.24, 0.9), otherwise a round number. C_1 and the robust reach depend on C_0 in
 * the proofs; the defaults suit C_0 = 10. In draws of a point at d 16 to 4096, m 1,000 and 10,000, at the W of the ball that takes
 * f farthest from 0, 95 % flip once C_1 is 3 to 15, and 90 % within reach 4 to 10 (C_0 = 10); at C_0 = 0, C_1 = 3 (d ≥ 64) and reach 2; at C_0 = 30
 * and d = 4096, C_1 = 40 and reach 28. For d ≥ 64, neither grows with d once √d is well above C_0.
 */
export const defaultConstants: Constants = {
  c1: 16,
  c2: 1,
  c3: 1,
  lowerExponent: 2.4,
  upperExponent: 0.24,
  reach: 1,
  robustReach: 12,
  change: 0.25,
  robustError: 0.9,
  robustErrorFailure: 0.1,
};
