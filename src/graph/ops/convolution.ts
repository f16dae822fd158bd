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
  const pads = [...before, ...after];
  if (pads.every((n) => n >= 0)) return g.op("Conv", [x, w], { ...common(geometry), pads: ints(pads) })[0];
  return g.op("Conv", [padSpatial(g, x, before, after), w], common(geometry))[0];
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

/**
 * The gradient of w, from x and dy: for each tap k, what lies under it times dy, dw[m, c, k] = Σ_n Σ_p dy[n, m, p]·x[n, c, p·stride + k·dilation − before].
 * One product of matrices for each sample, in which the larger number of channels makes the rows, because the engine divides rows among threads
 * without a change of the result (`runtime/threads.ts`).
 */
export function correlateWeights(g: GraphBuilder, x: Value, dy: Value, geometry: Geometry, w: Value): Value {
  const { strides, dilations, before, after, group } = geometry;
  const [m, c, ...kernel] = weightShape(w);
  const [of, rank] = [m! / group, kernel.length];
  const axes = kernel.map((_, i) => i + 2);
  const counts = axes.map((axis) => sizeAt(g, dy, axis));
  const inputs = grouped(g, padSpatial(g, x, before, after), group, c!);
  const gradients = g.op("Reshape", [dy, g.concat([sizeAt(g, dy, 0), g.ints([group, of]), area(g, dy)], 0)], { allowzero: int(1) })[0];
  const each = of === 1 && c === 1;
  const inputsLast = !each && c! < of;
  const [values, others] = [inputsLast ? channelsLast(g, inputs, rank) : inputs, each || inputsLast ? gradients : g.transpose(gradients, [0, 1, 3, 2])];
  const spatial = axes.map((axis) => axis + (inputsLast ? 0 : 1));
  const places = g.concat(inputsLast ? [sizeAt(g, x, 0), g.ints([group]), area(g, dy), g.ints([c!])] : [sizeAt(g, x, 0), g.ints([group, c!]), area(g, dy)], 0);
  const products = tapsOf(kernel).map((tap) => {
    const starts = tap.map((k, i) => k * dilations[i]!);
    const steps = g.ints(strides);
    const ends = g.add(g.mul(g.sub(g.concat(counts, 0), 1), steps), g.ints(starts.map((start) => start + 1)));
    const under = g.op("Reshape", [g.op("Slice", [values, g.ints(starts), ends, g.ints(spatial), steps])[0], places], { allowzero: int(1) })[0];
    if (each) return g.reduceSum(g.mul(under, others), [0, 3]);
    return g.reduceSum(inputsLast ? g.matMul(others, under) : g.matMul(under, others), [0]);
  });
  // `[taps, group, m, c]`, or with c before m.
  const stacked = g.reshape(g.concat(products, 0), [...kernel, group, ...(inputsLast || each ? [of, c!] : [c!, of])]);
  const [first, second] = inputsLast || each ? [rank + 1, rank + 2] : [rank + 2, rank + 1];
  return g.reshape(g.transpose(stacked, [rank, first, second, ...kernel.map((_, i) => i)]), [m!, c!, ...kernel]);
}

/** All positions in a kernel, the last axis changing fastest. */
export const tapsOf = (kernel: readonly number[]): number[][] =>
  kernel.reduce<number[][]>((taps, size) => taps.flatMap((tap) => Array.from({ length: size }, (_, k) => [...tap, k])), [[]]);

/** `[n, group·c, …]` as `[n, group, c, …]`. */
function grouped(g: GraphBuilder, x: Value, group: number, c: number): Value {
  const sizes = Array.from({ length: rankOf("Conv", x) }, (_, axis) => sizeAt(g, x, axis));
  return g.op("Reshape", [x, g.concat([sizes[0]!, g.ints([group, c]), ...sizes.slice(2)], 0)], { allowzero: int(1) })[0];
}

/** `[n, group, c, …]` as `[n, group, …, c]`. */
const channelsLast = (g: GraphBuilder, x: Value, rank: number): Value => g.transpose(x, [0, 1, ...Array.from({ length: rank }, (_, i) => i + 3), 2]);

/** The number of positions on the spatial axes, as an int64 vector of one element. */
function area(g: GraphBuilder, x: Value): Value {
  const sizes = Array.from({ length: rankOf("Conv", x) - 2 }, (_, i) => sizeAt(g, x, i + 2));
  return sizes.reduce((product, size) => g.mul(product, size));
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
