import { type Attributes, type Dim, float, int, ints, string } from "../../../src/graph/ir.ts";
import { type Cases, type Options, example, f32 } from "./case.ts";

/** An operator on windows of one tensor. */
const windows =
  (op: string, options: Options, outputs = 1) =>
  (what: string, x: Dim[], attributes: Attributes, more: Options = {}) =>
    example(what, { x }, (g, { x }) => g.op(op, [x], attributes, outputs), { ...options, ...more });

const conv = (what: string, x: Dim[], w: number[], attributes: Attributes = {}, more: Options = {}) =>
  example(what, { x, w, b: [w[0]!] }, (g, { x, w, b }) => g.op("Conv", [x, w, b], attributes), { ...f32("Conv"), ...more });

const transposed = (what: string, x: Dim[], w: number[], attributes: Attributes = {}, more: Options = {}) => {
  const group = attributes["group"]?.kind === "int" ? attributes["group"].value : 1;
  return example(what, { x, w, b: [w[1]! * group] }, (g, { x, w, b }) => g.op("ConvTranspose", [x, w, b], attributes), { ...f32("ConvTranspose"), ...more });
};

/** Height and width are only known when it runs. */
const free: Options = {
  sizes: [
    { n: 2, h: 5, w: 4 },
    { n: 1, h: 6, w: 7 },
  ],
};

const max = windows("MaxPool", { draw: "distinct" });
const average = windows("AveragePool", f32("AveragePool"));
const lp = windows("LpPool", f32("LpPool"));
const kernel = (...sizes: number[]): Attributes => ({ kernel_shape: ints(sizes) });
const strides = (...sizes: number[]): Attributes => ({ strides: ints(sizes) });
const pads = (...sizes: number[]): Attributes => ({ pads: ints(sizes) });
const dilations = (...sizes: number[]): Attributes => ({ dilations: ints(sizes) });
const same = (end: "UPPER" | "LOWER"): Attributes => ({ auto_pad: string(`SAME_${end}`) });
const ceil: Attributes = { ceil_mode: int(1) };
const padding: Attributes = { count_include_pad: int(1) };

export const windowCases = {
  AveragePool: [
    average("windows side by side", ["n", 2, 4, 4], { ...kernel(2, 2), ...strides(2, 2) }),
    average("overlapping windows on one axis", [2, 2, 6], kernel(3)),
    average("on three axes", [1, 2, 3, 4, 3], { ...kernel(2, 2, 2), ...strides(1, 2, 1) }),
    average("padding left out", [1, 2, 5, 4], { ...kernel(3, 2), ...pads(1, 0, 1, 1), ...strides(2, 1) }),
    average("padding counted", [1, 2, 5, 4], { ...kernel(3, 2), ...pads(1, 0, 1, 1), ...strides(2, 1), ...padding }),
    average("a last window beyond the end", [1, 2, 6, 5], { ...kernel(3, 3), ...strides(2, 2), ...ceil }),
    average("a last window beyond the padding, which counts", [1, 1, 6, 5], { ...kernel(3, 2), ...pads(1, 1, 0, 0), ...strides(2, 3), ...ceil, ...padding }),
    average("dilated", [1, 2, 6, 5], { ...kernel(2, 3), ...dilations(3, 2) }),
    average("dilated, sizes known only when it runs", ["n", 2, "h", "w"], { ...kernel(2, 2), ...dilations(2, 1), ...strides(2, 1) }, free),
    average("as many windows as elements", [1, 2, 5, 4], { ...kernel(3, 2), ...same("LOWER") }),
    average("strides with SAME, sizes known only when it runs", ["n", 2, "h", "w"], { ...kernel(3, 3), ...strides(2, 3), ...same("UPPER") }, free),
  ],
  BatchNormalization: [
    example("in training mode", { x: [2, 2, 3], s: [2], b: [2] }, (g, { x, s, b }) => {
      const statistics = g.castLike(g.ints([1, 2]), x);
      return g.op("BatchNormalization", [x, s, b, statistics, statistics], { training_mode: int(1), epsilon: float(0.1) }, 3)[0]!;
    }),
    example("an image", { x: ["n", 2, 3, 2], s: [2], b: [2], m: [2], v: [2] }, (g, { x, s, b, m, v }) => g.op("BatchNormalization", [x, s, b, m, v]), {
      draw: "positive",
    }),
    example(
      "rows",
      { x: ["n", 3], s: [3], b: [3], m: [3], v: [3] },
      (g, { x, s, b, m, v }) => g.op("BatchNormalization", [x, s, b, m, v], { epsilon: float(0.1) }),
      {
        draw: "positive",
      },
    ),
  ],
  Col2Im: [
    example("overlapping blocks", { x: ["n", 8, 6] }, (g, { x }) => g.op("Col2Im", [x, g.ints([3, 4]), g.ints([2, 2])]), f32("Col2Im")),
    example(
      "strides, dilations and padding",
      { x: [1, 12, 4] },
      (g, { x }) => g.op("Col2Im", [x, g.ints([5, 5]), g.ints([2, 3])], { ...strides(2, 3), ...dilations(2, 1), ...pads(0, 1, 0, 0) }),
      f32("Col2Im"),
    ),
  ],
  Conv: [
    conv("an image", ["n", 2, 4, 5], [3, 2, 3, 2]),
    conv("one axis, padded", [2, 2, 5], [2, 2, 3], pads(1, 2)),
    conv("three axes", [1, 2, 3, 3, 4], [2, 2, 2, 1, 3], { ...strides(1, 2, 1), ...pads(0, 1, 0, 1, 0, 1) }),
    conv("strides", ["n", 2, 6, 5], [2, 2, 3, 2], { ...strides(2, 3), ...pads(1, 0, 1, 2) }),
    conv("strides that leave out the end", [1, 2, 6, 6], [2, 2, 1, 1], strides(2, 4)),
    conv("dilated", [1, 2, 6, 5], [2, 2, 2, 3], { ...dilations(3, 2), ...pads(1, 1, 0, 1) }),
    conv("dilated, with strides", [1, 2, 7, 8], [2, 2, 2, 3], { ...dilations(3, 2), ...strides(2, 3), ...pads(1, 1, 0, 1) }),
    conv("padding beyond the window", [1, 1, 3, 2], [1, 1, 2, 1], pads(3, 1, 2, 0)),
    conv("groups", ["n", 4, 4, 3], [6, 2, 2, 2], { group: int(2), ...pads(1, 0, 0, 0) }),
    conv("groups with strides", [2, 4, 5, 3], [2, 2, 3, 2], { group: int(2), ...strides(2, 2), ...pads(0, 1, 1, 0) }),
    conv("a group for each channel", ["n", 3, 4, 4], [3, 1, 3, 3], { group: int(3), ...pads(1, 1, 1, 1) }),
    conv("as many windows as elements", [1, 2, 4, 3], [2, 2, 2, 3], same("UPPER")),
    conv("strides with SAME", [1, 2, 5, 6], [2, 2, 3, 3], { ...strides(2, 3), ...same("LOWER") }),
    conv("no padding", [1, 2, 5, 6], [2, 2, 3, 3], { auto_pad: string("VALID"), ...strides(2, 2) }),
    conv("sizes known only when it runs", ["n", 2, "h", "w"], [2, 2, 3, 3], pads(1, 1, 1, 1), free),
    conv("groups and strides, sizes known only when it runs", ["n", 2, "h", "w"], [2, 1, 3, 2], { group: int(2), ...strides(2, 3), ...pads(1, 0, 1, 0) }, free),
    conv("strides with SAME, sizes known only when it runs", ["n", 2, "h", "w"], [2, 2, 3, 3], { ...strides(2, 3), ...same("UPPER") }, free),
  ],
  ConvTranspose: [
    transposed("an image", ["n", 2, 3, 4], [2, 3, 3, 2]),
    transposed("one axis, cut", [2, 2, 4], [2, 2, 3], pads(1, 0)),
    transposed("three axes", [1, 2, 2, 2, 3], [2, 1, 2, 1, 3], strides(1, 2, 2)),
    transposed("strides", ["n", 2, 3, 3], [2, 2, 3, 2], { ...strides(2, 3), ...pads(1, 0, 0, 1) }),
    transposed("strides with more at the end", [1, 2, 3, 3], [2, 2, 3, 2], { ...strides(2, 3), ...pads(1, 0, 1, 0), output_padding: ints([1, 2]) }),
    transposed("dilated", [1, 2, 3, 3], [2, 2, 2, 2], { ...dilations(2, 3), ...strides(1, 2) }),
    transposed("groups", [2, 4, 3, 3], [4, 2, 2, 2], { group: int(2), ...strides(2, 1) }),
    transposed("a given output", [1, 2, 3, 3], [2, 2, 3, 3], { ...strides(3, 2), output_shape: ints([10, 8]) }),
    transposed("a given output that is smaller", [1, 2, 3, 3], [2, 2, 3, 3], { ...strides(2, 2), output_shape: ints([6, 4]), ...same("UPPER") }),
    transposed("as many outputs as the strides say", [1, 2, 3, 3], [2, 2, 3, 4], { ...strides(2, 1), ...same("LOWER") }),
    transposed("sizes known only when it runs", ["n", 2, "h", "w"], [2, 2, 3, 3], { ...strides(2, 1), ...pads(1, 1, 1, 1) }, free),
  ],
  GlobalAveragePool: [
    example("an image", { x: ["n", 2, 2, 3] }, (g, { x }) => g.op("GlobalAveragePool", [x]), f32("GlobalAveragePool")),
    example("sizes known only when it runs", { x: ["n", 2, "h", "w"] }, (g, { x }) => g.op("GlobalAveragePool", [x]), { ...f32("GlobalAveragePool"), ...free }),
  ],
  GlobalLpPool: [1, 2, 3].map((p) =>
    example(`the ${p}-norm`, { x: ["n", 2, 2, 3] }, (g, { x }) => g.op("GlobalLpPool", [x], { p: int(p) }), { ...f32("GlobalLpPool"), draw: "distinct" }),
  ),
  GlobalMaxPool: [
    example("an image", { x: ["n", 2, 2, 3] }, (g, { x }) => g.op("GlobalMaxPool", [x]), { ...f32("GlobalMaxPool"), draw: "distinct" }),
    example("sizes known only when it runs", { x: ["n", 2, "h", "w"] }, (g, { x }) => g.op("GlobalMaxPool", [x]), {
      ...f32("GlobalMaxPool"),
      ...free,
      draw: "distinct",
    }),
  ],
  LRN: [
    windows("LRN", f32("LRN"))("three channels", ["n", 4, 2, 2], { size: int(3), alpha: float(0.7), beta: float(0.6), bias: float(1.2) }),
    windows("LRN", f32("LRN"))("rows of sequences", [2, 6, 3, 1], { size: int(5), alpha: float(0.9) }),
  ],
  LpPool: [
    lp("the 2-norm", ["n", 2, 4, 4], { ...kernel(2, 2), ...strides(2, 2) }),
    lp("the 1-norm", [1, 2, 5, 4], { ...kernel(3, 2), p: int(1), ...pads(1, 0, 0, 1) }, { draw: "distinct" }),
    lp("the 3-norm, dilated", [1, 2, 6, 5], { ...kernel(2, 2), p: int(3), ...dilations(2, 3) }, { draw: "distinct" }),
    lp("a last window beyond the end", [1, 2, 6, 5], { ...kernel(3, 3), ...strides(2, 2), ...ceil }),
  ],
  MaxPool: [
    max("windows side by side", ["n", 2, 4, 4], { ...kernel(2, 2), ...strides(2, 2) }),
    max("overlapping windows on one axis", [2, 2, 6], kernel(3)),
    max("on three axes", [1, 2, 3, 4, 3], { ...kernel(2, 2, 2), ...strides(1, 2, 1) }),
    max("padded", [1, 2, 5, 4], { ...kernel(3, 2), ...pads(1, 0, 1, 1), ...strides(2, 1) }),
    max("a last window beyond the end", [1, 2, 6, 5], { ...kernel(3, 3), ...strides(2, 2), ...ceil }),
    max("dilated", [1, 2, 6, 5], { ...kernel(2, 3), ...dilations(3, 2) }),
    max("strides with SAME", [1, 2, 5, 4], { ...kernel(3, 2), ...strides(2, 2), ...same("LOWER") }),
    max("sizes known only when it runs", ["n", 2, "h", "w"], { ...kernel(3, 2), ...strides(2, 2), ...pads(1, 0, 1, 1) }, free),
    example("positions by columns", { x: [1, 2, 4, 4] }, (g, { x }) => g.op("MaxPool", [x], { ...kernel(2, 2), storage_order: int(1) }, 2), {
      draw: "distinct",
    }),
    example("positions by rows", { x: [2, 2, 4, 4] }, (g, { x }) => g.op("MaxPool", [x], { ...kernel(2, 2), ...strides(2, 2) }, 2), { draw: "distinct" }),
  ],
  MaxUnpool: [
    example(
      "the other way",
      { x: [1, 2, 4, 4] },
      (g, { x }) => {
        const [y, positions] = g.op("MaxPool", [x], { ...kernel(2, 2), ...strides(2, 2) }, 2);
        return g.op("MaxUnpool", [g.mul(y!, y!), positions], { ...kernel(2, 2), ...strides(2, 2) });
      },
      { ...f32("MaxUnpool"), draw: "distinct" },
    ),
    example(
      "to a given shape",
      { x: ["n", 1, 2, 2] },
      (g, { x }) => {
        const positions = g.mul(g.reshape(g.op("Range", [g.int(0), g.op("Size", [x])[0], g.int(1)])[0], g.shape(x)), 3);
        return g.op("MaxUnpool", [x, positions, g.concat([g.op("Shape", [x], { end: int(1) })[0], g.ints([1, 4, 4])], 0)], {
          ...kernel(2, 2),
          ...strides(2, 2),
        });
      },
      f32("MaxUnpool"),
    ),
  ],
} satisfies Cases;
