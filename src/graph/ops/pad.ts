import { intsOf, stringOf } from "../attributes.ts";
import { freshDim } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { dimsOf, rankOf, scatterBack, shapeOf } from "./like.ts";
import { defineOp } from "./rule.ts";

/**
 * y = x with elements put before and after it along axes (taken away where the numbers are negative): a constant, the nearest (edge), or x
 * again, mirrored (reflect) or from its other end (wrap).  dx = dy with the opposite numbers; the constant put there gets the sum of the rest
 * of dy, and elements of x that were put there get what they gave.
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
  vjp: (g, { inputs: [x, pads, constant, axes], dy, attributes, wanted }) => {
    if (stringOf(attributes, "mode", "constant") !== "constant")
      return [scatterBack(g, x, dy, (positions) => g.op("Pad", axes ? [positions, pads, undefined, axes] : [positions, pads], attributes)[0])];
    const known = pads.ints?.every((n) => typeof n === "number") ? pads.ints : undefined;
    const back = known ? g.ints(known.map((n) => -n)) : g.neg(pads);
    const dx = g.op("Pad", axes ? [dy, back, undefined, axes] : [dy, back])[0];
    const total = () => g.sub(g.reduceSum(dy, undefined, false), g.reduceSum(dx, undefined, false));
    return [dx, undefined, constant && wanted[2] ? total() : undefined];
  },
});

/** y = the middle of x, or x with zeros around it, so that it has given sizes.  dx = the same of dy, with the sizes of x. */
export const CenterCropPad = defineOp({
  operands: ["x", "sizes"],
  infer: ({ op, types: [x], ints: [, sizes], attributes }) => {
    const { element, shape } = x;
    const axes = intsOf(attributes, "axes")?.map((axis) => normalAxis(op, Number(axis), shape?.length ?? 64));
    return [{ element, shape: shape?.map((dim, axis) => (axes && !axes.includes(axis) ? dim : (sizes?.[axes ? axes.indexOf(axis) : axis] ?? freshDim()))) }];
  },
  vjp: (g, { inputs: [x], dy, attributes }) => {
    const rank = rankOf("CenterCropPad", x);
    const axes = intsOf(attributes, "axes")?.map((axis) => normalAxis("CenterCropPad", Number(axis), rank));
    const sizes = axes
      ? g.concat(
          axes.map((axis) => dimsOf(g, x, axis, axis + 1)),
          0,
        )
      : shapeOf(g, x);
    return [g.op("CenterCropPad", [dy, sizes], attributes)[0]];
  },
});
