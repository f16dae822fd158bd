import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { type Attributes, type Dim, type Value, int } from "../../../src/graph/ir.ts";
import { type Cases, example, reduction } from "./case.ts";

const spectrum = (what: string, shape: readonly Dim[], attributes: Attributes, more: (g: GraphBuilder) => (Value | undefined)[] = () => []) =>
  example(what, { x: shape }, (g, { x }) => g.op("DFT", [x, ...more(g)], attributes));

export const reductionCases = {
  DFT: [
    spectrum("a real signal", ["n", 5, 1], {}),
    spectrum("half of the spectrum", [2, 6, 1], { onesided: int(1) }),
    spectrum("half of the spectrum of an odd signal along another axis", [5, 2, 1], { onesided: int(1) }, (g) => [undefined, g.int(0)]),
    spectrum("a complex signal, cut", [2, 5, 2], {}, (g) => [g.int(3), g.int(1)]),
    spectrum("a complex signal, with zeros after it", [2, 3, 2], { inverse: int(1) }, (g) => [g.int(5)]),
  ],
  CumProd: [
    example("forward", { x: ["n", 3] }, (g, { x }) => g.op("CumProd", [x, g.int(1)])),
    example("from the other end, along the first axis", { x: [3, 2] }, (g, { x }) => g.op("CumProd", [x, g.int(-2)], { reverse: int(1) })),
    example("exclusive", { x: [2, 4, 1] }, (g, { x }) => g.op("CumProd", [x, g.int(1)], { exclusive: int(1) })),
    example("exclusive, from the other end, with zeros", { x: [4] }, (g, { x }) =>
      g.op("CumProd", [g.mul(x, g.castLike(g.ints([1, 0, 1, 0]), x)), g.int(0)], { exclusive: int(1), reverse: int(1) }),
    ),
  ],
  CumSum: [
    example("forward", { x: [2, 3] }, (g, { x }) => g.op("CumSum", [x, g.int(1)])),
    example("backward", { x: [3, 2] }, (g, { x }) => g.op("CumSum", [x, g.int(0)], { reverse: int(1) })),
    example("exclusive", { x: ["n", 3] }, (g, { x }) => g.op("CumSum", [x, g.int(-1)], { exclusive: int(1) })),
  ],
  ReduceL1: reduction("ReduceL1"),
  ReduceL2: reduction("ReduceL2"),
  ReduceLogSum: reduction("ReduceLogSum", { draw: "positive" }),
  ReduceLogSumExp: reduction("ReduceLogSumExp"),
  ReduceMax: reduction("ReduceMax", { draw: "distinct" }),
  ReduceMean: reduction("ReduceMean"),
  ReduceMin: reduction("ReduceMin", { draw: "distinct" }),
  ReduceProd: [
    ...reduction("ReduceProd"),
    ...[1, 2].map((zeros) =>
      example(`${zeros} zero${zeros > 1 ? "s" : ""}`, { x: [4] }, (g, { x }) =>
        g.op("ReduceProd", [
          g.mul(x, g.constant({ element: x.type.element as "float64", shape: [4], data: Float64Array.from([1, 1, 1, 1].fill(0, 0, zeros)) })),
        ]),
      ),
    ),
  ],
  ReduceSum: reduction("ReduceSum"),
  ReduceSumSquare: reduction("ReduceSumSquare"),
  TopK: [
    example("largest", { x: ["n", 4] }, (g, { x }) => g.op("TopK", [x, g.ints([2])], {}, 2), { draw: "distinct" }),
    example("smallest, by rows", { x: [4, 2] }, (g, { x }) => g.op("TopK", [x, g.ints([2])], { axis: int(0), largest: int(0) }, 2), { draw: "distinct" }),
  ],
} satisfies Cases;
