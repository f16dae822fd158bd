import type { Tensor } from "../tensor/tensor.ts";

/** Rows `from` up to `to` (not included) of data that is too large for one run. */
export interface Batch {
  readonly from: number;
  readonly to: number;
  /** Rows in it. */
  readonly count: number;
  /** Its rows of a matrix with so many columns, as a tensor; the data is shared, not copied. */
  rows(data: Float32Array, columns: number): Tensor<"float32">;
}

/** `n` rows in batches of `size`; the last one has what is left. */
export function* batches(n: number, size: number): Generator<Batch> {
  for (let from = 0; from < n; from += size) {
    const to = Math.min(n, from + size);
    const count = to - from;
    yield { from, to, count, rows: (data, columns) => ({ element: "float32", shape: [count, columns], data: data.subarray(from * columns, to * columns) }) };
  }
}

/** How many rows go into one run where each keeps so many float32 numbers and all together may keep `budget`: from 1 to `n`. */
export function rowsPerRun(numbersPerRow: number, n: number, budget = 2 ** 25): number {
  return Math.max(1, Math.min(n, Math.floor(budget / numbersPerRow)));
}
