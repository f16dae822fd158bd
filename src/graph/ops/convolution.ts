import { type Attributes, type Value, int, ints } from "../ir.ts";
import { fixedShape } from "../shape.ts";
import { SignflipError } from "../../util/errors.ts";
import { rankOf, shapeOf } from "./like.ts";
import type { GraphBuilder } from "./rule.ts";
import { padSpatial, sizeAt } from "./window.ts";

/**
 * The geometry of y[n, m, p] = Σ_{c, k} x[n, c, p·stride + k·dilation − before]·w[m, c, k]. This correlation is linear in x and in w, and the three
 * functions below are what its derivatives are made of: each one's gradients are the other two.
 */
export interface Geometry {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly spans: readonly number[];
  /** May be negative: elements that are left out. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly group: number;
}

const common = ({ strides, dilations, group }: Geometry): Attributes => ({ strides: ints(strides), dilations: ints(dilations), group: int(group) });
const positive = (pads: readonly number[]) => pads.map((n) => Math.max(n, 0));
const negative = (pads: readonly number[]) => pads.map((n) => Math.min(n, 0));

/** y, from x and w. */
export function correlate(g: GraphBuilder, x: Value, w: Value, geometry: Geometry): Value {
  const { before, after } = geometry;
  const cut = padSpatial(g, x, negative(before), negative(after));
  return g.op("Conv", [cut, w], { ...common(geometry), pads: ints([...positive(before), ...positive(after)]) })[0];
}

/**
 * The gradient of x, from dy and w: dx[n, c, i] = Σ_{m, k} dy[n, m, (i + before − k·dilation)/stride]·w[m, c, k], where that is a whole number.
 * Without strides it is a correlation with the kernel turned around and its channels swapped, which the engine computes faster than ConvTranspose.
 * @param x any value of the shape of the gradient
 */
export function correlateBack(g: GraphBuilder, dy: Value, w: Value, geometry: Geometry, x: Value): Value {
  const { strides, spans, before, after } = geometry;
  if (strides.every((stride) => stride === 1)) {
    const around = (pads: readonly number[]) => spans.map((span, i) => span - 1 - pads[i]!);
    return shapedLike(correlate(g, dy, turned(g, w, geometry.group), { ...geometry, before: around(before), after: around(after) }), x);
  }
  // Elements at the end that no window reaches are within less than a stride.
  const [from, to] = [x.type.shape?.slice(2), dy.type.shape?.slice(2)];
  const rest = strides.map((stride, i) => {
    const [size, count] = [from?.[i], to?.[i]];
    return typeof size === "number" && typeof count === "number" ? size + before[i]! + after[i]! - ((count - 1) * stride + spans[i]!) : undefined;
  });
  const larger = g.op("ConvTranspose", [dy, w], {
    ...common(geometry),
    pads: ints([...positive(before), ...positive(after)]),
    output_padding: ints(rest.map((r, i) => r ?? strides[i]! - 1)),
  })[0];
  const dx = padSpatial(
    g,
    larger,
    negative(before).map((n) => -n),
    negative(after).map((n) => -n),
  );
  const unknown = rest.flatMap((r, i) => (r === undefined ? [i + 2] : []));
  if (unknown.length === 0) return dx;
  const ends = g.concat(
    unknown.map((axis) => sizeAt(g, x, axis)),
    0,
  );
  const starts = unknown.map(() => 0);
  return shapedLike(g.slice(dx, starts, ends, unknown), x);
}

/** A value that is known to have the shape of another, whatever inference says. */
function shapedLike(value: Value, like: Value): Value {
  value.type = { element: value.type.element, shape: like.type.shape };
  return value;
}

/** The kernel for the way back: turned around along its spatial axes, and from output channels to input channels within each group. */
function turned(g: GraphBuilder, w: Value, group: number): Value {
  const [m, c, ...kernel] = weightShape(w);
  const axes = kernel.flatMap((size, i) => (size > 1 ? [i + 2] : []));
  const last = axes.map(() => -1);
  const around =
    axes.length === 0
      ? w
      : g.slice(
          w,
          last,
          axes.map(() => -(2 ** 31)),
          axes,
          last,
        );
  const rest = kernel.map((_, i) => i + 3);
  if (group === 1) return g.transpose(around, [1, 0, ...kernel.map((_, i) => i + 2)]);
  const groups = g.transpose(g.reshape(around, [group, m! / group, c!, ...kernel]), [0, 2, 1, ...rest]);
  return g.reshape(groups, [group * c!, m! / group, ...kernel]);
}

/** The gradient of w, from x and dy: a correlation in which the batch takes the place of the channels, and strides and dilations swap places. */
export function correlateWeights(g: GraphBuilder, x: Value, dy: Value, geometry: Geometry, w: Value): Value {
  const { strides, dilations, group } = geometry;
  const [, , ...kernel] = weightShape(w);
  const swap = [1, 0, ...kernel.map((_, i) => i + 2)];
  const spans = strides.map(() => 1);
  const dw = correlate(g, batchAsChannels(g, x, group), g.transpose(dy, swap), { ...geometry, spans, strides: dilations, dilations: strides });
  const exact = strides.every((stride) => stride === 1);
  const axes = kernel.map((_, i) => i + 2);
  const cut = exact
    ? dw
    : g.slice(
        dw,
        axes.map(() => 0),
        kernel,
        axes,
      );
  return shapedLike(g.transpose(cut, swap), w);
}

/** `[n, group·c, …]` as `[c, group·n, …]`. */
function batchAsChannels(g: GraphBuilder, x: Value, group: number): Value {
  const axes = Array.from({ length: rankOf("Conv", x) - 2 }, (_, i) => i + 2);
  if (group === 1) return g.transpose(x, [1, 0, ...axes]);
  const [n, c, spatial] = [sizeAt(g, x, 0), g.div(sizeAt(g, x, 1), group), axes.map((axis) => sizeAt(g, x, axis))];
  const [fixed, shape] = [fixedShape(x.type.shape), (parts: readonly Value[]) => g.concat(parts, 0)];
  const split = fixed ? g.ints([fixed[0]!, group, fixed[1]! / group, ...fixed.slice(2)]) : shape([n, g.ints([group]), c, ...spatial]);
  const merged = fixed ? g.ints([fixed[1]! / group, group * fixed[0]!, ...fixed.slice(2)]) : shape([c, g.mul(n, group), ...spatial]);
  const reshape = (value: Value, to: Value) => g.op("Reshape", [value, to], { allowzero: int(1) })[0];
  return reshape(g.transpose(reshape(x, split), [2, 1, 0, ...axes.map((axis) => axis + 1)]), merged);
}

/** The gradient of a bias: dy summed over all but the channels. */
export function biasGradient(g: GraphBuilder, dy: Value, bias: Value): Value {
  const axes = Array.from({ length: rankOf("Conv", dy) }, (_, axis) => axis).filter((axis) => axis !== 1);
  const sum = g.reduceSum(dy, axes, false);
  return bias.type.shape?.length === 1 ? sum : g.reshape(sum, shapeOf(g, bias));
}

/** The shape of a kernel, which has to be known. */
export function weightShape(w: Value): number[] {
  const shape = fixedShape(w.type.shape);
  if (!shape) throw new SignflipError("SF_GRADIENT", `no gradient through Conv: the shape of the kernel ${w.name} is not known`);
  return shape;
}
