import { SignflipError } from "../../util/errors.ts";
import { intOf, intsOf, stringOf } from "../attributes.ts";
import { type Attributes, type Dim, type Value, int } from "../ir.ts";
import { dimsOf, rankOf } from "./like.ts";
import type { GraphBuilder } from "./rule.ts";

/** How windows lie on the spatial axes of a value, all but the first two: one number per axis. */
export interface Window {
  readonly op: string;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Elements from the first tap of a window to the last. */
  readonly spans: readonly number[];
  /** Padding as the node gives it; that of SAME depends on the sizes of the axes (`padsOf`). */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly same: "upper" | "lower" | undefined;
  /** Whether a last window may reach beyond the padding. */
  readonly ceil: boolean;
}

/** @param kernel the sizes of the windows, where the node's attributes do not say them */
export function windowOf(op: string, attributes: Attributes, kernel = intsOf(attributes, "kernel_shape")): Window {
  if (!kernel) throw new SignflipError("SF_GRAPH", `${op}: kernel_shape is missing`);
  const all = (name: string, value: number): readonly number[] => {
    const given = intsOf(attributes, name) ?? [];
    return given.length > 0 ? given : kernel.map(() => value);
  };
  const [strides, dilations, auto] = [all("strides", 1), all("dilations", 1), stringOf(attributes, "auto_pad", "NOTSET")];
  const pads = auto === "NOTSET" ? (intsOf(attributes, "pads") ?? []) : [];
  const rank = kernel.length;
  if (strides.length !== rank || dilations.length !== rank || (pads.length !== 0 && pads.length !== 2 * rank))
    throw new SignflipError(
      "SF_GRAPH",
      `${op}: windows of ${rank} axes need as many strides and dilations and twice as many pads; it has ${strides.length}, ${dilations.length} and ${pads.length}`,
    );
  if ([...kernel, ...strides, ...dilations].some((size) => size < 1))
    throw new SignflipError("SF_GRAPH", `${op}: sizes, strides and dilations of windows must be at least 1`);
  return {
    op,
    kernel,
    strides,
    dilations,
    spans: kernel.map((size, i) => (size - 1) * dilations[i]! + 1),
    before: kernel.map((_, i) => pads[i] ?? 0),
    after: kernel.map((_, i) => pads[i + rank] ?? 0),
    same: auto === "SAME_UPPER" ? "upper" : auto === "SAME_LOWER" ? "lower" : undefined,
    ceil: intOf(attributes, "ceil_mode", 0) === 1,
  };
}

/** How many windows there are along axes of these sizes. */
export function windowCounts(window: Window, sizes: readonly Dim[]): Dim[] {
  if (sizes.length !== window.kernel.length)
    throw new SignflipError("SF_GRAPH", `${window.op}: windows of ${window.kernel.length} axes on a value of ${sizes.length} spatial axes`);
  return sizes.map((size, i) => {
    const [stride, span] = [window.strides[i]!, window.spans[i]!];
    if (window.same) return steps(size, -1, stride, "floor");
    const [before, after] = [window.before[i]!, window.after[i]!];
    const count = steps(size, before + after - span, stride, window.ceil ? "ceil" : "floor");
    if (typeof count !== "number" || typeof size !== "number") return count;
    if (count < 1)
      throw new SignflipError("SF_GRAPH", `${window.op}: a window of ${span} is larger than an axis of ${size} with padding ${before} and ${after}`);
    // A last window must begin inside the axis or its first padding.
    return window.ceil && (count - 1) * stride >= size + before ? count - 1 : count;
  });
}

/** Steps of a stride in size + extra, and one: the same symbol wherever it is the same sum of the same symbol. */
function steps(size: Dim, extra: number, stride: number, round: "floor" | "ceil"): Dim {
  if (typeof size === "number") return Math[round]((size + extra) / stride) + 1;
  return stride === 1 && extra === -1 ? size : `?${round}((${size}${extra < 0 ? "" : "+"}${extra})/${stride})+1`;
}

interface Pads {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** The padding around a value; undefined where it is only known when the graph runs (SAME with strides over axes of unknown size). */
export function padsOf(window: Window, x: Value): Pads | undefined {
  const { same, strides, spans, before, after } = window;
  if (!same) return { before, after };
  const sizes = x.type.shape?.slice(2) ?? [];
  const totals = spans.map((span, i) => {
    const size = sizes[i];
    if (strides[i] === 1) return span - 1;
    return typeof size === "number" ? Math.max(0, (Math.ceil(size / strides[i]!) - 1) * strides[i]! + span - size) : undefined;
  });
  return totals.every((total) => total !== undefined) ? shared(totals, same) : undefined;
}

/** Padding shared out to both ends; the odd one goes to the end that SAME names. */
export function shared(totals: readonly number[], same: "upper" | "lower"): Pads {
  const [less, more] = [totals.map((total) => Math.floor(total / 2)), totals.map((total) => Math.ceil(total / 2))];
  return same === "upper" ? { before: less, after: more } : { before: more, after: less };
}

/** The padding of SAME, computed when the graph runs: two int64 vectors, one number per spatial axis. */
export function padsWhenRun(g: GraphBuilder, { spans, strides, same }: Window, x: Value): { before: Value; after: Value } {
  const sizes = g.slice(g.shape(x), [2], [rankOf("SAME", x)], [0]);
  const stride = g.ints(strides);
  const last = g.sub(g.div(g.add(sizes, g.ints(strides.map((s) => s - 1))), stride), g.ints(strides.map(() => 1)));
  const total = g.max(g.sub(g.add(g.mul(last, stride), g.ints(spans)), sizes), g.ints(strides.map(() => 0)));
  const less = g.div(total, g.ints(strides.map(() => 2)));
  const more = g.sub(total, less);
  return same === "upper" ? { before: less, after: more } : { before: more, after: less };
}

/** Zeros put around the spatial axes, then elements taken away where the numbers are negative (which may be more than there were before). */
export function padSpatial(g: GraphBuilder, x: Value, before: readonly number[], after: readonly number[]): Value {
  const signs = [(n: number) => Math.max(n, 0), (n: number) => Math.min(n, 0)];
  return signs.reduce((value, part) => {
    const pads = [0, 0, ...before.map(part), 0, 0, ...after.map(part)];
    return pads.every((n) => n === 0) ? value : g.op("Pad", [value, g.ints(pads)])[0];
  }, x);
}

/** The size of an axis as an int64 vector of one element: a constant where it is known. */
export function sizeAt(g: GraphBuilder, x: Value, axis: number): Value {
  const dim = x.type.shape?.[axis];
  return typeof dim === "number" ? g.ints([dim]) : g.op("Shape", [x], { start: int(axis), end: int(axis + 1) })[0];
}

/**
 * Windows along one axis as a matrix `[windows, positions]`, 1 where a window has a tap at a position, and 0 elsewhere. Sums over windows are
 * products with it, axis by axis, and so their gradients are products with its transpose.
 * @param y a value with as many elements on that axis as there are windows
 * @returns the matrix, and how many taps each window has before the end of the padding: `[windows, 1]`, both int64
 */
export function coverage(g: GraphBuilder, window: Window, i: number, x: Value, y: Value): { taps: Value; padded: Value } {
  const axis = i + 2;
  const [stride, span, dilation] = [window.strides[i]!, window.spans[i]!, window.dilations[i]!];
  const known = padsOf(window, x);
  const when = known ? undefined : padsWhenRun(g, window, x);
  const before = known ? g.ints([known.before[i]!]) : g.slice(when!.before, [i], [i + 1], [0]);
  const after = known ? g.ints([known.after[i]!]) : g.slice(when!.after, [i], [i + 1], [0]);
  const upTo = (size: Value) => g.op("Range", [g.int(0), g.squeeze(size, [0]), g.int(1)])[0];
  const size = sizeAt(g, x, axis);
  const first = g.unsqueeze(g.sub(g.mul(upTo(sizeAt(g, y, axis)), stride), before), [1]);
  const distance = g.sub(g.unsqueeze(upTo(size), [0]), first);
  let inside = g.and(g.greaterOrEqual(distance, 0), g.less(distance, span));
  if (dilation > 1) inside = g.and(inside, g.equal(g.mul(g.div(distance, dilation), dilation), distance));
  const end = g.min(g.sub(g.add(size, after), first), span);
  return { taps: g.cast(inside, "int64"), padded: g.div(g.add(end, dilation - 1), dilation) };
}

/** Σ_p x[…, p, …]·matrix[p, q] along an axis: one product over all rows, as the engine refuses a stack of no matrices. */
export function alongAxis(g: GraphBuilder, x: Value, axis: number, matrix: Value): Value {
  const rank = rankOf("a product along an axis", x);
  const swap = Array.from({ length: rank }, (_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
  const turned = axis === rank - 1 ? x : g.transpose(x, swap);
  const rows = g.matMul(g.flatten(turned, rank - 1), matrix);
  const product = g.reshape(rows, g.concat([dimsOf(g, turned, 0, rank - 1), dimsOf(g, matrix, 1, 2)], 0));
  return axis === rank - 1 ? product : g.transpose(product, swap);
}
