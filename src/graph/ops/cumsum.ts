import { SignflipError } from "../../util/errors.ts";
import { numbersOf } from "../../tensor/tensor.ts";
import { intOf } from "../attributes.ts";
import { type Value, int } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { likeFirst } from "./elementwise.ts";
import { rankOf } from "./like.ts";
import { defineOp } from "./rule.ts";
import { sizeAt } from "./window.ts";

/** y_i = x_0 + … + x_i along an axis, from the other end if `reverse`, without x_i if `exclusive`.  dx = the same of dy from the other end. */
export const CumSum = defineOp({
  operands: ["x", "axis"],
  infer: likeFirst,
  vjp: (g, { inputs: [, axis], dy, attributes }) => [g.op("CumSum", [dy, axis], { ...attributes, reverse: int(1 - intOf(attributes, "reverse", 0)) })[0]],
});

/**
 * y_k = x_0·…·x_k along an axis, from the other end if `reverse`, without x_k if `exclusive`.  dx_i = x_0·…·x_{i−1}·Σ_{k ≥ i} dy_k·x_{i+1}·…·x_k,
 * with products of all stretches, so that zeros do no harm.
 */
export const CumProd = defineOp({
  operands: ["x", "axis"],
  infer: likeFirst,
  vjp: (g, { inputs: [x, axis], dy, attributes }) => {
    if (!axis.constant) throw new SignflipError("SF_GRADIENT", "no gradient through CumProd: its axis is not fixed in the graph");
    const rank = rankOf("CumProd", x);
    const along = normalAxis("CumProd", numbersOf(axis.constant)[0]!, rank);
    const swap = Array.from({ length: rank }, (_, i) => (i === along ? rank - 1 : i === rank - 1 ? along : i));
    const exclusive = int(intOf(attributes, "exclusive", 0));
    const turn = (value: Value) => (intOf(attributes, "reverse", 0) === 0 ? value : g.slice(value, [-1], [-(2 ** 53)], [-1], [-1]));
    const [values, d] = [x, dy].map((value) => turn(g.transpose(value, swap))) as [Value, Value];
    const index = g.op("Range", [g.int(0), g.squeeze(sizeAt(g, x, along), [0]), g.int(1)])[0];
    const [row, column] = [g.unsqueeze(index, [1]), index];
    const rows = (value: Value) => g.unsqueeze(value, [-2]);
    const stretches = g.op("CumProd", [g.where(g.greater(column, row), rows(values), 1), g.int(rank)], { exclusive })[0];
    const follow = exclusive.kind === "int" && exclusive.value === 0 ? g.greaterOrEqual(column, row) : g.greater(column, row);
    // The engine keeps the axes of a reduction of no elements, whatever it is told.
    const sums = g.squeeze(g.reduceSum(g.where(follow, g.mul(rows(d), stretches), 0), [rank]), [rank]);
    return [g.transpose(turn(g.mul(g.op("CumProd", [values, g.int(rank - 1)], { exclusive: int(1) })[0], sums)), swap)];
  },
});
