/** A mean with its spread over samples. `sd` is the sample standard deviation (n − 1). */
export interface Summary {
  readonly mean: number;
  readonly sd: number;
  readonly n: number;
}
