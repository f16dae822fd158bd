import { SignflipError } from "../../util/errors.ts";
import { stringOf } from "../attributes.ts";
import { type Attributes, type Value, int, string } from "../ir.ts";
import { likeFirst } from "./elementwise.ts";
import { shapeOf } from "./like.ts";
import { defineOp } from "./rule.ts";

/** A scatter's gradient: what was overwritten gets 0, what was added to all of dy; the updates get dy at their places. */
const scatter = (gather: "GatherElements" | "GatherND") =>
  defineOp({
    operands: ["x", "indices", "updates"],
    infer: likeFirst,
    vjp: (g, { inputs: [, indices, updates], dy, attributes, wanted }) => {
      const op = gather === "GatherND" ? "ScatterND" : "ScatterElements";
      const axis: Attributes = attributes["axis"] ? { axis: attributes["axis"] } : {};
      const reduction = stringOf(attributes, "reduction", "none");
      if (reduction !== "none" && reduction !== "add") throw new SignflipError("SF_GRADIENT", `no gradient through ${op} with reduction ${reduction}`);
      const overwritten = () => g.op(op, [dy, indices, g.zerosLike(updates)], axis)[0];
      return [!wanted[0] ? undefined : reduction === "add" ? dy : overwritten(), undefined, wanted[2] ? g.op(gather, [dy, indices], axis)[0] : undefined];
    },
  });

/** y = x, with updates written (or added) at indices along an axis */
export const ScatterElements = scatter("GatherElements");
/** y = x, with updates written (or added) at index tuples */
export const ScatterND = scatter("GatherND");

/** y = x, with updates written into each sample along an axis, from an index on.  dx = dy where x is left; the updates get dy at their places. */
export const TensorScatter = defineOp({
  operands: ["x", "updates", "indices?"],
  infer: likeFirst,
  vjp: (g, { inputs: [x, updates, indices], dy, attributes, wanted }) => {
    const write = (into: Value, what: Value) => g.op("TensorScatter", indices ? [into, what, indices] : [into, what], attributes)[0];
    // Places of the updates, counted from 1; what is left of x is 0.
    const size = g.count(updates, "int64");
    const places = g.reshape(g.op("Range", [g.int(1), g.add(size, 1), g.int(1)])[0], shapeOf(g, updates));
    const taken = g.reshape(write(g.expand(g.int(0), shapeOf(g, x)), places), [-1]);
    const zeros = g.expand(g.scalar(0, dy.type.element), g.reshape(g.add(size, 1), [1]));
    const back = () => g.op("ScatterElements", [zeros, taken, g.reshape(dy, [-1])], { axis: int(0), reduction: string("add") })[0];
    return [
      wanted[0] ? g.mul(dy, write(g.add(g.zerosLike(x), 1), g.zerosLike(updates))) : undefined,
      wanted[1] ? g.reshape(g.slice(back(), [1], [2 ** 53], [0]), shapeOf(g, updates)) : undefined,
    ];
  },
});
