import { int } from "../../../src/graph/ir.ts";
import { type Cases, example, reduction } from "./case.ts";

export const reductionCases = {
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
