import { SignflipError } from "../../util/errors.ts";
import { stringOf } from "../attributes.ts";
import type { Attributes } from "../ir.ts";
import { likeFirst } from "./elementwise.ts";
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
