/**
 * Points with labels in {-1, +1}: what every network is trained and measured on.
 *
 * `x` is row-major `[n, d]`, float32; `y` is `[n]` with values -1 and +1; `fingerprint` is the SHA-256 of
 * all that determines the numbers, so that a cached result can name the data it was computed from.
 */
export interface Dataset {
  readonly name: string;
  readonly n: number;
  readonly d: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly fingerprint: string;
}

/** The two halves every experiment needs. */
export interface Split {
  readonly train: Dataset;
  readonly test: Dataset;
}
