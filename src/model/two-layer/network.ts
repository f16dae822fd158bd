/**
 * The two-layer ReLU network of the paper (Sect. 2.1) with a fixed outer layer:
 * f(x) = (1/√m) Σ_s a_s σ(w_s·x + b_s) + (1/√m) a_0, the biases only where `bias` is true.
 */
export interface TwoLayerNetwork {
  readonly kind: "two-layer";
  readonly d: number;
  readonly m: number;
  readonly bias: boolean;
  /** The seed that drew `outer`, `outerBias` and the initial hidden layer; the lazy ball is centered there. */
  readonly seed: number;
  /** Hidden weights W, `[m, d]` row-major. */
  readonly weights: Float32Array;
  /** Hidden biases b, `[m]`; all 0 where `bias` is false. */
  readonly hiddenBias: Float32Array;
  /** Signs a_s, `[m]`, each -1 or +1. */
  readonly outer: Float32Array;
  /** a_0: -1 or +1, and 0 where `bias` is false. It enters f divided by √m. */
  readonly outerBias: number;
}
