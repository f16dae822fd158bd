import { SignflipError } from "../../util/errors.ts";
import { intOf, intsOf } from "../attributes.ts";
import type { Attributes, Dim, TensorType } from "../ir.ts";
import { unknownShape } from "../shape.ts";
import { type Geometry, biasGradient, correlate, correlateBack, correlateWeights, weightShape } from "./convolution.ts";
import { sharedElement } from "./elementwise.ts";
import { type InferContext, type Inferred, defineOp } from "./rule.ts";
import { type Window, padsOf, padsWhenRun, shared, windowCounts, windowOf } from "./window.ts";

/** The sizes of the windows: an attribute says them, or the last axes of the kernel. */
function kernelOf(attributes: Attributes, w: TensorType): readonly number[] | undefined {
  const given = intsOf(attributes, "kernel_shape") ?? [];
  if (given.length > 0) return given;
  const sizes = w.shape?.slice(2);
  return sizes?.every((dim) => typeof dim === "number") ? sizes : undefined;
}

/**
 * y[n, m, p] = Σ_{c, k} x[n, c, p·stride + k·dilation − pad]·w[m, c, k] + b[m].
 * dx, dw: the same sum seen from x and from w (`convolution.ts`).  db = Σ_{n, p} dy.
 */
export const Conv = defineOp({
  operands: ["x", "w", "b?"],
  infer: ({ op, types, types: [x, w], attributes }) => {
    const element = sharedElement(op, types);
    const kernel = kernelOf(attributes, w);
    if (!x.shape || !kernel) return [{ element, shape: x.shape && unknownShape(x.shape.length) }];
    checkChannels(op, x, w, intOf(attributes, "group", 1));
    const counts = windowCounts(windowOf(op, attributes, kernel), x.shape.slice(2));
    return [{ element, shape: [x.shape[0]!, w.shape?.[0] ?? unknownShape(1)![0]!, ...counts] }];
  },
  vjp: (g, { inputs: [x, w, b], dy, attributes, wanted }) => {
    const window = windowOf("Conv", attributes, weightShape(w).slice(2));
    const pads = padsOf(window, x);
    const when = pads ? undefined : padsWhenRun(g, window, x);
    const around = when && g.concat([g.ints([0, 0]), when.before, g.ints([0, 0]), when.after], 0);
    const padded = around ? g.op("Pad", [x, around])[0] : x;
    const none = window.kernel.map(() => 0);
    const geometry: Geometry = { ...window, ...(pads ?? { before: none, after: none }), group: intOf(attributes, "group", 1) };
    const dx = wanted[0] ? correlateBack(g, dy, w, geometry, padded) : undefined;
    return [
      dx && around ? g.op("Pad", [dx, g.neg(around)])[0] : dx,
      wanted[1] ? correlateWeights(g, padded, dy, geometry, w) : undefined,
      b && wanted[2] ? biasGradient(g, dy, b) : undefined,
    ];
  },
});

function checkChannels(op: string, x: TensorType, w: TensorType, group: number): void {
  const [channels, of] = [x.shape?.[1], w.shape?.[1]];
  if (typeof channels === "number" && typeof of === "number" && channels !== of * group)
    throw new SignflipError("SF_GRAPH", `${op}: x has ${channels} channels, and the kernel takes ${of * group}${group > 1 ? ` in ${group} groups` : ""}`);
}

/** The windows of a ConvTranspose on its output, with what is added to the output's end. */
function backward(attributes: Attributes, w: TensorType, sizes: readonly Dim[]): { window: Window; extra: readonly number[]; outputs: Dim[] } {
  const given = windowOf("ConvTranspose", attributes, kernelOf(attributes, w));
  const { strides, spans, same } = given;
  const extra = spans.map((_, i) => intsOf(attributes, "output_padding")?.[i] ?? 0);
  const wish = intsOf(attributes, "output_shape") ?? [];
  const spatial = wish.slice(wish.length - spans.length);
  const full = (size: Dim, i: number) => (typeof size === "number" ? (size - 1) * strides[i]! + extra[i]! + spans[i]! : undefined);
  if (wish.length === 0 && !same) {
    const outputs = sizes.map((size, i): Dim => {
      const cut = extra[i]! + spans[i]! - strides[i]! - given.before[i]! - given.after[i]!;
      if (typeof size === "number") return size * strides[i]! + cut;
      return strides[i] === 1 && cut === 0 ? size : `?${size}*${strides[i]}+${cut}`;
    });
    return { window: given, extra, outputs };
  }
  // The padding follows from the size of the output: that given, or with SAME the input's times the stride.
  const outputs = sizes.map(
    (size, i): Dim => spatial[i] ?? (typeof size === "number" ? size * strides[i]! : strides[i] === 1 ? size : `?${size}*${strides[i]}+0`),
  );
  const totals = sizes.map((size, i) => {
    const [output, whole] = [outputs[i], full(size, i)];
    if (wish.length === 0) return Math.max(0, extra[i]! + spans[i]! - strides[i]!);
    return typeof output === "number" && whole !== undefined ? Math.max(0, whole - output) : Number.NaN;
  });
  const pads = shared(totals, same ?? "lower");
  // An output larger than all that the windows reach has the rest at its end.
  const beyond = outputs.map((output, i) => {
    const whole = full(sizes[i]!, i);
    return typeof output === "number" && whole !== undefined ? extra[i]! + Math.max(0, output - whole) : extra[i]!;
  });
  return { window: { ...given, ...pads, same: undefined }, extra: beyond, outputs };
}

function inferTransposed({ op, types, types: [x, w], attributes }: InferContext<readonly [TensorType, TensorType, TensorType | undefined]>): Inferred[] {
  const element = sharedElement(op, types);
  const kernel = kernelOf(attributes, w);
  if (!x.shape || !kernel) return [{ element, shape: x.shape && unknownShape(x.shape.length) }];
  const [channels, of] = [x.shape[1], w.shape?.[0]];
  if (typeof channels === "number" && typeof of === "number" && channels !== of)
    throw new SignflipError("SF_GRAPH", `${op}: x has ${channels} channels, and the kernel takes ${of}`);
  const out = w.shape?.[1];
  const { outputs } = backward(attributes, w, x.shape.slice(2));
  return [{ element, shape: [x.shape[0]!, typeof out === "number" ? out * intOf(attributes, "group", 1) : unknownShape(1)![0]!, ...outputs] }];
}

/**
 * y[n, c, p·stride + k·dilation − pad] is the sum of x[n, m, p]·w[m, c, k], plus b[c]: what the gradient of x is to a Conv.
 * dx is therefore a Conv of dy, dw that of a Conv with x and dy in each other's place.
 */
export const ConvTranspose = defineOp({
  operands: ["x", "w", "b?"],
  infer: inferTransposed,
  vjp: (g, { inputs: [x, w, b], dy, attributes, wanted }) => {
    weightShape(w);
    const { window, extra } = backward(attributes, w.type, x.type.shape?.slice(2) ?? []);
    if (window.before.some(Number.isNaN))
      throw new SignflipError(
        "SF_GRADIENT",
        `no gradient through ConvTranspose with output_shape: the size of ${x.name} is not known; give the graph's inputs fixed sizes`,
      );
    const after = window.after.map((n, i) => n - extra[i]!);
    const geometry: Geometry = { ...window, after, group: intOf(attributes, "group", 1) };
    return [
      wanted[0] ? correlate(g, dy, w, geometry) : undefined,
      wanted[1] ? correlateWeights(g, dy, x, geometry, w) : undefined,
      b && wanted[2] ? biasGradient(g, dy, b) : undefined,
    ];
  },
});
