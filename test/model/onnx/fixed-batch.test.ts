import { expect, test } from "vitest";
import { type TensorType, type Value, f32, int } from "../../../src/graph/ir.ts";
import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { sizeOf, tensorOf } from "../../../src/tensor/tensor.ts";
import { expectScoresOfFile, loadBuilt, points, scoresAt, weights } from "./support.ts";

type Build = (g: GraphBuilder, x: Value) => Value;

const dense = (g: GraphBuilder, x: Value, from: number, to: number) => g.gemm(x, g.constant(weights([from, to])));
const full = (g: GraphBuilder, value: Value, shape: readonly number[]) => g.op("Reshape", [value, g.ints(shape)])[0];

/** Amounts of padding as PyTorch writes them: last axis first, filled up with zeros, then turned around. */
function padsOf(g: GraphBuilder, given: readonly number[], rank: number): Value {
  const zeros = g.op("ConstantOfShape", [g.ints([2 * rank - given.length])], { value: { kind: "tensor", value: tensorOf("int64", [1], [0]) } })[0];
  const pairs = full(g, g.concat([g.ints(given), zeros], 0), [-1, 2]);
  return g.cast(full(g, g.transpose(g.slice(pairs, [-1], [-(2 ** 53)], [0], [-1]), [1, 0]), [-1]), "int64");
}

/** Self-attention of two heads on a sequence-first `[steps, batch, 4]`, the heads merged with the batch. */
function attention(g: GraphBuilder, x: Value, steps: number, batch: number): Value {
  const heads = (seed: number) => g.transpose(full(g, g.matMul(x, g.constant(weights([4, 4], seed))), [steps, batch * 2, 2]), [1, 0, 2]);
  const mixed = g.matMul(g.softmax(g.matMul(heads(1), g.transpose(heads(2), [0, 2, 1]))), heads(3));
  const rows = full(g, g.transpose(mixed, [1, 0, 2]), [steps * batch, 4]);
  return full(g, dense(g, rows, 4, 4), [steps, batch, 4]);
}

const cases: readonly [name: string, shape: readonly number[], build: Build, inputShape: readonly number[], classes: number][] = [
  [
    "amounts of padding that are computed, so that the shape of the scores is not known",
    [7, 1, 4, 4],
    (g, x) => dense(g, g.flatten(g.op("Pad", [x, padsOf(g, [1, 0, 2, 0], 4)])[0]), 30, 3),
    [1, 4, 4],
    3,
  ],
  ["a target with −1 for the batch, and features that the batch divides", [2, 6], (g, x) => g.flatten(full(g, x, [-1, 2, 3])), [6], 6],
  [
    "a target of features first, which the batch divides",
    [2, 8],
    (g, x) => g.reduceMean(g.matMul(full(g, x, [-1, 2, 4]), g.constant(weights([4, 4]))), [1], false),
    [8],
    4,
  ],
  [
    "attention with steps first and heads merged with the batch",
    [3, 5, 4],
    (g, x) => g.reduceMean(attention(g, g.transpose(x, [1, 0, 2]), 5, 3), [0], false),
    [5, 4],
    4,
  ],
  ["a score for each sample, in a vector", [5, 4], (g, x) => g.squeeze(dense(g, x, 4, 1), [1]), [4], 2],
  ["a Squeeze that names no axes", [4, 1, 3], (g, x) => dense(g, g.squeeze(x), 3, 3), [1, 3], 3],
  ["a batch of 2,000", [2000, 3], (g, x) => dense(g, full(g, g.unsqueeze(x, [1]), [2000, 3]), 3, 2), [3], 2],
  [
    "an LSTM with a row of its states for each sample",
    [3, 4, 2],
    (g, x) => {
      const w = (shape: readonly number[]) => g.constant(weights(shape));
      const zeros = g.constant(tensorOf("float32", [1, 3, 2], [1, 2, 1, 2, 1, 2]));
      const [, h] = g.op("LSTM", [g.transpose(x, [1, 0, 2]), w([1, 8, 2]), w([1, 8, 2]), undefined, undefined, zeros, zeros], { hidden_size: int(2) }, 2);
      return dense(g, g.squeeze(h!, [0]), 2, 3);
    },
    [4, 2],
    3,
  ],
  [
    "indices that count the samples: the sample is repeated",
    [3, 4],
    (g, x) => g.op("GatherND", [dense(g, x, 4, 4), g.constant(tensorOf("int64", [3, 2, 2], [0, 1, 0, 2, 1, 1, 1, 2, 2, 1, 2, 2]))])[0],
    [4],
    2,
  ],
  // No batch at all: each row of the scores follows all rows of the input.
  ["a sequence without a batch", [3, 1, 4], (g, x) => full(g, attention(g, x, 3, 1), [3, 4]), [3, 1, 4], 12],
  ["rows that are the features of one sample", [3, 2], (g, x) => g.matMul(g.constant(weights([3, 3])), full(g, g.reduceSum(x, [1], false), [3])), [3, 2], 3],
];

test.each(cases)("a file for a fixed number of samples: %s", async (_, shape, build, inputShape, classes) => {
  const type: TensorType = f32(shape);
  const model = await loadBuilt(type, build);
  expect(model).toMatchObject({ inputShape, classes });
  expect(model.report.input.batch).toBe(inputShape.length === shape.length ? "none" : shape[0]);
  expect(model.mostRows).toBeUndefined();
  await expectScoresOfFile(model, points(model, 4, 7));
});

test("what is given for one sample is given to each of a fixed number of them", async () => {
  const bias = tensorOf("float32", [3], [1, 2, 3]);
  const model = await loadBuilt({ x: f32([4, 3]), b: f32([4, 3]) }, (g, x, b) => dense(g, g.mul(x, b!), 3, 3), { input: "x", given: { b: bias } });
  const x = points(model, 2);
  const ours = await scoresAt(model, x);
  (await model.predictOriginal(x)).forEach(({ scores }, i) => scores.forEach((score, k) => expect(ours[i]![k]).toBeCloseTo(score, 5)));
  await model.dispose();
  expect(sizeOf(model.inputShape)).toBe(3);
});
