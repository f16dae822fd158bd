import { SignflipError } from "../../util/errors.ts";
import { floatOf, intOf, intsOf, stringOf } from "../attributes.ts";
import { type Dim, type Value, freshDim } from "../ir.ts";
import { composed } from "./composed.ts";
import { type GraphBuilder, defineOp, noGradient } from "./rule.ts";
import { sizeAt, windowCounts, windowOf } from "./window.ts";

interface Side {
  /** Where the regions begin and end along an axis, `[regions]`. */
  readonly start: Value;
  readonly end: Value;
  /** Elements of x along it, a scalar; parts of a region. */
  readonly size: Value;
  readonly parts: number;
  /** Places per part; 0 is as many as keep them at most one element apart. */
  readonly ratio: number;
  /** Regions are at least one element long. */
  readonly atLeastOne: boolean;
}

/** How much each element along an axis counts in the mean of each part of each region, `[regions, parts, size]`: linear interpolation at places in it. */
function shares(g: GraphBuilder, { start, end, size, parts, ratio, atLeastOne }: Side): Value {
  const { element } = start.type;
  const given = g.sub(end, start);
  const length = atLeastOne ? g.max(given, 1) : given;
  const step = g.div(length, parts);
  const range = (n: Value) => g.op("Range", [g.int(0), n, g.int(1)])[0];
  const count = ratio > 0 ? undefined : g.op("Ceil", [step])[0];
  const most = count ? g.cast(g.op("ReduceMax", [count], { keepdims: { kind: "int", value: 0 } })[0], "int64") : g.int(ratio);
  const place = g.unsqueeze(g.cast(range(most), element), [0, 1]);
  const [each, from, by] = [count ?? g.add(g.mul(step, 0), ratio), start, step].map((value) => g.unsqueeze(value, [1, 2])) as [Value, Value, Value];
  const part = g.unsqueeze(g.cast(range(g.int(parts)), element), [0, 2]);
  const at = g.add(from, g.mul(by, g.add(part, g.div(g.add(place, 0.5), each))));
  const extent = g.cast(size, element);
  const counts = g.and(g.less(place, each), g.and(g.greaterOrEqual(at, -1), g.lessOrEqual(at, extent)));
  const within = g.unsqueeze(g.max(g.min(at, g.sub(extent, 1)), 0), [3]);
  const near = g.relu(g.sub(1, g.abs(g.sub(within, g.cast(range(size), element)))));
  return g.squeeze(g.reduceSum(g.where(g.unsqueeze(counts, [3]), g.div(near, g.unsqueeze(each, [3])), 0), [2]), [2]);
}

/**
 * y[r, c] = A·x[b, c]·Bᵀ, for each region r of a sample b: means of x at places in the parts of the region, between elements by linear interpolation, whose
 * weights along the two axes are A and B.  The gradient is that of these products, with respect to the regions as well.
 */
export const RoiAlign = defineOp({
  operands: ["x", "rois", "batch"],
  infer: ({ types: [x, rois], attributes }) => [
    {
      element: x.element,
      shape: [rois.shape?.[0] ?? freshDim(), x.shape?.[1] ?? freshDim(), intOf(attributes, "output_height", 1), intOf(attributes, "output_width", 1)],
    },
  ],
  vjp: composed((g, { inputs: [x, rois, batch], attributes }) => {
    if (stringOf(attributes, "mode", "avg") !== "avg")
      throw new SignflipError("SF_GRADIENT", "no gradient through RoiAlign with mode max: export the model with means, mode avg");
    const halfPixel = stringOf(attributes, "coordinate_transformation_mode", "half_pixel") === "half_pixel";
    const scaled = g.sub(g.mul(rois, floatOf(attributes, "spatial_scale", 1)), halfPixel ? 0.5 : 0);
    const side = (axis: 2 | 3): Value => {
      const [start, end] = [3 - axis, 5 - axis].map((i) => g.squeeze(g.slice(scaled, [i], [i + 1], [1]), [1])) as [Value, Value];
      return shares(g, {
        start,
        end,
        size: g.squeeze(sizeAt(g, x, axis), [0]),
        parts: intOf(attributes, axis === 2 ? "output_height" : "output_width", 1),
        ratio: intOf(attributes, "sampling_ratio", 0),
        atLeastOne: !halfPixel,
      });
    };
    const [a, b] = [side(2), side(3)];
    return [g.matMul(g.matMul(g.unsqueeze(a, [1]), g.gather(x, batch)), g.unsqueeze(g.transpose(b, [0, 2, 1]), [1]))];
  }),
});

/** y = the largest element of each part of a region of interest */
export const MaxRoiPool = defineOp({
  operands: ["x", "rois"],
  infer: ({ types: [x, rois], attributes }) => {
    const channels = x.shape?.[1] ?? freshDim();
    return [{ element: x.element, shape: [rois.shape?.[0] ?? freshDim(), channels, ...(intsOf(attributes, "pooled_shape") ?? [])] }];
  },
  vjp: noGradient("the engine does not say which elements it took; use RoiAlign instead"),
});

/** y = a convolution whose taps are moved by offsets */
export const DeformConv = defineOp({
  operands: ["x", "w", "offset", "b?", "mask?"],
  infer: ({ op, types: [x, w], attributes }) => {
    const kernel = w.shape?.slice(2);
    if (!x.shape || !w.shape || !kernel?.every((dim) => typeof dim === "number")) return [{ element: x.element, shape: undefined }];
    const counts: Dim[] = windowCounts(windowOf(op, attributes, kernel), x.shape.slice(2));
    return [{ element: x.element, shape: [x.shape[0]!, w.shape[0]!, ...counts] }];
  },
  vjp: noGradient("deformable convolutions are not differentiated; export the model with a plain convolution in its place"),
});
