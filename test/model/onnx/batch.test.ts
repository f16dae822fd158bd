import { expect, test } from "vitest";
import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { type Attributes, type Value, f32, float, floats, int, ints, string } from "../../../src/graph/ir.ts";
import { tensorOf } from "../../../src/tensor/tensor.ts";
import { expectScoresOfFile, loadBuilt, points, weights } from "./support.ts";

type Build = (g: GraphBuilder, x: Value) => Value;

const w = (g: GraphBuilder, shape: readonly number[], seed = 1) => g.constant(weights(shape, seed));
const op = (g: GraphBuilder, name: string, inputs: readonly (Value | undefined)[], attributes: Attributes = {}) => g.op(name, inputs, attributes)[0];
const at = (g: GraphBuilder, shape: readonly number[], values: readonly number[]) => g.constant(tensorOf("int64", shape, values));
const full = (g: GraphBuilder, value: Value, shape: readonly number[]) => op(g, "Reshape", [value, g.ints(shape)]);
const image = [1, 2, 4, 4];
/** A place in a row of 4 elements that a sample names itself. */
const chosen = (g: GraphBuilder, x: Value) => g.argMax(g.slice(full(g, x, [1, -1]), [0], [3], [1]), 1, false);

/* Operators whose several samples are not simply more rows: what a sample takes from itself, sizes and places of each sample, fused operators. */
const cases: readonly [name: string, shape: readonly number[], build: Build][] = [
  ["Gather at a place of the sample's own", [1, 4, 3], (g, x) => g.squeeze(g.gather(x, chosen(g, x), 1), [1])],
  ["Gather at a place of the sample's own, counted from the end, a scalar", [1, 4, 3], (g, x) => g.gather(x, g.sub(g.squeeze(chosen(g, x)), 4), 1)],
  ["Gather of a table at a place of the sample's own", [1, 4], (g, x) => g.add(x, g.gather(w(g, [3, 4]), chosen(g, x)))],
  ["GatherND at places of the sample's own", [1, 4, 3], (g, x) => op(g, "GatherND", [x, g.unsqueeze(g.concat([at(g, [1], [0]), chosen(g, x)], 0), [0])])],
  [
    "ScatterND at places of the sample's own",
    [1, 5],
    (g, x) => op(g, "ScatterND", [g.mul(x, 2), g.unsqueeze(g.concat([at(g, [1], [0]), chosen(g, x)], 0), [0]), g.reduceSum(x, [1], false)]),
  ],
  [
    "a spatial transformer",
    image,
    (g, x) => {
      const theta = full(g, g.matMul(full(g, x, [1, 32]), w(g, [32, 6])), [1, 2, 3]);
      return full(g, op(g, "GridSample", [x, op(g, "AffineGrid", [theta, g.ints([1, 2, 2, 3])])]), [1, 12]);
    },
  ],
  [
    "RoiAlign of regions that are the same for all",
    image,
    (g, x) =>
      full(
        g,
        op(g, "RoiAlign", [x, g.constant(tensorOf("float32", [2, 4], [0, 0, 2, 3, 1, 1, 4, 4])), at(g, [2], [0, 0])], {
          output_height: int(1),
          output_width: int(2),
          sampling_ratio: int(2),
        }),
        [1, 8],
      ),
  ],
  [
    "RoiAlign of regions of the sample's own",
    image,
    (g, x) => {
      const region = g.add(g.mul(g.slice(full(g, x, [1, -1]), [0], [4], [1]), 0.1), g.castLike(g.ints([0, 1, 2, 3]), x));
      return full(g, op(g, "RoiAlign", [x, region, at(g, [1], [0])], { output_height: int(2), output_width: int(1), sampling_ratio: int(1) }), [1, 4]);
    },
  ],
  [
    "RotaryEmbedding with places",
    [1, 3, 4],
    (g, x) => full(g, op(g, "RotaryEmbedding", [x, w(g, [5, 2]), w(g, [5, 2], 2), at(g, [1, 3], [4, 0, 2])], { num_heads: int(1) }), [1, 12]),
  ],
  [
    "RotaryEmbedding with tables of the sample",
    [1, 3, 4],
    (g, x) => full(g, op(g, "RotaryEmbedding", [x, w(g, [1, 3, 2]), w(g, [1, 3, 2], 2)], { num_heads: int(1) }), [1, 12]),
  ],
  [
    "Attention after what was before",
    [1, 2, 3, 4],
    (g, x) => {
      const [y] = g.op("Attention", [x, x, x, w(g, [3, 5]), w(g, [1, 2, 2, 4]), w(g, [1, 2, 2, 4], 2)], {}, 3);
      return full(g, y!, [1, 24]);
    },
  ],
  ["TensorScatter", [1, 2, 3], (g, x) => full(g, op(g, "TensorScatter", [w(g, [1, 4, 3]), x, at(g, [1], [1])]), [1, 12])],
  ["CumProd along the axis of the batch", [1, 4], (g, x) => g.unsqueeze(op(g, "CumProd", [g.squeeze(x, [0]), g.int(0)]), [0])],
  ["DFT", [1, 6, 1], (g, x) => full(g, op(g, "DFT", [x, undefined, g.int(1)], { onesided: int(1) }), [1, 8])],
  ["CenterCropPad", [1, 5, 2], (g, x) => full(g, op(g, "CenterCropPad", [x, g.ints([3, 4])], { axes: ints([1, 2]) }), [1, 12])],
  ["Compress", [1, 5], (g, x) => op(g, "Compress", [x, g.cast(g.ints([1, 0, 1, 1, 0]), "bool")], { axis: int(1) })],
  ["OneHot", [1, 3], (g, x) => g.mul(op(g, "OneHot", [chosen(g, x), g.int(3), g.constant(tensorOf("float32", [2], [1, 2]))]), x)],
  [
    "linear models",
    [1, 3],
    (g, x) => {
      const scaled = op(g, "ai.onnx.ml::Scaler", [x], { offset: floats([0.1, 0.2, 0.3]), scale: floats([1, 2, 3]) });
      const normal = op(g, "ai.onnx.ml::Normalizer", [scaled], { norm: string("L2") });
      return op(g, "ai.onnx.ml::LinearRegressor", [normal], { coefficients: floats([1, 2, 3, 4, 5, 6]), intercepts: floats([0.5, 1]), targets: int(2) });
    },
  ],
  ["FusedMatMul with weights", [1, 2, 3], (g, x) => full(g, op(g, "com.microsoft::FusedMatMul", [x, w(g, [4, 3])], { transB: int(1) }), [1, 8])],
  [
    "FusedMatMul of the sample with itself",
    [1, 2, 3],
    (g, x) => full(g, op(g, "com.microsoft::FusedMatMul", [x, x], { transB: int(1), alpha: float(0.5) }), [1, 4]),
  ],
  ["FusedGemm", [1, 3], (g, x) => op(g, "com.microsoft::FusedGemm", [x, w(g, [3, 4]), w(g, [4])], { activation: string("Relu") })],
  [
    "FusedConv with a sum",
    image,
    (g, x) => full(g, op(g, "com.microsoft::FusedConv", [x, w(g, [2, 2, 1, 1]), w(g, [2]), x], { activation: string("Relu") }), [1, 32]),
  ],
  [
    "SkipLayerNormalization",
    [1, 2, 4],
    (g, x) => full(g, op(g, "com.microsoft::SkipLayerNormalization", [x, w(g, [1, 2, 4]), w(g, [4]), w(g, [4], 2)], { epsilon: float(0.01) }), [1, 8]),
  ],
  ["BiasGelu", [1, 4], (g, x) => op(g, "com.microsoft::BiasGelu", [x, w(g, [4])])],
];

test.each(cases)("several samples at once: %s", async (_, shape, build) => {
  const model = await loadBuilt(f32(shape), build);
  expect(model.mostRows).toBeUndefined();
  expect(model.report.supported).toBe(true);
  await expectScoresOfFile(model, points(model, 4, 3));
});
