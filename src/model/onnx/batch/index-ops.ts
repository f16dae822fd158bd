import { intOf } from "../../../graph/attributes.ts";
import { type Value, int, ints } from "../../../graph/ir.ts";
import { type BatchContext, type BatchRule, NotBatchable, type Operand, type PerSample, isPerSample, shapeOf } from "./context.ts";

const normal = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

export const gather: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const [x, indices] = inputs as [Operand, Operand];
  const axis = normal(intOf(attributes, "axis", 0), shapeOf(x).length);
  if (!isPerSample(x)) {
    // A table, from which every sample takes its own rows.
    if (!isPerSample(indices) || axis !== 0) throw new NotBatchable(op);
    return [{ sample: out!, full: c.emit(op, [x, c.full(indices)], { axis: int(0) }, [c.fullShape(out!)])[0]! }];
  }
  if (isPerSample(indices)) return [{ sample: out!, full: ownSlices(c, x, indices, { axis, out: out! }) }];
  if (axis !== 0 && x.sample[0] === 1) return [{ sample: out!, rows: c.emit(op, [c.rows(x), indices], { axis: int(axis) }, [c.rowsShape(out!)])[0]! }];
  return [{ sample: out!, full: c.emit(op, [c.full(x), indices], { axis: int(axis + 1) }, [c.fullShape(out!)])[0]! }];
};

/** The slices that each sample takes of itself: of a table that all samples are in, one below the other. */
function ownSlices(c: BatchContext, x: PerSample, indices: PerSample, { axis, out }: { axis: number; out: readonly number[] }): Value {
  const { g } = c;
  const size = x.sample[axis]!;
  const others = [...x.sample.keys()].filter((one) => one !== axis);
  const turned = c.emit("Transpose", [c.full(x)], { perm: ints([0, axis + 1, ...others.map((one) => one + 1)]) }, [
    [c.n, size, ...others.map((one) => x.sample[one]!)],
  ]);
  const table = c.rows({ sample: [size, ...others.map((one) => x.sample[one]!)], full: turned[0]! });
  const rank = indices.sample.length;
  const given = c.full(indices);
  const fromFront = g.where(g.less(given, 0), g.add(given, size), given);
  const first =
    rank === 0
      ? g.mul(c.numbers(), size)
      : g.unsqueeze(
          g.mul(c.numbers(), size),
          Array.from({ length: rank }, (_, i) => i + 1),
        );
  const at = c.emit("Add", [g.cast(fromFront, "int64"), first], {}, [c.fullShape(indices.sample)])[0]!;
  const [taken] = c.emit("Gather", [table, at], { axis: int(0) }, [[c.n, ...indices.sample, ...others.map((one) => x.sample[one]!)]]);
  const before = Array.from({ length: axis }, (_, i) => 1 + rank + i);
  const after = Array.from({ length: others.length - axis }, (_, i) => 1 + rank + axis + i);
  const perm = [0, ...before, ...Array.from({ length: rank }, (_, i) => 1 + i), ...after];
  return c.emit("Transpose", [taken], { perm: ints(perm) }, [c.fullShape(out)])[0]!;
}

/** GatherElements, ScatterElements: indices for every element, of each sample. */
export const elements: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const axis = normal(intOf(attributes, "axis", 0), shapeOf(inputs[0]!).length);
  const values = inputs.map((input) => c.full(c.spread(input!)));
  return [{ sample: out!, full: c.emit(op, values, { ...attributes, axis: int(axis + 1) }, [c.fullShape(out!)])[0]! }];
};

/**
 * GatherND, ScatterND. With the same indices for all samples the batch goes to the end, where it is part of what is moved; indices of each sample's own
 * get the number of the sample before them.
 */
export const indexed: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const [x, indices, ...updates] = inputs as [Operand, Operand, ...Operand[]];
  if (intOf(attributes, "batch_dims", 0) !== 0) throw new NotBatchable(op);
  if (isPerSample(indices)) {
    const places = indices.sample.length - 1;
    const numbers = c.g.reshape(c.numbers(), [-1, ...Array.from({ length: places + 1 }, () => 1)]);
    const target = c.g.concat([c.count(), c.g.ints([...indices.sample.slice(0, -1), 1])], 0);
    const own = c.g.concat([c.g.expand(numbers, target), c.g.cast(c.full(indices), "int64")], places + 1);
    const values = [c.full(c.spread(x)), own, ...updates.map((update) => c.full(c.spread(update)))];
    return [{ sample: out!, full: c.emit(op, values, attributes, [c.fullShape(out!)])[0]! }];
  }
  const [value] = c.emit(op, [batchLast(c, x), indices, ...updates.map((update) => batchLast(c, update))], attributes, [[...out!, c.n]]);
  const perm = [out!.length, ...out!.keys()];
  return [{ sample: out!, full: c.emit("Transpose", [value], { perm: ints(perm) }, [c.fullShape(out!)])[0]! }];
};

function batchLast(c: BatchContext, operand: Operand): Value {
  const value = c.spread(operand);
  const perm = [...value.sample.map((_, axis) => axis + 1), 0];
  return c.emit("Transpose", [c.full(value)], { perm: ints(perm) }, [[...value.sample, c.n]])[0]!;
}
