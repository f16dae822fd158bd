import { SignflipError } from "../util/errors.ts";
import { random } from "../util/random.ts";

export interface ChoiceOptions {
  /** At most so many samples. Default: all. */
  readonly limit?: number | undefined;
  /** Draws them at random, so that a larger sample contains a smaller one. Left out: the first ones. */
  readonly seed?: number | undefined;
}

/**
 * Which of n samples are taken, in their own order.
 * @throws SF_OPTION (usage) where the limit is not a whole number from 1
 */
export function chooseSamples(n: number, { limit = n, seed }: ChoiceOptions): Int32Array {
  if (n === 0) return new Int32Array();
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new SignflipError("SF_OPTION", `limit must be a whole number from 1; got ${String(limit)}`, { usage: true });
  const all = seed === undefined || limit >= n ? Int32Array.from({ length: n }, (_, i) => i) : random(seed, "data", "sample").permutation(n);
  return all.slice(0, limit).sort();
}
