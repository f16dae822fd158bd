import { GraphBuilder } from "../../../src/graph/builder.ts";
import { type Attributes, float, floats, int, ints, string } from "../../../src/graph/ir.ts";
import { type ElementType, type Tensor, sizeOf, tensorOf } from "../../../src/tensor/tensor.ts";
import { random } from "../../../src/util/random.ts";
import type { Form, OldModel } from "./old-model.ts";

/** A node of an old opset, which ONNX Runtime runs as it is: the result after reading must be the same. */
export interface UpgradeCase extends OldModel {
  readonly what: string;
  /** All by default. */
  readonly forms?: readonly Form[];
  /** The result, where the engine runs the operator at newer opsets only. */
  readonly expected?: Tensor;
}

const f32 = (shape: readonly number[], values: readonly number[]) => tensorOf("float32", shape, values);
const i64 = (...values: readonly number[]) => tensorOf("int64", [values.length], values);
/** Numbers between −2 and 2, the same in every run. */
const any = (...shape: readonly number[]) => {
  const source = random(1, "upgrade", String(shape));
  return f32(
    shape,
    Array.from({ length: sizeOf(shape) }, () => 4 * source.uniform() - 2),
  );
};
const counted = (...shape: readonly number[]) =>
  f32(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => i),
  );

type More = Partial<Pick<UpgradeCase, "forms" | "expected">> & { outputs?: readonly ElementType[] };
const one = (
  version: number,
  op: string,
  what: string,
  inputs: OldModel["inputs"],
  attributes: Attributes = {},
  { outputs = ["float32"], ...more }: More = {},
): UpgradeCase => ({ version, op, what, inputs, attributes, outputs, ...more });

const known: More = { forms: ["fed", "fixed"] };

const reductions = ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"];
const positive = f32([2, 3], [1, 2, 3, 4, 5, 6]);

const reduce = [...reductions, "ReduceSum", "ReduceLogSum"].flatMap((op) => [
  one(7, op, "an axis", { x: positive }, { axes: ints([1]), keepdims: int(0) }),
  one(11, op, "a negative axis", { x: positive }, { axes: ints([-1]) }),
  one(12, op, "all axes", { x: positive }, {}),
]);

const softmax = ["Softmax", "LogSoftmax", "Hardmax"].flatMap((op) => [
  one(7, op, "axes 1 and on together", { x: any(2, 3, 4) }),
  one(9, op, "all axes together", { x: any(2, 3, 4) }, { axis: int(0) }),
  one(11, op, "a negative axis", { x: any(2, 3, 4) }, { axis: int(-2) }),
  one(12, op, "the last axis", { x: any(2, 3, 4) }, { axis: int(2) }),
  one(12, op, "images of one pixel", { x: any(2, 3, 1, 1) }),
  one(12, op, "no samples", { x: any(0, 3, 4) }, {}),
  one(12, op, "no elements in a sample", { x: any(2, 3, 0) }, {}),
]);

/** Comparisons and the like of opset 6, which ONNX Runtime runs from 7 on. */
const broadcast = [
  ...(
    [
      ["Add", [11, 12, 23, 24]],
      ["Sub", [-9, -8, -17, -16]],
      ["Mul", [10, 20, 60, 80]],
      ["Div", [0.1, 0.2, 0.15, 0.2]],
    ] as const
  ).map(([op, result]) =>
    one(
      6,
      op,
      "a column",
      { a: f32([1, 2, 2], [1, 2, 3, 4]), b: f32([2], [10, 20]) },
      { broadcast: int(1), axis: int(1) },
      { expected: f32([1, 2, 2], result), ...known },
    ),
  ),
  one(
    6,
    "Pow",
    "a column",
    { a: f32([2, 2], [1, 2, 3, 4]), b: f32([2], [1, 2]) },
    { broadcast: int(1), axis: int(0) },
    { expected: f32([2, 2], [1, 2, 9, 16]), ...known },
  ),
  ...(
    [
      ["And", [0, 0, 1, 1]],
      ["Or", [0, 1, 1, 1]],
      ["Xor", [0, 1, 0, 0]],
    ] as const
  ).map(([op, result]) =>
    one(
      6,
      op,
      "a column",
      { a: tensorOf("bool", [2, 2], [0, 1, 1, 1]), b: tensorOf("bool", [2], [0, 1]) },
      { broadcast: int(1), axis: int(0) },
      {
        outputs: ["bool"],
        expected: tensorOf("bool", [2, 2], result),
        ...known,
      },
    ),
  ),
  ...(
    [
      ["Equal", [1, 0, 0, 1]],
      ["Greater", [0, 1, 0, 0]],
      ["Less", [0, 0, 1, 0]],
    ] as const
  ).map(([op, result]) =>
    one(
      6,
      op,
      "a column",
      { a: f32([2, 2], [1, 2, 3, 4]), b: f32([2], [1, 4]) },
      { broadcast: int(1), axis: int(0) },
      {
        outputs: ["bool"],
        expected: tensorOf("bool", [2, 2], result),
        ...known,
      },
    ),
  ),
];

const image = counted(1, 1, 4, 4);

const normalization = [
  one(
    6,
    "BatchNormalization",
    "in test mode",
    { x: any(1, 2, 3), s: f32([2], [1, 2]), b: f32([2], [0, 1]), m: f32([2], [0, 0]), v: f32([2], [1, 1]) },
    { is_test: int(1), epsilon: float(0) },
    {
      expected: f32(
        [1, 2, 3],
        Array.from(any(1, 2, 3).data, (x, i) => (i < 3 ? x : 2 * x + 1)),
      ),
    },
  ),
  one(
    7,
    "BatchNormalization",
    "of every element",
    { x: any(2, 2, 3), s: any(2, 3), b: any(2, 3), m: any(2, 3), v: f32([2, 3], [1, 2, 3, 4, 5, 6]) },
    { spatial: int(0) },
  ),
  one(
    8,
    "BatchNormalization",
    "of channels",
    { x: any(2, 2, 3), s: any(2), b: any(2), m: any(2), v: f32([2], [1, 2]) },
    { spatial: int(1), momentum: float(0.5) },
  ),
  one(9, "BatchNormalization", "of channels", { x: any(2, 2, 3), s: any(2), b: any(2), m: any(2), v: f32([2], [1, 2]) }, { epsilon: float(0.1) }),
  one(6, "Dropout", "in test mode", { x: any(2, 3) }, { is_test: int(1), ratio: float(0.3) }, { expected: any(2, 3) }),
  one(7, "Dropout", "with a ratio", { x: any(2, 3) }, { ratio: float(0.3) }),
  one(9, "Dropout", "with its mask", { x: any(2, 3) }, {}, { outputs: ["float32", "float32"] }),
  one(10, "Dropout", "with its mask", { x: any(2, 3) }, {}, { outputs: ["float32", "bool"] }),
  one(12, "Dropout", "with its mask", { x: any(2, 3), ratio: f32([], [0.3]) }, {}, { outputs: ["float32", "bool"] }),
  one(18, "GroupNormalization", "a scale for each group", { x: any(2, 6, 2), s: any(2), b: f32([2], [1, -1]) }, { num_groups: int(2) }, known),
  one(18, "GroupNormalization", "images", { x: any(1, 4, 2, 2), s: any(2), b: f32([2], [1, -1]) }, { num_groups: int(2), epsilon: float(0.1) }, known),
];

const resized = [
  one(
    6,
    "Upsample",
    "height and width",
    { x: counted(1, 1, 2, 2) },
    { height_scale: float(2), width_scale: float(1) },
    {
      expected: f32([1, 1, 4, 2], [0, 1, 0, 1, 2, 3, 2, 3]),
    },
  ),
  ...["nearest", "linear"].flatMap((mode) => [
    one(7, "Upsample", mode, { x: image }, { mode: string(mode), scales: floats([1, 1, 2, 3]) }),
    one(8, "Upsample", `${mode}, not by an integer`, { x: image }, { mode: string(mode), scales: floats([1, 1, 1.7, 2.6]) }),
    one(9, "Upsample", mode, { x: image, scales: f32([4], [1, 1, 2, 2]) }, { mode: string(mode) }),
    one(10, "Resize", `${mode}, larger`, { x: image, scales: f32([4], [1, 1, 2.3, 2]) }, { mode: string(mode) }),
    one(10, "Resize", `${mode}, smaller`, { x: image, scales: f32([4], [1, 1, 0.6, 0.3]) }, { mode: string(mode) }),
    one(10, "Resize", `${mode}, larger and smaller`, { x: image, scales: f32([4], [1, 1, 0.6, 1.5]) }, { mode: string(mode) }),
    one(11, "Resize", `${mode}, to a size`, { x: image, roi: f32([0], []), scales: f32([0], []), sizes: i64(1, 1, 3, 7) }, { mode: string(mode) }, known),
    one(
      11,
      "Resize",
      mode,
      { x: image, roi: f32([0], []), scales: f32([4], [1, 1, 0.6, 2.6]) },
      { mode: string(mode), coordinate_transformation_mode: string("half_pixel") },
    ),
  ]),
];

const rois = { rois: f32([2, 4], [0, 0, 2, 2, 1, 0.5, 3, 3]), batch: i64(0, 0) };
const aligned: Attributes = { output_height: int(2), output_width: int(2), sampling_ratio: int(1) };
const grid = f32([1, 2, 2, 2], [-0.9, -0.4, 0.3, 0.2, 0.8, -1.1, 0.1, 0.6]);

const shapes = [
  one(3, "Concat", "without an axis", { a: f32([1, 2], [1, 2]), b: f32([1, 1], [3]) }, {}, { expected: f32([1, 3], [1, 2, 3]) }),
  one(1, "Reshape", "a shape in the node", { x: f32([2, 3], [1, 2, 3, 4, 5, 6]) }, { shape: ints([3, -1]) }, { expected: f32([3, 2], [1, 2, 3, 4, 5, 6]) }),
  one(5, "Tile", "along an axis", { x: f32([1, 2], [1, 2]), n: f32([], [2]), axis: f32([], [1]) }, {}, { expected: f32([1, 4], [1, 2, 1, 2]), ...known }),
  one(7, "Slice", "to the end", { x: any(3, 4) }, { starts: ints([1, 0]), ends: ints([2 ** 63 - 1024, -1]) }),
  one(9, "Slice", "axes", { x: any(3, 4) }, { starts: ints([1]), ends: ints([3]), axes: ints([1]) }),
  one(7, "TopK", "along the last axis", { x: any(2, 5) }, { k: int(2) }, { outputs: ["float32", "int64"] }),
  one(9, "TopK", "along the first", { x: any(3, 2) }, { k: int(2), axis: int(0) }, { outputs: ["float32", "int64"] }),
  one(10, "TopK", "an input", { x: any(2, 5), k: i64(3) }, {}, { outputs: ["float32", "int64"] }),
  one(1, "Pad", "paddings", { x: f32([1, 2], [1, 2]) }, { paddings: ints([0, 1, 0, 0]), value: float(7) }, { expected: f32([1, 3], [7, 1, 2]) }),
  one(7, "Pad", "a constant", { x: any(2, 3) }, { pads: ints([1, 0, 0, 2]), value: float(1.5) }),
  one(9, "Pad", "zeros, and less than there was", { x: any(2, 3) }, { pads: ints([0, -1, 1, 0]) }),
  one(10, "Pad", "reflected", { x: any(2, 3) }, { pads: ints([0, 1, 1, 2]), mode: string("reflect") }),
  one(10, "Pad", "the edge", { x: any(2, 3) }, { pads: ints([0, 1, 1, 2]), mode: string("edge") }),
  one(7, "Split", "equal parts", { x: any(4, 2) }, { axis: int(0) }, { outputs: ["float32", "float32"] }),
  one(11, "Split", "parts of given sizes", { x: any(4, 2) }, { split: ints([3, 1]) }, { outputs: ["float32", "float32"] }),
  one(13, "Split", "equal parts", { x: any(4, 2) }, {}, { outputs: ["float32", "float32"] }),
  one(17, "Split", "an input", { x: any(4, 2), split: i64(1, 3) }, {}, { outputs: ["float32", "float32"] }),
  one(7, "Squeeze", "an axis", { x: any(1, 3, 1) }, { axes: ints([2]) }),
  one(11, "Squeeze", "a negative axis", { x: any(1, 3, 1) }, { axes: ints([-1]) }),
  one(12, "Squeeze", "all axes of size 1", { x: any(1, 3, 1) }),
  one(7, "Unsqueeze", "two axes", { x: any(3) }, { axes: ints([0, 2]) }),
  one(12, "Unsqueeze", "a negative axis", { x: any(3) }, { axes: ints([-1]) }),
  one(9, "Scatter", "along an axis", { x: any(2, 3), i: tensorOf("int64", [1, 2], [2, 0]), u: f32([1, 2], [7, 8]) }, { axis: int(1) }),
];

const elementwise = [
  one(5, "Cast", "by name", { x: f32([2], [1.5, -2]) }, { to: string("INT32") }, { outputs: ["int32"], expected: tensorOf("int32", [2], [1, -2]) }),
  one(6, "Clip", "to a range", { x: any(2, 3) }, { min: float(-0.5), max: float(0.5) }),
  one(7, "Clip", "from above, with infinity", { x: f32([3], [-Infinity, Infinity, 1]) }, { max: float(0.5) }),
  one(10, "Clip", "from below, with infinity", { x: f32([3], [-Infinity, Infinity, 1]) }, { min: float(2) }),
  one(
    6,
    "Gemm",
    "a row",
    { a: f32([2, 1], [1, 2]), b: f32([1, 2], [3, 4]), c: f32([2], [10, 20]) },
    { broadcast: int(1) },
    { expected: f32([2, 2], [13, 24, 16, 28]) },
  ),
  one(
    6,
    "PRelu",
    "a slope for each channel",
    { x: f32([1, 2, 2], [-1, 2, -3, -4]), slope: f32([2], [0.5, 2]) },
    {},
    { expected: f32([1, 2, 2], [-0.5, 2, -6, -8]) },
  ),
  one(5, "Selu", "its defaults", { x: f32([2], [1, -1]) }, {}, { expected: f32([2], [1.0507, 1.0507 * 1.6732 * (Math.exp(-1) - 1)]) }),
];

const images = [
  one(16, "GridSample", "the default mode", { x: image, grid }),
  one(16, "GridSample", "cubic", { x: image, grid }, { mode: string("bicubic"), align_corners: int(1) }),
  one(19, "GridSample", "nearest", { x: image, grid }, { mode: string("nearest"), padding_mode: string("border") }),
  one(10, "RoiAlign", "averages", { x: image, ...rois }, aligned),
  one(13, "RoiAlign", "of one region", { x: image, rois: f32([1, 4], [0, 0, 2, 2]), batch: i64(0) }, aligned, {
    expected: f32([1, 1, 2, 2], [2.5, 3.5, 6.5, 7.5]),
  }),
  one(15, "RoiAlign", "largest", { x: image, ...rois }, { ...aligned, mode: string("max"), sampling_ratio: int(2) }),
];

const signals = [
  one(17, "DFT", "the default axis", { x: any(1, 4, 3, 2) }, {}, known),
  one(17, "DFT", "another axis, one-sided", { x: any(1, 4, 4, 1) }, { axis: int(2), onesided: int(1) }, known),
];

const W = any(1, 12, 2);
const R = any(1, 12, 3);
const recurrent = [
  one(
    6,
    "RNN",
    "its sequence",
    { x: any(2, 1, 2), W: f32([1, 1, 2], [0.5, 1]), R: f32([1, 1, 1], [0]) },
    { hidden_size: int(1), output_sequence: int(1) },
    {
      expected: f32(
        [2, 1, 1, 1],
        [0, 1].map((t) => Math.tanh(0.5 * any(2, 1, 2).data[2 * t]! + any(2, 1, 2).data[2 * t + 1]!)),
      ),
      ...known,
    },
  ),
  one(
    6,
    "GRU",
    "its sequence",
    { x: f32([1, 1, 1], [1]), W: f32([1, 3, 1], [0, 0, 1]), R: f32([1, 3, 1], [0, 0, 0]) },
    { hidden_size: int(1), output_sequence: int(1) },
    {
      expected: f32([1, 1, 1, 1], [0.5 * Math.tanh(1)]),
      ...known,
    },
  ),
  one(
    6,
    "LSTM",
    "its sequence",
    { x: f32([1, 1, 1], [1]), W: f32([1, 4, 1], [0, 0, 0, 1]), R: f32([1, 4, 1], [0, 0, 0, 0]) },
    { hidden_size: int(1), output_sequence: int(1) },
    {
      expected: f32([1, 1, 1, 1], [0.5 * Math.tanh(0.5 * Math.tanh(1))]),
      ...known,
    },
  ),
  one(7, "LSTM", "forward", { x: any(2, 1, 2), W, R }, { hidden_size: int(3) }, { outputs: ["float32", "float32", "float32"], ...known }),
];

const pixels = any(2, 3, 4, 4);
const experimental = [
  one(9, "Affine", "both numbers", { x: pixels }, { alpha: float(2), beta: float(0.5) }),
  one(7, "ImageScaler", "a bias for each channel", { x: pixels }, { scale: float(2), bias: floats([1, 2, 3]) }),
  one(7, "ScaledTanh", "both numbers", { x: pixels }, { alpha: float(2), beta: float(0.5) }),
  one(7, "ParametricSoftplus", "both numbers", { x: pixels }, { alpha: float(2), beta: float(0.5) }),
  one(7, "Scale", "a number", { x: pixels }, { scale: float(3) }),
  one(7, "Crop", "a border", { x: pixels }, { border: ints([1, 0, 1, 2]) }),
  one(7, "Crop", "a size", { x: pixels }, { border: ints([1, 2, 0, 0]), scale: ints([2, 3]) }),
  one(7, "DynamicSlice", "bounds as inputs", { x: pixels, starts: i64(1, 0), ends: i64(2, 3), axes: i64(1, 2) }),
  one(8, "MeanVarianceNormalization", "its defaults", { x: pixels }),
  one(7, "MeanVarianceNormalization", "across channels", { x: pixels }, { across_channels: int(1) }),
  one(7, "MeanVarianceNormalization", "the mean only", { x: pixels }, { normalize_variance: int(0) }),
];

/** The body of a scan: a running sum, and its double. */
const running = ((): Attributes[string] => {
  const b = new GraphBuilder("body");
  const [sum, next] = [b.input("sum", { element: "float32", shape: [2] }), b.input("next", { element: "float32", shape: [2] })];
  const total = b.add(sum, next);
  b.finish([total, b.mul(total, 2)]);
  return { kind: "graph", value: b.graph };
})();
const loops = [
  one(
    8,
    "Scan",
    "of each sample of a batch",
    { lengths: undefined, sum: any(3, 2), x: any(3, 4, 2) },
    { body: running, num_scan_inputs: int(1) },
    { outputs: ["float32", "float32"], forms: ["fed"] },
  ),
  one(
    8,
    "Scan",
    "backward",
    { lengths: undefined, sum: any(3, 2), x: any(3, 4, 2) },
    { body: running, num_scan_inputs: int(1), directions: ints([1]) },
    { outputs: ["float32", "float32"], forms: ["fed"] },
  ),
];

export const cases: readonly UpgradeCase[] = [
  ...reduce,
  ...softmax,
  ...broadcast,
  ...normalization,
  ...resized,
  ...shapes,
  ...elementwise,
  ...images,
  ...signals,
  ...recurrent,
  ...experimental,
  ...loops,
];
