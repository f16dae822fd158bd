import { intOf } from "../attributes.ts";
import { int } from "../ir.ts";
import { type Change, firstInput } from "./change.ts";

/**
 * Until 13 the operator saw a matrix: the axes from `axis` on (1 by default) were taken together. Where only one of these is
 * longer than 1, this is the same as the operator along it.
 */
export const overMatrix: Change = {
  since: 13,
  rewrite: (node, g) => {
    const x = firstInput(node);
    const axis = intOf(node.attributes, "axis", 1);
    const rank = x.type.shape?.length;
    const from = axis < 0 && rank !== undefined ? axis + rank : axis;
    const together = x.type.shape?.slice(from);
    const long = together?.flatMap((dim, i) => (dim === 1 ? [] : [from + i]));
    if (together && together.length > 0 && long && long.length <= 1) return { ...node, attributes: { axis: int(long[0] ?? from) } };
    const [y] = g.op(node.op, [g.flatten(x, axis)], { axis: int(-1) });
    // A 0 in the shape is an axis of no elements, not one to be kept.
    const [shaped] = g.op("Reshape", [y, g.shape(x)], { allowzero: int(1) });
    shaped.type = x.type;
    return [shaped];
  },
};
