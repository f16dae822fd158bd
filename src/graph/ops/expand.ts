import { type TensorType, freshDim } from "../ir.ts";
import { broadcastShapes, sameShape, unknownShape } from "../shape.ts";
import { dimsOf, rankOf } from "./like.ts";
import { defineOp } from "./rule.ts";

/** y = x repeated to the broadcast of its shape with the second input.  dx = dy, summed back to x's shape by the walk. */
export const Expand = defineOp({
  operands: ["x", "shape"],
  infer: ({ op, types: [x, target], ints: [known, wish] }) => {
    const { element, shape } = x;
    const size = wish ?? unknownShape(target?.shape?.[0]);
    const type: TensorType = { element, shape: broadcastShapes(op, shape, size) };
    const repeated =
      known?.length === 1 && typeof size?.[0] === "number" && size.length === 1 && size[0] <= 64 ? Array.from({ length: size[0] }, () => known[0]!) : undefined;
    return [{ type, ints: sameShape(shape, type.shape) ? known : repeated }];
  },
  vjp: (_, { dy }) => [dy],
  broadcasts: true,
});

/** y = x repeated a number of times along each axis.  dx = dy summed over the repetitions. */
export const Tile = defineOp({
  operands: ["x", "repeats"],
  infer: ({ types: [x], ints: [, repeats] }) => {
    const { element, shape } = x;
    return [
      {
        element,
        shape: shape?.map((dim, axis) =>
          repeats?.[axis] === 1 ? dim : typeof dim === "number" && typeof repeats?.[axis] === "number" ? dim * repeats[axis] : freshDim(),
        ),
      },
    ];
  },
  vjp: (g, { inputs: [x, repeats], dy }) => {
    const axes = Array.from({ length: rankOf("Tile", x) }, (_, axis) => axis);
    const interleaved = axes.flatMap((axis) => [g.slice(repeats, [axis], [axis + 1], [0]), dimsOf(g, x, axis, axis + 1)]);
    return [
      axes.length === 0
        ? dy
        : g.reduceSum(
            g.reshape(dy, g.concat(interleaved, 0)),
            axes.map((axis) => 2 * axis),
            false,
          ),
    ];
  },
});
