import { intsOf } from "../../../graph/attributes.ts";
import { ints } from "../../../graph/ir.ts";
import { numbersIn } from "./axes.ts";
import { type BatchRule, NotBatchable, isPerSample } from "./context.ts";

/**
 * Operators that have the batch as their first axis by definition: convolutions, pooling, BatchNormalization, …
 * @param each how many of the first operands are samples; those after them are weights, the same for all
 */
export const leading =
  (each = 1): BatchRule =>
  (c, { op, inputs, attributes, outputs }) => {
    if (inputs.slice(each).some((input) => isPerSample(input))) throw new NotBatchable(op);
    const values = inputs.map((input, i) => (i < each && input ? c.rows(c.spread(input)) : isPerSample(input) ? undefined : input));
    return c
      .emit(
        op,
        values,
        attributes,
        outputs.map((shape) => c.rowsShape(shape)),
      )
      .map((value, i) => ({ sample: outputs[i]!, rows: value }));
  };

/** Resize: the size of the batch does not stand among the sizes, where these are given instead of scales. */
export const resize: BatchRule = (c, node) => {
  const { op, inputs, attributes } = node;
  const sizes = numbersIn(op, inputs[3]);
  if (!sizes || sizes.length === 0) return leading()(c, node);
  const rank = isPerSample(inputs[0]) ? inputs[0].sample.length : 0;
  const axes = intsOf(attributes, "axes", [...Array.from({ length: rank }).keys()]).map((axis) => (Number(axis) < 0 ? Number(axis) + rank : Number(axis)));
  const kept = axes.map((axis, i) => ({ axis, size: sizes[i]! })).filter(({ axis }) => axis !== 0);
  const operands = [inputs[0], undefined, undefined, c.g.ints(kept.map(({ size }) => size))];
  return leading()(c, { ...node, inputs: operands, attributes: { ...attributes, axes: ints(kept.map(({ axis }) => axis)) } });
};
