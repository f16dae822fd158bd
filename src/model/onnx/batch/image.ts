import { intOf, intsOf } from "../../../graph/attributes.ts";
import { ints } from "../../../graph/ir.ts";
import { numbersIn } from "./axes.ts";
import { type BatchRule, NotBatchable, type PerSample, isPerSample } from "./context.ts";

/**
 * Operators that have the batch as their first axis by definition: convolutions, pooling, BatchNormalization, …
 * @param samples which operands have a row for each sample; the others are weights, the same for all
 */
export const leading =
  (...samples: readonly number[]): BatchRule =>
  (c, { op, inputs, attributes, outputs }) => {
    const values = inputs.map((input, i) => {
      if (input && (i === 0 || samples.includes(i))) return c.rows(c.spread(input));
      if (isPerSample(input)) throw new NotBatchable(op);
      return input;
    });
    return c
      .emit(
        op,
        values,
        attributes,
        outputs.map((shape) => c.rowsShape(shape)),
      )
      .map((value, i) => ({ sample: outputs[i]!, rows: value }));
  };

/** BatchNormalization: in training mode with the statistics of each sample alone, which is what InstanceNormalization has; running ones are left out. */
export const batchNormalization: BatchRule = (c, node) => {
  const { op, inputs, attributes, outputs } = node;
  if (intOf(attributes, "training_mode", 0) === 0) return leading()(c, node);
  const sample = outputs[0]!;
  if (sample[0] !== 1 || sample.length < 3) throw new NotBatchable(op);
  const { epsilon } = attributes;
  return leading()(c, { op: "InstanceNormalization", inputs: inputs.slice(0, 3), attributes: epsilon ? { epsilon } : {}, outputs: [sample] });
};

/** RotaryEmbedding: the places have a row for each sample, or, without them, the tables. */
export const rotary: BatchRule = (c, node) => (node.inputs[3] ? leading(3) : leading(1, 2))(c, node);

/** AffineGrid: the number of samples is the first of the sizes. */
export const affineGrid: BatchRule = (c, node) => {
  const [first, ...rest] = numbersIn(node.op, node.inputs[1])!;
  return leading()(c, { ...node, inputs: [node.inputs[0], c.g.concat([c.g.mul(c.count(), first!), c.g.ints(rest)], 0)] });
};

/** RoiAlign: the regions of every sample, each with the number of its image among those of all. */
export const roiAlign: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const [x, rois, images] = inputs.map((input) => c.spread(input!)) as [PerSample, PerSample, PerSample];
  const regions = c.fullShape(images.sample);
  const first = c.g.unsqueeze(c.g.mul(c.numbers(), x.sample[0]!), [1]);
  const own: PerSample = { sample: images.sample, full: c.emit("Add", [c.full(images), first], {}, [regions])[0]! };
  return [{ sample: out!, rows: c.emit(op, [c.rows(x), c.rows(rois), c.rows(own)], attributes, [c.rowsShape(out!)])[0]! }];
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
