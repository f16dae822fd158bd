import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { int, string } from "../../../src/graph/ir.ts";
import { type Cases, example, indices } from "./case.ts";

const labels = (g: GraphBuilder) => indices(g, [3], [1, 0, 2]);
const losses = (op: string, outputs = 1, options = {}) => [
  ...["mean", "sum", "none"].map((reduction) =>
    example(`reduction ${reduction}`, { x: [3, 3], w: [3] }, (g, { x }) => g.op(op, [x, labels(g)], { reduction: string(reduction) }, outputs), options),
  ),
  example(
    "weights, and a class to ignore",
    { x: [3, 3], w: [3] },
    (g, { x, w }) => g.op(op, [x, labels(g), g.mul(w, w)], { ignore_index: int(0) }, outputs),
    options,
  ),
  example("pixels", { x: [2, 3, 2] }, (g, { x }) => g.op(op, [x, indices(g, [2, 2], [0, 2, 1, 1])], {}, outputs), options),
];

export const lossCases = {
  NegativeLogLikelihoodLoss: losses("NegativeLogLikelihoodLoss"),
  SoftmaxCrossEntropyLoss: losses("SoftmaxCrossEntropyLoss", 2),
} satisfies Cases;
