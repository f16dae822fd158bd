import { numbersOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { intOf } from "../attributes.ts";
import { type Dim, type Value, anyElementOf, freshDim, int } from "../ir.ts";
import { normalAxis } from "../shape.ts";
import { dimsOf, rankOf } from "./like.ts";
import { type GraphBuilder, defineOp, noGradient, zeroGradient } from "./rule.ts";

/** Elements along an axis up to a length (a vector of one integer), with zeros after them where there are fewer. */
function ofLength(g: GraphBuilder, x: Value, axis: number, length: Value): Value {
  const missing = g.max(g.sub(length, dimsOf(g, x, axis, axis + 1)), g.ints([0]));
  return g.slice(g.op("Pad", [x, g.concat([g.ints([0]), missing], 0), undefined, g.ints([axis])])[0], g.ints([0]), length, [axis]);
}

/**
 * y_k = Σ_j x_j·e^{−2πijk/n} along an axis, or its inverse; the last axis holds real and imaginary parts, and `onesided` leaves out the half that is known.
 * dx = the inverse of dy times n (the other way round for the inverse), which is the adjoint; its real part where x is real.
 */
export const DFT = defineOp({
  operands: ["x", "length?", "axis?"],
  infer: ({ op, types: [x], ints: [, length], constants: [, , axisGiven], attributes }) => {
    const { element, shape } = x;
    const axis = axisGiven ? numbersOf(axisGiven)[0]! : -2;
    if (!shape) return [{ element, shape }];
    const at = normalAxis(op, axis, shape.length);
    const n: Dim = length ? (length[0] ?? freshDim()) : shape[at]!;
    const [oneSided, inverse] = [intOf(attributes, "onesided", 0) !== 0, intOf(attributes, "inverse", 0) !== 0];
    const size = oneSided && !inverse ? (typeof n === "number" ? Math.floor(n / 2) + 1 : freshDim()) : oneSided && !length ? freshDim() : n;
    return [{ element, shape: shape.with(at, size).with(shape.length - 1, oneSided && inverse ? 1 : 2) }];
  },
  vjp: (g, { inputs: [x, length, axisGiven], dy, attributes }) => {
    const rank = rankOf("DFT", x);
    if (axisGiven && !axisGiven.constant) throw new SignflipError("SF_GRADIENT", "no gradient through DFT: its axis is not fixed in the graph");
    const axis = normalAxis("DFT", axisGiven ? numbersOf(axisGiven.constant!)[0]! : -2, rank);
    const [oneSided, inverse] = [intOf(attributes, "onesided", 0) !== 0, intOf(attributes, "inverse", 0) !== 0];
    if (oneSided && inverse)
      throw new SignflipError("SF_GRADIENT", "no gradient through DFT that is both inverse and one-sided: export the model with the whole spectrum");
    const n = length ? g.reshape(length, [1]) : dimsOf(g, x, axis, axis + 1);
    const whole = oneSided ? ofLength(g, dy, axis, n) : dy;
    const back = g.op("DFT", [whole, undefined, g.int(axis)], { inverse: int(inverse ? 0 : 1) })[0];
    const size = g.cast(n, dy.type.element);
    const scaled = inverse ? g.div(back, size) : g.mul(back, size);
    const parts = x.type.shape![rank - 1] === 1 ? g.slice(scaled, [0], [1], [rank - 1]) : scaled;
    return [length ? ofLength(g, parts, axis, dimsOf(g, x, axis, axis + 1)) : parts];
  },
});

/** y = the spectra of windows of a signal, one after the other */
export const STFT = defineOp({
  operands: ["x", "step", "window?", "length?"],
  infer: ({ types: [x, , window], ints: [, step, , given], attributes }) => {
    const [total, by, length] = [x.shape?.[1], step?.[0], given?.[0] ?? window?.shape?.[0]];
    const frames = typeof total === "number" && typeof by === "number" && typeof length === "number" ? Math.floor((total - length) / by) + 1 : freshDim();
    const whole = intOf(attributes, "onesided", 1) === 0;
    const bins = whole && length !== undefined ? length : typeof length === "number" ? Math.floor(length / 2) + 1 : freshDim();
    return [{ element: x.element, shape: x.shape && [x.shape[0]!, frames, bins, 2] }];
  },
  vjp: noGradient("spectra of windows are not differentiated; export the model from the spectrum on, or with DFT"),
});

/** y = the weights that make a mel spectrum of one of frequencies */
export const MelWeightMatrix = defineOp({
  operands: ["bins", "length", "rate", "lower", "upper"],
  infer: ({ ints: [bins, length], attributes }) => {
    const half = length?.[0];
    return [
      {
        element: anyElementOf(intOf(attributes, "output_datatype", 1)) ?? "unknown",
        shape: [typeof half === "number" ? Math.floor(half / 2) + 1 : freshDim(), bins?.[0] ?? freshDim()],
      },
    ];
  },
  vjp: zeroGradient("it does not depend on the values, only on sizes and frequencies"),
});
