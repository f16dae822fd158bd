/**
 * The constants that the paper's statements leave open ("there are constants C_1, C_2, …"), and the exponents of its
 * width requirement. None of them is fixed by a proof with numbers in it: each is a parameter with the value we read it at.
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
  /** … but for a share of draws of (a, W_0) up to this. */
  readonly robustErrorFailure: number;
}

/**
 * Restored from the proofs where the paper gives a number (2.4, 0.24, 0.9), else a round one. C_1 and the robust reach depend on C_0 in
 * the proofs: they are what C_0 = 10 takes. In draws of a point at d 16 to 4096, m 1,000 and 10,000, at the W of the ball that takes
 * f farthest from 0, 95 % flip from C_1 = 3 to 15 on and 90 % by reach 4 to 10 (C_0 = 10); from C_1 = 3 (d ≥ 64) and by reach 2 at C_0 = 0; from
 * C_1 = 40 and by reach 28 at C_0 = 30 and d = 4096. In d ≥ 64 neither grows with d once √d is well above C_0.
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
