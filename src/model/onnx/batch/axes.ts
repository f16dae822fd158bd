import { intOf, intsOf } from "../../../graph/attributes.ts";
import { type Attributes, type Value, int, ints } from "../../../graph/ir.ts";
import { type Tensor, numbersOf } from "../../../tensor/tensor.ts";
import { type BatchContext, type BatchRule, NotBatchable, type Operand, type PerSample, type SampleNode, isPerSample, shapeOf } from "./context.ts";

/** The constant integers that an operand is. */
export function numbersIn(op: string, operand: Operand | undefined): number[] | undefined {
  if (operand === undefined) return undefined;
  const constant: Tensor | undefined = isPerSample(operand) ? undefined : operand.constant;
  if (!constant) throw new NotBatchable(op);
  return numbersOf(constant);
}

const normal = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

/**
 * A node that works along some axes. If the first axis of a sample stands for the batch and is none of them, the node stays as it is;
 * otherwise all axes move by one.
 * @param write the operands after the first, and the attributes, for axes that have moved by `shift`
 */
function alongAxes(
  c: BatchContext,
  { op, inputs, outputs }: SampleNode,
  axes: readonly number[],
  write: (shift: 0 | 1) => { operands?: readonly (Value | undefined)[]; attributes: Attributes },
): PerSample[] {
  const x = c.spread(inputs[0]!);
  const asRows = x.sample[0] === 1 && !axes.some((axis) => normal(axis, x.sample.length) === 0) && outputs.every((shape) => shape[0] === 1);
  const { operands = [], attributes } = write(asRows ? 0 : 1);
  const values = c.emit(
    op,
    [asRows ? c.rows(x) : c.full(x), ...operands],
    attributes,
    outputs.map((shape) => (asRows ? c.rowsShape(shape) : c.fullShape(shape))),
  );
  return values.map((value, i) => (asRows ? { sample: outputs[i]!, rows: value } : { sample: outputs[i]!, full: value }));
}

/** The operands after the first, which must be the same for all samples. */
function rest({ op, inputs }: SampleNode): (Value | undefined)[] {
  return inputs.slice(1).map((input) => {
    if (isPerSample(input)) throw new NotBatchable(op);
    return input;
  });
}

/** One axis, an attribute: Softmax, ArgMax, TopK, Split, LayerNormalization, … */
export const oneAxis =
  (fallback: number): BatchRule =>
  (c, node) => {
    const rank = shapeOf(node.inputs[0]!).length;
    const axis = normal(intOf(node.attributes, "axis", fallback), rank);
    return alongAxes(c, node, [axis], (shift) => ({ operands: rest(node), attributes: { ...node.attributes, axis: int(axis + shift) } }));
  };

/** Axes as the second operand, all of them where it is missing: the reductions. */
export const reduce: BatchRule = (c, node) => {
  const { op, inputs, attributes } = node;
  const rank = shapeOf(inputs[0]!).length;
  const given = numbersIn(op, inputs[1]);
  const none = given === undefined || given.length === 0;
  const axes = none
    ? intOf(attributes, "noop_with_empty_axes", 0) === 1
      ? []
      : Array.from({ length: rank }, (_, axis) => axis)
    : given.map((axis) => normal(axis, rank));
  return alongAxes(c, node, axes, (shift) => ({
    operands: [c.g.ints(axes.map((axis) => axis + shift))],
    attributes: axes.length === 0 ? { ...attributes, noop_with_empty_axes: int(1) } : attributes,
  }));
};

/** The axis is the second operand, a scalar: CumSum, CumProd. */
export const cumulative: BatchRule = (c, node) => {
  const [axis] = numbersIn(node.op, node.inputs[1])!;
  const at = normal(axis!, shapeOf(node.inputs[0]!).length);
  return alongAxes(c, node, [at], (shift) => ({ operands: [c.g.int(at + shift)], attributes: node.attributes }));
};

export const meanVariance: BatchRule = (c, node) => {
  const rank = shapeOf(node.inputs[0]!).length;
  const axes = intsOf(node.attributes, "axes", [0, 2, 3]).map((axis) => normal(Number(axis), rank));
  return alongAxes(c, node, axes, (shift) => ({ attributes: { ...node.attributes, axes: ints(axes.map((axis) => axis + shift)) } }));
};

/** DFT: the axis is the third operand; the last one holds real and imaginary parts. */
export const spectrum: BatchRule = (c, node) => {
  const at = normal(numbersIn(node.op, node.inputs[2])?.[0] ?? -2, shapeOf(node.inputs[0]!).length);
  return alongAxes(c, node, [at], (shift) => ({ operands: [rest(node)[0], c.g.int(at + shift)], attributes: node.attributes }));
};

/** CenterCropPad: sizes along axes. */
export const centered: BatchRule = (c, node) => {
  const rank = shapeOf(node.inputs[0]!).length;
  const axes = intsOf(node.attributes, "axes", [...Array.from({ length: rank }).keys()]).map((axis) => normal(Number(axis), rank));
  return alongAxes(c, node, axes, (shift) => ({ operands: rest(node), attributes: { ...node.attributes, axes: ints(axes.map((axis) => axis + shift)) } }));
};

/** Compress: slices along an axis; without one, elements of a sample that is flat. */
export const compress: BatchRule = (c, node) => {
  const [x] = node.inputs;
  const rank = shapeOf(x!).length;
  const axis = normal(intOf(node.attributes, "axis") ?? (rank === 1 ? 0 : Number.NaN), rank);
  if (Number.isNaN(axis)) throw new NotBatchable(node.op);
  return alongAxes(c, node, [axis], (shift) => ({ operands: rest(node), attributes: { axis: int(axis + shift) } }));
};

/** OneHot: a new axis, the last one if nothing else is said. */
export const oneHot: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const [x, depth, values] = inputs;
  if (isPerSample(depth) || isPerSample(values)) throw new NotBatchable(op);
  const axis = normal(intOf(attributes, "axis", -1), out!.length);
  return [{ sample: out!, full: c.emit(op, [c.full(c.spread(x!)), depth, values], { axis: int(axis + 1) }, [c.fullShape(out!)])[0]! }];
};

/** A scale for each place along an axis, or one for all: QuantizeLinear, DequantizeLinear. */
export const quantize: BatchRule = (c, node) => {
  const scale = node.inputs[1];
  const perTensor = scale !== undefined && shapeOf(scale).length === 0;
  const rank = shapeOf(node.inputs[0]!).length;
  const axis = normal(intOf(node.attributes, "axis", 1), rank);
  return alongAxes(c, node, perTensor ? [] : [axis], (shift) => ({
    operands: rest(node),
    attributes: perTensor ? node.attributes : { ...node.attributes, axis: int(axis + shift) },
  }));
};

export const slice: BatchRule = (c, node) => {
  const { op, inputs, attributes } = node;
  const [starts, ends, axesInput, steps] = rest(node);
  const rank = shapeOf(inputs[0]!).length;
  const axes = (numbersIn(op, axesInput) ?? numbersIn(op, starts)!.map((_, i) => i)).map((axis) => normal(axis, rank));
  return alongAxes(c, node, axes, (shift) => ({ operands: [starts, ends, c.g.ints(axes.map((axis) => axis + shift)), ...(steps ? [steps] : [])], attributes }));
};

export const pad: BatchRule = (c, node) => {
  const { op, inputs, attributes } = node;
  const [pads, value, axesInput] = rest(node);
  const rank = shapeOf(inputs[0]!).length;
  const amounts = numbersIn(op, pads)!;
  const given = numbersIn(op, axesInput)?.map((axis) => normal(axis, rank)) ?? Array.from({ length: rank }, (_, axis) => axis);
  // Only the axes that are padded.
  const used = given.flatMap((axis, i) =>
    amounts[i] !== 0 || amounts[i + given.length] !== 0 ? [{ axis, before: amounts[i]!, after: amounts[i + given.length]! }] : [],
  );
  return alongAxes(
    c,
    node,
    used.map(({ axis }) => axis),
    (shift) => {
      const before = Array.from({ length: rank + shift }, () => 0);
      const after = [...before];
      for (const one of used) [before[one.axis + shift], after[one.axis + shift]] = [one.before, one.after];
      return { operands: value ? [c.g.ints([...before, ...after]), value] : [c.g.ints([...before, ...after])], attributes };
    },
  );
};

/** Operands that are the same for all samples are repeated for each, and then they are put side by side. */
export const concat: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const parts = inputs.map((input) => c.spread(input!));
  const axis = normal(intOf(attributes, "axis", 0), out!.length);
  const asRows = axis !== 0 && parts.every(({ sample }) => sample[0] === 1);
  const [value] = c.emit(
    op,
    parts.map((part) => (asRows ? c.rows(part) : c.full(part))),
    { axis: int(asRows ? axis : axis + 1) },
    [asRows ? c.rowsShape(out!) : c.fullShape(out!)],
  );
  return [asRows ? { sample: out!, rows: value! } : { sample: out!, full: value! }];
};

/** Trilu: its last two axes are never the batch. */
export const triangle: BatchRule = (c, node) => {
  const [sample] = node.outputs;
  return [{ sample: sample!, full: c.emit(node.op, [c.full(c.spread(node.inputs[0]!)), ...rest(node)], node.attributes, [c.fullShape(sample!)])[0]! }];
};
