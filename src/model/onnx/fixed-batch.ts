import type { GraphBuilder } from "../../graph/builder.ts";
import type { Node, Value } from "../../graph/ir.ts";
import { fixedShape } from "../../graph/shape.ts";
import { type Tensor, arrayTypes, numbersOf, sizeOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";

/** Operators whose second operand is a shape. */
const shapes = new Set(["Reshape", "Expand"]);

/**
 * The operands of a node for one sample, where the file's are for a fixed batch of several: sizes of the batch in target shapes, and
 * constants that have a row for each sample.
 * @param node of the file: its types are those of the fixed batch
 * @param inputs in the graph of one sample
 */
export function fitBatch(g: GraphBuilder, node: Node, inputs: readonly (Value | undefined)[], batch: number): (Value | undefined)[] {
  const [x, target] = inputs;
  if (shapes.has(node.op) && x && target?.constant) {
    const shape = numbersOf(target.constant);
    // A target that was computed from shapes is that of one sample already.
    const told = node.inputs[1]?.ints;
    if (told && told.some((dim, axis) => dim !== shape[axis])) return inputs as (Value | undefined)[];
    const fitted = fittedShape(node, fixedShape(x.type.shape), shape, batch);
    return fitted ? [x, g.ints(fitted)] : (inputs as (Value | undefined)[]);
  }
  // Which axis of the operands is the batch: where the file's shape and that of one sample differ.
  const axes = node.inputs.flatMap((before, i) => axisOf(before, inputs[i], batch));
  if (axes.length === 0) return inputs as (Value | undefined)[];
  let changed = false;
  const fitted = inputs.map((value) => {
    if (!value?.constant) return value;
    const { shape } = value.constant;
    for (const fromEnd of axes) {
      const axis = shape.length - fromEnd;
      if (axis < 0 || shape[axis] !== batch || isInteger(value)) continue;
      changed = true;
      return g.constant(firstRow(value.constant, axis, node.op), value.name);
    }
    return value;
  });
  return changed ? fitted : (inputs as (Value | undefined)[]);
}

const isInteger = (value: Value) => value.type.element === "int64" || value.type.element === "int32";

function axisOf(before: Value | undefined, after: Value | undefined, batch: number): number[] {
  const [from, to] = [fixedShape(before?.type.shape), fixedShape(after?.type.shape)];
  if (!from || !to || from.length !== to.length || before?.constant) return [];
  const axis = from.findIndex((dim, i) => dim !== to[i] && dim === batch * to[i]!);
  return axis < 0 ? [] : [from.length - axis];
}

/** A target shape with one size divided by the batch, so that the elements of one sample fit. */
function fittedShape(node: Node, one: readonly number[] | undefined, shape: readonly number[], batch: number): number[] | undefined {
  const before = fixedShape(node.inputs[0]?.type.shape);
  if (!one || !before) return undefined;
  const candidates = [...shape.keys()].filter((axis) => shape[axis]! > 0 && shape[axis]! % batch === 0);
  if (candidates.length === 0) return undefined;
  // The elements that stand before the batch are as many before and after.
  const at = before.findIndex((dim, axis) => dim !== one[axis]);
  const lead = sizeOf(before.slice(0, Math.max(at, 0)));
  const full = shape.map((dim, axis) => (dim === 0 ? (before[axis] ?? 1) : dim));
  const best = candidates.find((axis) => sizeOf(full.slice(0, axis)) === lead) ?? candidates[0]!;
  return shape.map((dim, axis) => (axis === best ? dim / batch : dim));
}

/** The first of rows that are all the same. */
function firstRow(tensor: Tensor, axis: number, op: string): Tensor {
  const { element, shape, data } = tensor;
  const rows = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const kept = new arrayTypes[element](outer * inner) as Float32Array;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const first = data[o * rows * inner + i]!;
      for (let row = 1; row < rows; row++)
        if (data[(o * rows + row) * inner + i] !== first)
          throw new SignflipError("SF_NETWORK", `${op} has another constant for each sample of a fixed batch of ${rows}: no sample can be taken alone`);
      kept[o * inner + i] = first as number;
    }
  }
  return { element, shape: shape.with(axis, 1), data: kept };
}
