import { SignflipError } from "../../util/errors.ts";
import { numbersOf } from "../../tensor/tensor.ts";
import { intsOf, stringOf } from "../attributes.ts";
import { type Attributes, type Dim, type Value, float, freshDim, ints } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { rankOf } from "./like.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";
import { alongAxis } from "./window.ts";

/** The axes that a Resize names, all by default. */
const axesOf = (attributes: Attributes, rank: number): number[] =>
  intsOf(attributes, "axes")?.map((axis) => normalAxis("Resize", Number(axis), rank)) ?? Array.from({ length: rank }, (_, axis) => axis);

/** Sizes that keep the ratio of the sides: all scaled as the one that allows the least (not_larger) or wants the most (not_smaller). */
function keepingRatio(policy: string, sizes: readonly Dim[], from: readonly Dim[]): Dim[] {
  if (![...sizes, ...from].every((dim) => typeof dim === "number")) return sizes.map(freshDim);
  const scales = sizes.map((size, i) => Math.fround((size as number) / (from[i] as number)));
  const scale = policy === "not_larger" ? Math.min(...scales) : Math.max(...scales);
  return from.map((dim) => Math.round(Math.fround(scale * (dim as number))));
}

/**
 * y = x sampled at another number of points along axes. Along each axis that is a product with a matrix, whose rows are what the same
 * Resize makes of the unit vectors, in whatever mode.  dx = dy multiplied by their transposes.
 */
export const Resize = defineOp({
  operands: ["x", "roi?", "scales?", "sizes?"],
  infer: ({ types: [x], ints: [, , , sizes], constants: [, , scales], attributes }) => {
    const { element, shape } = x;
    if (!shape) return [{ element, shape }];
    const axes = axesOf(attributes, shape.length);
    const result = [...shape];
    const policy = stringOf(attributes, "keep_aspect_ratio_policy", "stretch");
    const from = axes.map((axis) => shape[axis]!);
    const wanted = sizes && policy !== "stretch" ? keepingRatio(policy, sizes, from) : sizes;
    const factors = scales && scales.data.length > 0 ? numbersOf(scales) : undefined;
    axes.forEach((axis, i) => {
      const dim = shape[axis]!;
      const scaled = factors && (factors[i] === 1 ? dim : typeof dim === "number" ? Math.floor(dim * factors[i]!) : freshDim());
      result[axis] = wanted?.[i] ?? scaled ?? freshDim();
    });
    return [{ element, shape: result }];
  },
  vjp: (g, { inputs: [x, roi, scales, sizes], outputs: [y], dy, attributes }) => {
    const rank = rankOf("Resize", x);
    if (stringOf(attributes, "keep_aspect_ratio_policy", "stretch") !== "stretch")
      throw new SignflipError("SF_GRADIENT", "no gradient through Resize that keeps the aspect ratio: export the model with fixed scales");
    const axes = axesOf(attributes, rank);
    const cropped = stringOf(attributes, "coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize";
    const given = (input: Value | undefined) => input !== undefined && input.type.shape?.[0] !== 0;
    const part = (input: Value, i: number) => g.slice(input, [i], [i + 1], [0]);
    const { axes: _, extrapolation_value: outside, ...rest } = attributes;
    const dx = axes.reduce((d, axis, i) => {
      if (!cropped && x.type.shape![axis] === y.type.shape?.[axis]) return d;
      const region = cropped && roi ? g.concat([part(roi, i), part(roi, i + axes.length)], 0) : undefined;
      const unit = unitVectors(g, x, axis);
      const operands = given(scales) ? [unit, region, part(scales!, i)] : [unit, region, undefined, part(sizes!, i)];
      const made = g.op("Resize", operands, { ...rest, axes: ints([3]), ...(outside ? { extrapolation_value: float(0) } : {}) })[0];
      return alongAxis(g, d, axis, g.cast(g.transpose(g.squeeze(made, [1, 2]), [1, 0]), dy.type.element));
    }, dy);
    return [dx];
  },
});

/** The unit vectors of an axis of x, as images of one row: [size, 1, 1, size], in float32, for which the engine can resize. */
function unitVectors(g: GraphBuilder, x: Value, axis: number): Value {
  const size = x.type.shape?.[axis];
  const length = g.squeeze(typeof size === "number" ? g.ints([size]) : g.slice(g.shape(x), [axis], [axis + 1], [0]), [0]);
  const index = g.op("Range", [g.int(0), length, g.int(1)])[0];
  return g.unsqueeze(g.cast(g.equal(g.unsqueeze(index, [1]), g.unsqueeze(index, [0])), "float32"), [1, 2]);
}
