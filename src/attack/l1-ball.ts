import { at, type FlatBox } from "../data/box.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { int, type Value } from "../graph/ir.ts";
import { tensorOf } from "../tensor/tensor.ts";
import { sanely } from "./direction.ts";
import type { Ball, Limits } from "./limits.ts";

/** Share of the entries of a gradient that a step in l1 goes to. */
const sparsity = 0.01;

/** All of a row's values in descending order, and where they came from. */
export const sorted = (g: GraphBuilder, values: Value, count: number): Value[] => g.op("TopK", [values, g.ints([count])], { axis: int(1) }, 2);

/**
 * Steps and projections in l1 that know the box (Croce & Hein 2021, "Mind the box", Sect. 3): the nearest point of the intersection of ball
 * and box, and steps along signs of the few largest entries of the gradient that can still move.
 */
export function l1Ball(outer: GraphBuilder, { x, eps, box, d }: Limits): Ball {
  const bounds = box && boundsIn(outer, box, d);
  return {
    step: (g, gradient, length, from, keep) =>
      sparseStep(g, { gradient, length, room: bounds && { ...bounds, at: g.add(x, from) } }, keep ? g.cast(keep, "int64") : Math.ceil(sparsity * d), d),
    project(g, delta) {
      const [size, sign] = [g.abs(delta), g.sign(delta)];
      // How far each entry can go in its direction: without a box, as far as it wants to.
      const room = bounds && g.max(g.where(g.greater(delta, 0), g.sub(bounds.high, x), g.sub(x, bounds.low)), 0);
      const capped = room ? g.min(size, room) : size;
      const shrink = shrinkage(g, { size, capped, eps, d });
      const moved = g.max(g.sub(size, shrink), 0);
      return g.mul(sign, room ? g.min(moved, room) : moved);
    },
  };
}

/** The bounds of every number, `[1, d]`, or one for all as a scalar. */
const boundsIn = (g: GraphBuilder, { low, high }: FlatBox, d: number) => {
  const row = (side: FlatBox["low"]) =>
    typeof side === "number"
      ? g.scalar(side, "float32")
      : g.constant(
          tensorOf(
            "float32",
            [1, d],
            Array.from({ length: d }, (_, i) => at(side, i)),
          ),
        );
  return { low: row(low), high: row(high) };
};

export interface SparseStep {
  readonly gradient: Value;
  /** `[n, 1]`, in l1 */
  readonly length: Value;
  /** The bounds and the point at which a step begins: entries on their bound are left out. */
  readonly room: { readonly low: Value; readonly high: Value; readonly at: Value } | undefined;
}

/** A step along the signs of the `keep` largest entries of a gradient: a number, or one for each row `[n, 1]` int64. */
export function sparseStep(g: GraphBuilder, { gradient, length, room }: SparseStep, keep: number | Value, d: number): Value {
  return sanely(g, gradient, (b, sane) => {
    const free = room && b.or(b.and(b.greater(sane, 0), b.less(room.at, room.high)), b.and(b.less(sane, 0), b.greater(room.at, room.low)));
    const size = free ? b.where(free, b.abs(sane), 0) : b.abs(sane);
    const order = sorted(b, size, typeof keep === "number" ? keep : d)[0]!;
    const [least] = typeof keep === "number" ? [b.slice(order, [keep - 1], [keep], [1])] : b.op("GatherElements", [order, b.sub(keep, 1)], { axis: int(1) });
    const chosen = b.where(b.and(b.greater(size, 0), b.greaterOrEqual(size, least)), b.sign(sane), 0);
    return b.mul(chosen, b.div(length, b.max(b.reduceL1(chosen, [1]), 1)));
  });
}

/**
 * The λ ≥ 0 for which Σ_j min(max(|δ_j| − λ, 0), room_j) is the budget, `[n, 1]`; 0 where it is no more without shrinking. The sum is piecewise linear
 * in λ: going down from ∞, entry j begins to count at |δ_j| and stops growing at |δ_j| − room_j. All 2 d of these points are sorted.
 */
function shrinkage(
  g: GraphBuilder,
  { size, capped, eps, d }: { readonly size: Value; readonly capped: Value; readonly eps: Value; readonly d: number },
): Value {
  const [points, from] = sorted(g, g.concat([size, g.sub(size, capped)], 1), 2 * d) as [Value, Value];
  // +1 for a point at which an entry begins, −1 where it ends.
  const turn = g.sub(g.mul(g.cast(g.less(from, g.int(d)), "float32"), 2), 1);
  const axis = g.scalar(1, "int32");
  const growing = g.op("CumSum", [turn, axis])[0];
  // Between point k and point k + 1.
  const next = g.concat([g.slice(points, [1], [2 * d], [1]), g.mul(eps, 0)], 1);
  const gained = g.mul(growing, g.sub(points, next));
  const sum = g.op("CumSum", [gained, axis])[0];
  // λ lies in the first stretch at whose end the sum reaches the budget: none of those before it.
  const before = g.cast(g.less(sum, eps), "float32");
  const index = g.cast(g.min(g.reduceSum(before, [1]), 2 * d - 1), "int64");
  const pick = (values: Value) => g.op("GatherElements", [values, index], { axis: int(1) })[0];
  const over = g.div(g.sub(pick(sum), eps), g.max(pick(growing), 1));
  const total = g.reduceSum(capped, [1]);
  return g.where(g.greater(total, eps), g.max(g.add(pick(next), over), 0), 0);
}
