import { intOf } from "../../../graph/attributes.ts";
import { type Value, int, ints } from "../../../graph/ir.ts";
import { type BatchContext, type BatchRule, NotBatchable, type Operand, isPerSample, shapeOf } from "./context.ts";

const normal = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

export const gather: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const [x, indices] = inputs as [Operand, Operand];
  const axis = normal(intOf(attributes, "axis", 0), shapeOf(x).length);
  if (!isPerSample(x)) {
    // A table, from which every sample takes its own rows.
    if (!isPerSample(indices) || axis !== 0) throw new NotBatchable(op);
    return [{ sample: out!, full: c.emit(op, [x, c.full(indices)], { axis: int(0) }, [c.fullShape(out!)])[0]! }];
  }
  if (isPerSample(indices)) throw new NotBatchable(op);
  if (axis !== 0 && x.sample[0] === 1) return [{ sample: out!, rows: c.emit(op, [c.rows(x), indices], { axis: int(axis) }, [c.rowsShape(out!)])[0]! }];
  return [{ sample: out!, full: c.emit(op, [c.full(x), indices], { axis: int(axis + 1) }, [c.fullShape(out!)])[0]! }];
};

/** GatherElements, ScatterElements: indices for every element, of each sample. */
export const elements: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const axis = normal(intOf(attributes, "axis", 0), shapeOf(inputs[0]!).length);
  const values = inputs.map((input) => c.full(c.spread(input!)));
  return [{ sample: out!, full: c.emit(op, values, { ...attributes, axis: int(axis + 1) }, [c.fullShape(out!)])[0]! }];
};

/** GatherND, ScatterND with the same indices for all samples: the batch goes to the end, where it is part of what is moved. */
export const indexed: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const [x, indices, ...updates] = inputs as [Operand, Operand, ...Operand[]];
  if (isPerSample(indices) || intOf(attributes, "batch_dims", 0) !== 0) throw new NotBatchable(op);
  const [value] = c.emit(op, [batchLast(c, x), indices, ...updates.map((update) => batchLast(c, update))], attributes, [[...out!, c.n]]);
  const perm = [out!.length, ...out!.keys()];
  return [{ sample: out!, full: c.emit("Transpose", [value], { perm: ints(perm) }, [c.fullShape(out!)])[0]! }];
};

function batchLast(c: BatchContext, operand: Operand): Value {
  const value = c.spread(operand);
  const perm = [...value.sample.map((_, axis) => axis + 1), 0];
  return c.emit("Transpose", [c.full(value)], { perm: ints(perm) }, [[...value.sample, c.n]])[0]!;
}
