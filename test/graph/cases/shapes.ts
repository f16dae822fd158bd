import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { int, ints, string } from "../../../src/graph/ir.ts";
import { type Cases, example, f32, indices, unary } from "./case.ts";

const bits = (g: GraphBuilder, values: number[]) => g.cast(g.ints(values), "bool");

export const shapeCases = {
  CenterCropPad: [
    example("larger and smaller", { x: [5, 2, 4] }, (g, { x }) => g.op("CenterCropPad", [x, g.ints([2, 5, 4])])),
    example("named axes of a batch", { x: ["n", 3, 4] }, (g, { x }) => g.op("CenterCropPad", [x, g.ints([7, 2])], { axes: ints([-1, 1]) })),
  ],
  TensorScatter: [
    example("one place for each sample", { x: [2, 1, 4, 2], updates: [2, 1, 2, 2] }, (g, { x, updates }) =>
      g.op("TensorScatter", [x, updates, g.ints([1, 2])]),
    ),
    example("around the end", { x: [2, 4, 2], updates: [2, 3, 2] }, (g, { x, updates }) =>
      g.op("TensorScatter", [x, updates, g.ints([3, 1])], { mode: string("circular") }),
    ),
    example("the first places", { x: [1, 3, 2], updates: [1, 2, 2] }, (g, { x, updates }) => g.op("TensorScatter", [x, updates])),
  ],
  Compress: [
    example("rows", { x: [4, 2] }, (g, { x }) => g.op("Compress", [x, bits(g, [1, 0, 0, 1])], { axis: int(0) })),
    example("columns, by a condition that is too short", { x: ["n", 3] }, (g, { x }) => g.op("Compress", [x, bits(g, [0, 1])], { axis: int(-1) })),
    example("elements", { x: [2, 3] }, (g, { x }) => g.op("Compress", [x, bits(g, [0, 1, 1, 0, 1])])),
  ],
  Concat: [
    example("two", { a: [2, 1], b: [2, 2] }, (g, { a, b }) => g.concat([a, b], 1)),
    example("three, along a negative axis", { a: [2, 1], b: [2, 2], c: [2, 1] }, (g, { a, b, c }) => g.concat([a, b, c], -1)),
    example("one", { a: [2] }, (g, { a }) => g.concat([a], 0)),
    example("sizes known only when it runs", { a: ["n", 2], b: [1, 2] }, (g, { a, b }) => g.concat([a, b], 0)),
  ],
  DepthToSpace: [
    example("the block first", { x: ["n", 8, 1, 2] }, (g, { x }) => g.op("DepthToSpace", [x], { blocksize: int(2) })),
    example("the block last", { x: ["n", 8, 1, 2] }, (g, { x }) => g.op("DepthToSpace", [x], { blocksize: int(2), mode: string("CRD") })),
  ],
  Expand: [
    example("rows", { x: [3] }, (g, { x }) => g.expand(x, [2, 3])),
    example("a column", { x: [2, 1] }, (g, { x }) => g.expand(x, [3, 1, 2])),
    example("smaller than x", { x: [2, 3] }, (g, { x }) => g.expand(x, [3])),
    example("the shape of another value", { x: [], y: ["n", 2] }, (g, { x, y }) => g.mul(g.expand(x, g.shape(y)), y)),
  ],
  Flatten: [
    example("a batch", { x: ["n", 2, 2] }, (g, { x }) => g.flatten(x)),
    example("all", { x: [2, 3] }, (g, { x }) => g.flatten(x, 0)),
    example("a negative axis", { x: [2, 3, 2] }, (g, { x }) => g.flatten(x, -1)),
    example("behind the last axis", { x: [2, 3] }, (g, { x }) => g.flatten(x, 2)),
  ],
  Gather: [
    example("rows", { x: [3, 2] }, (g, { x }) => g.gather(x, indices(g, [4], [0, 2, -1, 0]))),
    example("one column", { x: ["n", 3] }, (g, { x }) => g.gather(x, g.int(1), 1)),
    example("a matrix of columns", { x: [2, 3, 2] }, (g, { x }) => g.gather(x, indices(g, [2, 2], [0, 2, 2, 1]), -2)),
    example("a vector", { x: [4] }, (g, { x }) => g.gather(x, indices(g, [1, 3], [3, 3, 0]))),
  ],
  GatherElements: [
    example("with repetition", { x: [2, 3] }, (g, { x }) => g.op("GatherElements", [x, indices(g, [2, 2], [0, 2, 1, 1])], { axis: int(1) })),
    example("by default, rows", { x: [3, 2] }, (g, { x }) => g.op("GatherElements", [x, indices(g, [2, 2], [0, -1, 2, 0])])),
  ],
  GatherND: [
    example("elements", { x: [2, 3] }, (g, { x }) => g.op("GatherND", [x, indices(g, [3, 2], [0, 1, 1, 2, 0, 1])])),
    example("rows", { x: ["n", 3] }, (g, { x }) => g.op("GatherND", [x, indices(g, [2, 1], [1, 0])]), { zeroRows: "there is no row 1" }),
  ],
  Identity: unary("Identity"),
  OneHot: [
    example("the values, at the end", { values: [2] }, (g, { values }) => g.op("OneHot", [g.ints([0, 2, -1, 5]), g.int(3), values]), f32("OneHot")),
    example(
      "the values, in front",
      { values: [2] },
      (g, { values }) => g.op("OneHot", [indices(g, [2, 2], [0, 2, 1, 1]), g.ints([3]), values], { axis: int(0) }),
      f32("OneHot"),
    ),
    example(
      "for a batch of unknown size",
      { x: ["n", 2], values: [2] },
      (g, { x, values }) => g.op("OneHot", [g.argMax(x, 1, false), g.int(2), values]),
      f32("OneHot"),
    ),
  ],
  Pad: [
    example("zeros", { x: [2, 3] }, (g, { x }) => g.op("Pad", [x, g.ints([1, 0, 0, 2])])),
    example("a value", { x: ["n", 2], c: [] }, (g, { x, c }) => g.op("Pad", [x, g.ints([1, 0, 1, 1]), c])),
    example("taking away", { x: [3, 3] }, (g, { x }) => g.op("Pad", [x, g.ints([-1, 1, 0, -2])])),
    example("one axis", { x: [2, 3] }, (g, { x }) => g.op("Pad", [x, g.ints([1, 2]), undefined, g.ints([-1])])),
    ...["edge", "reflect", "wrap"].flatMap((mode) => [
      example(mode, { x: [3, 4] }, (g, { x }) => g.op("Pad", [x, g.ints([2, 1, 0, 3])], { mode: string(mode) })),
      example(
        `${mode}, one axis`,
        { x: ["n", 3] },
        (g, { x }) => g.op("Pad", [x, g.ints([1, 2]), undefined, g.ints([1])], { mode: string(mode) }),
        mode === "wrap" ? { zeroRows: "Pad wraps nothing" } : {},
      ),
    ]),
    example("edge, taking away", { x: [4, 3] }, (g, { x }) => g.op("Pad", [x, g.ints([-1, 1, 2, -1])], { mode: string("edge") })),
    example("known only when it runs", { x: ["n", 2] }, (g, { x }) => g.op("Pad", [x, g.mul(g.concat([g.shape(x), g.ints([0, 1])], 0), 1)])),
  ],
  Range: [
    example("of 3 elements, wherever it starts", { start: [], delta: [] }, (g, { start, delta }) =>
      g.op("Range", [start, g.add(start, g.mul(delta, 2.5)), delta]),
    ),
    example("of 2 elements backward", { start: [], delta: [] }, (g, { start, delta }) => {
      const step = g.neg(g.mul(delta, delta));
      return g.op("Range", [start, g.add(start, g.mul(step, 1.5)), step]);
    }),
  ],
  Reshape: [
    example("fixed", { x: [2, 3] }, (g, { x }) => g.reshape(x, [3, 2])),
    example("0 and −1", { x: ["n", 2, 3] }, (g, { x }) => g.reshape(x, [0, -1]), { zeroRows: "−1 is whatever is left of nothing" }),
    example("to another's shape", { x: ["n", 2], y: [2, "n"] }, (g, { x, y }) => g.mul(g.reshape(x, g.shape(y)), y)),
    example("to a scalar", { x: [1, 1] }, (g, { x }) => g.reshape(x, [])),
  ],
  ReverseSequence: [
    example("along the first axis", { x: [3, 2] }, (g, { x }) => g.op("ReverseSequence", [x, g.ints([2, 3])])),
    example("along the second axis", { x: [2, 3] }, (g, { x }) => g.op("ReverseSequence", [x, g.ints([2, 3])], { batch_axis: int(0), time_axis: int(1) })),
  ],
  ScatterElements: [
    example("written", { x: [3, 2], u: [2, 2] }, (g, { x, u }) => g.op("ScatterElements", [x, indices(g, [2, 2], [0, 2, 2, 1]), u])),
    example("added", { x: [2, 3], u: [2, 2] }, (g, { x, u }) =>
      g.op("ScatterElements", [x, indices(g, [2, 2], [0, 0, 2, -2]), u], { axis: int(1), reduction: string("add") }),
    ),
  ],
  ScatterND: [
    example("written", { x: [3, 2], u: [2, 2] }, (g, { x, u }) => g.op("ScatterND", [x, indices(g, [2, 1], [2, 0]), u])),
    example("added", { x: [2, 3], u: [3] }, (g, { x, u }) => g.op("ScatterND", [x, indices(g, [3, 2], [0, 0, 1, 2, 0, 0]), u], { reduction: string("add") })),
  ],
  Slice: [
    example("rows", { x: [4, 2] }, (g, { x }) => g.slice(x, [1], [3], [0])),
    example("two axes, from behind", { x: [3, 4] }, (g, { x }) => g.slice(x, [-2, 0], [2 ** 40, -1], [0, 1])),
    example("steps", { x: [5, 2] }, (g, { x }) => g.slice(x, [0, 1], [5, 2], [0, -1], [2, 1])),
    example("backward", { x: [4] }, (g, { x }) => g.slice(x, [-1], [-(2 ** 40)], [0], [-1])),
    example("a batch of unknown size", { x: ["n", 3] }, (g, { x }) => g.slice(x, [-1], [2 ** 40], [0])),
    example("columns of a batch of unknown size", { x: ["n", 3] }, (g, { x }) => g.slice(x, [1], [3], [1])),
    example("bounds known only when it runs", { x: [3, 2], y: ["n"] }, (g, { x, y }) => g.slice(x, g.ints([0]), g.sub(g.shape(y), 1), [0])),
    example("nothing", { x: [3, 2] }, (g, { x }) => g.slice(x, [2], [1], [0])),
    example("axes left out", { x: [3, 4] }, (g, { x }) => g.op("Slice", [x, g.ints([1, 1]), g.ints([3, 3])])),
  ],
  SpaceToDepth: [example("pixels to channels", { x: ["n", 2, 2, 4] }, (g, { x }) => g.op("SpaceToDepth", [x], { blocksize: int(2) }))],
  Split: [
    example("equal parts", { x: [4, 2] }, (g, { x }) => g.op("Split", [x], { num_outputs: int(2) }, 2)),
    example("a smaller last part", { x: [2, 5] }, (g, { x }) => g.op("Split", [x], { axis: int(1), num_outputs: int(3) }, 3)),
    example("sizes", { x: ["n", 3] }, (g, { x }) => g.op("Split", [x, g.ints([1, 2])], { axis: int(-1) }, 2)),
    example("a part that nothing reads", { x: [3] }, (g, { x }) => g.mul(g.op("Split", [x, g.ints([1, 2])], {}, 2)[1]!, 2)),
  ],
  Squeeze: [example("all", { x: [1, 3, 1] }, (g, { x }) => g.squeeze(x)), example("one axis", { x: [1, "n", 1] }, (g, { x }) => g.squeeze(x, [-1]))],
  Tile: [
    example("both axes", { x: [2, 3] }, (g, { x }) => g.op("Tile", [x, g.ints([2, 3])])),
    example("a batch of unknown size", { x: ["n", 2] }, (g, { x }) => g.op("Tile", [x, g.ints([2, 1])])),
    example("a scalar", { x: [] }, (g, { x }) => g.op("Tile", [x, g.ints([])])),
  ],
  Transpose: [
    example("reversed", { x: [2, 3] }, (g, { x }) => g.transpose(x)),
    example("a cycle", { x: [2, "n", 3] }, (g, { x }) => g.op("Transpose", [x], { perm: ints([1, 2, 0]) })),
  ],
  Trilu: [
    example("the upper part", { x: ["n", 3, 3] }, (g, { x }) => g.op("Trilu", [x])),
    example("the lower part, below a diagonal", { x: [2, 3] }, (g, { x }) => g.op("Trilu", [x, g.int(-1)], { upper: int(0) })),
  ],
  Unsqueeze: [
    example("front and back", { x: ["n", 2] }, (g, { x }) => g.unsqueeze(x, [0, -1])),
    example("a scalar", { x: [] }, (g, { x }) => g.unsqueeze(x, [0])),
  ],
} satisfies Cases;
