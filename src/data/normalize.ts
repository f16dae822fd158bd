import { SignflipError } from "../util/errors.ts";

/**
 * Scales every row of `x` `[n, d]` in place to ‖x‖₂ = 1 and returns `x`. The norm is summed in float64, so a
 * row's norm is 1 to float32 rounding.
 * @throws SF_DATA when a row is all zero (it has no direction); `describe` names the row, e.g. "image 17".
 */
export function normalizeRows(x: Float32Array, d: number, describe: (row: number) => string): Float32Array {
  for (let start = 0; start < x.length; start += d) {
    let square = 0;
    for (let j = start; j < start + d; j++) square += x[j]! ** 2;
    if (square === 0) {
      throw new SignflipError("SF_DATA", `${describe(start / d)} is all zero and cannot be scaled to norm 1`);
    }
    const norm = Math.sqrt(square);
    for (let j = start; j < start + d; j++) x[j] = x[j]! / norm;
  }
  return x;
}
