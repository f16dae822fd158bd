import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/ir.ts";

/** The sum of absolute values of every row, `[n, 1]`: unlike a sum of squares it is 0 only where all are, down to the smallest float32. */
const sizeOf = (g: GraphBuilder, gradient: Value): Value => g.reduceL1(gradient, [1]);

/** Where a gradient `[n, d]` points somewhere: it is finite and not 0. bool `[n, 1]` */
export function pointsSomewhere(g: GraphBuilder, gradient: Value): Value {
  const size = sizeOf(g, gradient);
  return g.and(g.greater(size, 0), g.less(size, Infinity));
}

/** Sizes between which squares neither underflow nor overflow, nor their sum. */
const [least, most] = [2 ** -30, 2 ** 60];

/**
 * Powers of two that bring the largest entry of a row to about 1, by where it lies: below 2^-100, below 2^-40, below 2^40, below 2^100 and
 * above. Multiplying by them is exact, so that what is scaled gives the same direction, to the bit, as what needs no scaling.
 */
const scales: readonly (readonly [below: number, scale: number])[] = [
  [2 ** -100, 2 ** 126],
  [2 ** -40, 2 ** 70],
  [2 ** 40, 1],
  [2 ** 100, 2 ** -70],
];
const lastScale = 2 ** -100;

/**
 * A direction computed from gradients whose squares may be taken: rows that are too large or too small for that are scaled first, and
 * rows that are not finite are replaced by 0. Rows that need neither are left alone; where that is all of them, nothing is computed twice.
 * @param direction must not depend on the length of the gradient
 */
export function sanely(g: GraphBuilder, gradient: Value, direction: (b: GraphBuilder, sane: Value) => Value): Value {
  const size = sizeOf(g, gradient);
  const usual = g.and(g.greaterOrEqual(size, least), g.lessOrEqual(size, most));
  const all = g.greater(g.reduceMin(g.cast(usual, "float32"), undefined, false), 0);
  const [found] = g.if(
    all,
    (b) => [direction(b, gradient)],
    (b) => {
      const largest = b.reduceMax(b.abs(gradient), [1]);
      const scale = scales.toReversed().reduce<Value>((above, [below, scale]) => b.where(b.less(largest, below), scale, above), b.scalar(lastScale, "float32"));
      return [direction(b, b.where(pointsSomewhere(b, gradient), b.mul(gradient, scale), 0))];
    },
  );
  return found;
}
