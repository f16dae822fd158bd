/*
 * Arithmetic of vectors in float64, in plain loops: `Float64Array.from` with a function takes thirty times as long and `map` five times, and on a small
 * network most of a search's own time was spent there.
 */

export type Vector = Float32Array | Float64Array;

/** The values each number of an input may take; infinite where there is no box. */
export interface Limits {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** a + t b */
export function plus(a: Vector, b: Vector, t = 1): Float64Array {
  const sum = new Float64Array(a.length);
  for (let j = 0; j < sum.length; j++) sum[j] = a[j]! + t * b[j]!;
  return sum;
}

/** a − b */
export const minus = (a: Vector, b: Vector): Float64Array => plus(a, b, -1);

/** a + t (b − a) */
export function between(a: Vector, b: Vector, t: number): Float64Array {
  const point = new Float64Array(a.length);
  for (let j = 0; j < point.length; j++) point[j] = a[j]! + t * (b[j]! - a[j]!);
  return point;
}

/** a / divisor */
export function over(a: Vector, divisor: number): Float64Array {
  const quotient = new Float64Array(a.length);
  for (let j = 0; j < quotient.length; j++) quotient[j] = a[j]! / divisor;
  return quotient;
}

/** A perturbation of x brought within the limits, in place. */
export function limited(delta: Float64Array, x: Vector, { low, high }: Limits): Float64Array {
  for (let j = 0; j < delta.length; j++) delta[j] = Math.max(low[j]! - x[j]!, Math.min(high[j]! - x[j]!, delta[j]!));
  return delta;
}
