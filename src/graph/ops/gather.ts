import { SignflipError } from "../../util/errors.ts";
import { intOf } from "../attributes.ts";
import { type Attribute, int, string } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { dimsOf, rankOf, shapeOf } from "./like.ts";
import { defineOp } from "./rule.ts";

const add: Attribute = string("add");

/** y = the slices of x at indices along an axis.  dx = each slice of dy added where it came from. */
export const Gather = defineOp({
  operands: ["x", "indices"],
  infer: ({ op, types: [x, indices], ints: [known, at], attributes }) => {
    const { element, shape } = x;
    if (!shape || !indices.shape) return [{ element, shape: undefined }];
    const axis = normalAxis(op, intOf(attributes, "axis", 0), shape.length);
    const type = { element, shape: [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)] };
    const found = known && type.shape.length <= 1 ? at?.map((i) => known.at(Number(i))) : undefined;
    return [{ type, ints: found?.every((dim) => dim !== undefined) ? found : undefined }];
  },
  vjp: (g, { inputs: [x, indices], dy, attributes }) => {
    const axis = normalAxis("Gather", intOf(attributes, "axis", 0), rankOf("Gather", x));
    // The axes of the indices become one, and the indices are repeated along all others.
    const around = () => [dimsOf(g, x, 0, axis), g.reshape(g.count(indices, "int64"), [1]), dimsOf(g, x, axis + 1, rankOf("Gather", x))];
    const updates = rankOf("Gather", indices) === 1 ? dy : g.reshape(dy, g.concat(around(), 0));
    const column = g.reshape(indices, [-1, ...Array.from({ length: rankOf("Gather", x) - axis - 1 }, () => 1)]);
    return [g.op("ScatterElements", [g.zerosLike(x), g.expand(column, shapeOf(g, updates)), updates], { axis: int(axis), reduction: add })[0]];
  },
});

/** y[i, j, …] = x[i, index[i, j, …], …] along an axis.  dx = each element of dy added where it came from. */
export const GatherElements = defineOp({
  operands: ["x", "indices"],
  infer: ({ types: [x, indices] }) => [{ element: x.element, shape: indices.shape }],
  vjp: (g, { inputs: [x, indices], dy, attributes }) => [
    g.op("ScatterElements", [g.zerosLike(x), indices, dy], { axis: attributes["axis"] ?? int(0), reduction: add })[0],
  ],
});

/** y = the slices of x at index tuples, the last axis of the indices.  dx = each slice of dy added where it came from. */
export const GatherND = defineOp({
  operands: ["x", "indices"],
  infer: ({ types: [x, indices], attributes }) => {
    const batch = intOf(attributes, "batch_dims", 0);
    const depth = indices.shape?.at(-1);
    return [
      {
        element: x.element,
        shape: x.shape && indices.shape && typeof depth === "number" ? [...indices.shape.slice(0, -1), ...x.shape.slice(batch + depth)] : undefined,
      },
    ];
  },
  vjp: (g, { inputs: [x, indices], dy, attributes }) => {
    if (intOf(attributes, "batch_dims", 0) !== 0) throw new SignflipError("SF_GRADIENT", "no gradient through GatherND with batch_dims");
    return [g.op("ScatterND", [g.zerosLike(x), indices, dy], { reduction: add })[0]];
  },
});
