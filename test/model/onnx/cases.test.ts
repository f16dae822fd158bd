import { describe, expect, test } from "vitest";
import { f32, f64, int, string } from "../../../src/graph/ir.ts";
import type { GraphBuilder } from "../../../src/graph/builder.ts";
import type { TensorType, Value } from "../../../src/graph/ir.ts";
import { tensorOf } from "../../../src/tensor/tensor.ts";
import { loadBuilt, points, scoresAt, weights } from "./support.ts";

type Case = [name: string, type: TensorType, build: (g: GraphBuilder, x: Value) => Value, expected: object];

const dense = (g: GraphBuilder, x: Value, from: number, to: number) => g.gemm(x, g.constant(weights([from, to])));
const full = (g: GraphBuilder, value: Value, shape: readonly number[]) => g.op("Reshape", [value, g.ints(shape)])[0];

/* Each is loaded, compared with its own file on random samples (which load does), and again on others, all at once. */
const cases: readonly Case[] = [
  ["a vector without a batch", f32([6]), (g, x) => g.matMul(x, g.constant(weights([6, 3]))), { inputShape: [6], classes: 3 }],
  ["a fixed batch of 3", f32([3, 2, 4]), (g, x) => dense(g, full(g, x, [3, 8]), 8, 4), { inputShape: [2, 4], classes: 4 }],
  [
    "a fixed batch of 3 in an expansion and a constant",
    f32([3, 4]),
    (g, x) =>
      dense(g, g.add(g.add(x, g.constant(tensorOf("float32", [3, 4], [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]))), g.expand(g.reduceSum(x, [1]), [3, 4])), 4, 3),
    { inputShape: [4] },
  ],
  [
    "a fixed batch of 2 that a target shape takes from the values it is for",
    f32([2, 4, 3]),
    (g, x) => g.matMul(g.op("Reshape", [x, g.concat([g.slice(g.shape(x), [0], [1], [0]), g.ints([4, -1])], 0)])[0], g.constant(weights([3, 2]))),
    { inputShape: [4, 3], classes: 8 },
  ],
  [
    "heads of attention, merged with the batch",
    f32([1, 5, 8]),
    (g, x) => {
      const heads = (w: number) => full(g, g.transpose(full(g, g.matMul(x, g.constant(weights([8, 8], w))), [1, 5, 2, 4]), [0, 2, 1, 3]), [2, 5, 4]);
      const mix = g.softmax(g.matMul(heads(1), g.transpose(heads(2), [0, 2, 1])));
      const out = full(g, g.transpose(full(g, g.matMul(mix, heads(3)), [1, 2, 5, 4]), [0, 2, 1, 3]), [1, 5, 8]);
      return dense(g, g.reduceMean(out, [1], false), 8, 3);
    },
    { inputShape: [5, 8] },
  ],
  [
    "a class token put before patches",
    f32([1, 3, 4]),
    (g, x) => dense(g, full(g, g.gather(g.concat([g.constant(weights([1, 1, 4])), x], 1), g.int(0), 1), [1, 4]), 4, 2),
    { inputShape: [3, 4], classes: 2 },
  ],
  [
    "a convolution on an image with its channels last",
    f32([1, 6, 6, 3]),
    (g, x) => dense(g, g.flatten(g.op("Conv", [g.transpose(x, [0, 3, 1, 2]), g.constant(weights([2, 3, 3, 3]))])[0]), 32, 3),
    { inputShape: [6, 6, 3], channelAxis: 2 },
  ],
  [
    "a sequence first, moved to the front of the batch",
    f32([1, 4, 3]),
    (g, x) => dense(g, full(g, g.transpose(g.matMul(g.transpose(x, [1, 0, 2]), g.constant(weights([3, 2]))), [1, 0, 2]), [1, 8]), 8, 3),
    {},
  ],
  ["a norm over the batch of 1", f32([1, 4]), (g, x) => dense(g, g.div(x, g.add(g.reduceL2(x), 1)), 4, 3), {}],
  ["a squeezed vector", f32([1, 5]), (g, x) => g.unsqueeze(g.matMul(g.squeeze(x, [0]), g.constant(weights([5, 3]))), [0]), {}],
  ["a single sum", f32(["n", 5]), (g, x) => g.reduceSum(x, [1], false), { output: "logit", classes: 2 }],
  ["float64", f64(["n", 5]), (g, x) => g.gemm(x, g.cast(g.constant(weights([5, 3])), "float64")), { classes: 3 }],
  ["scores with axes of size 1", f32([1, 4, 2, 2]), (g, x) => g.op("GlobalAveragePool", [x])[0], { classes: 4 }],
  [
    "an LSTM with initial states",
    f32([1, 4, 3]),
    (g, x) => {
      const w = (shape: readonly number[]) => g.constant(weights(shape));
      const [, h] = g.op(
        "LSTM",
        [g.transpose(x, [1, 0, 2]), w([1, 8, 3]), w([1, 8, 2]), w([1, 16]), undefined, w([1, 1, 2]), w([1, 1, 2])],
        { hidden_size: int(2) },
        2,
      );
      return dense(g, full(g, h!, [1, 2]), 2, 3);
    },
    {},
  ],
  [
    "padding, slices and a tile",
    f32([1, 4]),
    (g, x) => g.slice(g.op("Tile", [g.op("Pad", [x, g.ints([0, 1, 0, 2])])[0], g.ints([1, 2])])[0], [2], [9], [1], [2]),
    {},
  ],
  [
    "an image made larger",
    f32([1, 1, 2, 2]),
    (g, x) => g.flatten(g.op("Resize", [x, undefined, undefined, g.ints([1, 1, 4, 4])], { mode: string("nearest") })[0]),
    { classes: 16 },
  ],
  [
    "entries scattered",
    f32([1, 4]),
    (g, x) => g.op("ScatterND", [g.mul(x, 2), g.constant(tensorOf("int64", [1, 2], [0, 1])), g.constant(tensorOf("float32", [1], [7]))])[0],
    {},
  ],
  ["a product of two values of the sample", f32([1, 4]), (g, x) => full(g, g.matMul(g.unsqueeze(x, [2]), g.unsqueeze(x, [1])), [1, 16]), { classes: 16 }],
  ["an Einsum", f32([1, 2, 3]), (g, x) => g.op("Einsum", [x, g.constant(weights([3, 4]))], { equation: string("bij,jk->bk") })[0], { classes: 4 }],
];

describe("a free batch gives each sample its own scores", () => {
  test.each(cases)("%s", async (_, type, build, expected) => {
    const model = await loadBuilt(type, build);
    expect(model).toMatchObject(expected);
    expect(model.mostRows).toBeUndefined();
    expect(model.report.verified!.batch).toBeLessThan(1e-5);
    const x = points(model, 5, 7);
    const ours = await scoresAt(model, x);
    const theirs = await model.predictOriginal(x);
    await model.dispose();
    theirs.forEach(({ scores }, i) => {
      const own = ours[i]!;
      if (model.classes === 2 && scores.length === 2) expect(own[0]!).toBeCloseTo(scores[1]! - scores[0]!, 4);
      else own.forEach((z, k) => expect(Math.abs(z - scores[k]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(scores[k]!))));
    });
  });
});
