import { SignflipError } from "../../util/errors.ts";
import { stringOf } from "../attributes.ts";
import { freshDim } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { defineOp } from "./rule.ts";

/**
 * y = x with elements put before and after it along axes (taken away where the numbers are negative).
 * dx = dy with the opposite numbers; the constant put there gets the sum of the rest of dy.
 */
export const Pad = defineOp({
  operands: ["x", "pads", "constant?", "axes?"],
  infer: ({ op, types: [x, , , axesGiven], ints: [, pads, , axesInput] }) => {
    const { element, shape } = x;
    const axes = axesGiven ? axesInput : shape?.map((_, axis) => axis);
    if (!shape || !axes || !pads) return [{ element, shape: shape?.map(() => freshDim()) }];
    const result = [...shape];
    axes.forEach((given, i) => {
      const axis = normalAxis(op, Number(given), shape.length);
      const [dim, before, after] = [shape[axis]!, pads[i], pads[i + axes.length]];
      result[axis] =
        before === 0 && after === 0
          ? dim
          : typeof dim === "number" && typeof before === "number" && typeof after === "number"
            ? dim + before + after
            : freshDim();
    });
    return [{ element, shape: result }];
  },
  vjp: (g, { inputs: [, pads, constant, axes], dy, attributes, wanted }) => {
    const mode = stringOf(attributes, "mode", "constant");
    if (mode !== "constant") throw new SignflipError("SF_GRADIENT", `no gradient through Pad with mode ${mode}`);
    const known = pads.ints?.every((n) => typeof n === "number") ? pads.ints : undefined;
    const back = known ? g.ints(known.map((n) => -n)) : g.neg(pads);
    const dx = g.op("Pad", axes ? [dy, back, undefined, axes] : [dy, back])[0];
    const total = () => g.sub(g.reduceSum(dy, undefined, false), g.reduceSum(dx, undefined, false));
    return [dx, undefined, constant && wanted[2] ? total() : undefined];
  },
});
