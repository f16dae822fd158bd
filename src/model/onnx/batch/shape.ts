import { intsOf } from "../../../graph/attributes.ts";
import { ints } from "../../../graph/ir.ts";
import { numbersIn } from "./axes.ts";
import type { BatchContext, BatchRule, PerSample } from "./context.ts";

/** The elements of a value in the shape of another sample. */
function inShape(c: BatchContext, value: PerSample, sample: readonly number[]): PerSample {
  return sample[0] === 1 ? { sample, rows: c.reshaped(value, c.rowsShape(sample)) } : { sample, full: c.reshaped(value, c.fullShape(sample)) };
}

/** Reshape, Flatten, Squeeze, Unsqueeze: what a sample's shape becomes is known. */
export const reshape: BatchRule = (c, { inputs, outputs: [out] }) => [inShape(c, inputs[0] as PerSample, out!)];

export const transpose: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const x = inputs[0] as PerSample;
  const perm = intsOf(attributes, "perm", [...x.sample.keys()].reverse()).map(Number);
  const long = perm.filter((axis) => x.sample[axis] !== 1);
  // Only axes of size 1 change their place: no element does.
  if (long.every((axis, i) => i === 0 || axis > long[i - 1]!)) return [inShape(c, x, out!)];
  if (perm[0] === 0 && x.sample[0] === 1) return [{ sample: out!, rows: c.emit(op, [c.rows(x)], { perm: ints(perm) }, [c.rowsShape(out!)])[0]! }];
  return [{ sample: out!, full: c.emit(op, [c.full(x)], { perm: ints([0, ...perm.map((axis) => axis + 1)]) }, [c.fullShape(out!)])[0]! }];
};

export const expand: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const x = inputs[0] as PerSample;
  if (out!.length === x.sample.length && out!.every((dim, axis) => dim === x.sample[axis])) return [x];
  const asRows = x.sample.length === out!.length && out![0] === 1;
  const target = c.g.ints(asRows ? [...out!] : [1, ...out!]);
  if (asRows) return [{ sample: out!, rows: c.emit(op, [c.rows(x), target], attributes, [c.rowsShape(out!)])[0]! }];
  return [{ sample: out!, full: c.emit(op, [c.aligned(x, out!.length), target], attributes, [c.fullShape(out!)])[0]! }];
};

export const tile: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const x = inputs[0] as PerSample;
  const repeats = numbersIn(op, inputs[1])!;
  return [{ sample: out!, full: c.emit(op, [c.full(x), c.g.ints([1, ...repeats])], attributes, [c.fullShape(out!)])[0]! }];
};
