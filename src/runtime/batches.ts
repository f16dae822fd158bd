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

/** More rows than this are no faster, and neither are more numbers (64 MiB of them), which no cache holds, except that fewer rows than 64 are slower again. */
const [mostRows, mostNumbers, fewRows] = [512, 2 ** 24, 64];

/** How many rows run fastest together, where each keeps so many float32 numbers and all of them have to fit into `memory` bytes. */
export function fastestRows(numbersPerRow: number, memory: number): number {
  const fast = Math.max(fewRows, Math.floor(mostNumbers / numbersPerRow));
  return Math.max(1, Math.min(mostRows, fast, Math.floor(memory / (4 * numbersPerRow))));
}
