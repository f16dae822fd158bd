import type { GraphBuilder } from "../../../graph/builder.ts";
import { type Attributes, type Dim, type Value, int } from "../../../graph/ir.ts";
import { sizeOf } from "../../../tensor/tensor.ts";

/**
 * A value that differs from sample to sample, in a graph of any number of samples. `sample` is its shape in the graph of one sample.
 * The batch lies outermost in memory, so that two shapes of the same elements are at hand: `[n, …sample]`, and `[n·sample[0], …]`,
 * which is the usual one, because most graphs already have a first axis of size 1 for the batch.
 */
export interface PerSample {
  readonly sample: readonly number[];
  full?: Value;
  rows?: Value;
}

/** An operand: the same for all samples, or one that differs. */
export type Operand = Value | PerSample;

export const isPerSample = (operand: Operand | undefined): operand is PerSample => operand !== undefined && "sample" in operand;

/** A node of the graph of one sample. All its shapes are known. */
export interface SampleNode {
  readonly op: string;
  readonly inputs: readonly (Operand | undefined)[];
  readonly attributes: Attributes;
  /** The shapes of its outputs, for one sample. */
  readonly outputs: readonly (readonly number[])[];
}

/** Thrown where an operator cannot take several samples at once. */
export class NotBatchable extends Error {
  readonly op: string;
  constructor(op: string) {
    super(`${op} cannot take several samples at once`);
    this.op = op;
  }
}

/** Writes the nodes of a graph of any number of samples. */
export class BatchContext {
  readonly g: GraphBuilder;
  /** The number of samples: as a dimension, and the value to read it from. */
  readonly n: Dim;
  readonly #x: Value;
  #count: Value | undefined;
  #numbers: Value | undefined;

  constructor(g: GraphBuilder, x: Value) {
    this.g = g;
    this.#x = x;
    this.n = x.type.shape![0]!;
  }

  /** n·m as a dimension. */
  times(m: number): Dim {
    return m === 1 ? this.n : typeof this.n === "number" ? this.n * m : `${this.n}*${m}`;
  }

  /** Adds a node whose output shapes are known better than inference can know them. */
  emit(op: string, inputs: readonly (Value | undefined)[], attributes: Attributes, shapes: readonly (readonly Dim[])[]): Value[] {
    const values = this.g.op(op, inputs, attributes, shapes.length);
    values.forEach((value, i) => (value.type = { element: value.type.element, shape: shapes[i] }));
    return values;
  }

  fullShape(sample: readonly number[]): Dim[] {
    return [this.n, ...sample];
  }

  rowsShape(sample: readonly number[]): Dim[] {
    return [this.times(sample[0]!), ...sample.slice(1)];
  }

  /** The value as `[n, …sample]`. */
  full(value: PerSample): Value {
    value.full ??= this.reshaped(value, this.fullShape(value.sample));
    return value.full;
  }

  /** The value as `[n·sample[0], …sample[1…]]`. */
  rows(value: PerSample): Value {
    value.rows ??= this.reshaped(value, this.rowsShape(value.sample));
    return value.rows;
  }

  /** Whichever of the two there is, to be reshaped: the elements are the same. */
  any(value: PerSample): Value {
    return (value.rows ?? value.full)!;
  }

  /** The elements of a value in another shape, whose first axis is that of the batch or has it as a factor. */
  reshaped(value: PerSample, shape: readonly Dim[]): Value {
    const from = this.any(value);
    if (from.type.shape?.length === shape.length && from.type.shape.every((dim, axis) => dim === shape[axis])) return from;
    const rest = shape.slice(1) as number[];
    const first = from.type.shape?.[0] === shape[0] && !rest.includes(0) ? 0 : -1;
    return this.emit("Reshape", [from, this.g.ints([first, ...rest])], {}, [shape])[0]!;
  }

  /** The value with axes of size 1 put before those of a sample, as `[n, 1, …, …sample]`. */
  aligned(value: PerSample, rank: number): Value {
    if (value.sample.length >= rank) return this.full(value);
    const ones = Array.from({ length: rank - value.sample.length }, () => 1);
    return this.reshaped(value, [this.n, ...ones, ...value.sample]);
  }

  /** A value that is the same for all samples, repeated for each. */
  spread(operand: Operand): PerSample {
    if (isPerSample(operand)) return operand;
    const sample = operand.type.shape as number[];
    const target = this.g.concat([this.count(), this.g.ints(sample)], 0);
    return { sample, full: this.emit("Expand", [operand, target], {}, [this.fullShape(sample)])[0]! };
  }

  /** 0, 1, …, n − 1 when the graph runs. */
  numbers(): Value {
    this.#numbers ??= this.emit("Range", [this.g.int(0), this.g.squeeze(this.count(), [0]), this.g.int(1)], {}, [[this.n]])[0]!;
    return this.#numbers;
  }

  /** The number of samples when the graph runs, as a vector of one integer. */
  count(): Value {
    this.#count ??= this.g.op("Shape", [this.#x], { start: int(0), end: int(1) })[0];
    return this.#count;
  }
}

/** The shape of an operand in the graph of one sample. */
export const shapeOf = (operand: Operand): readonly number[] => (isPerSample(operand) ? operand.sample : (operand.type.shape as number[]));

export const elementsOf = (operand: Operand): number => sizeOf(shapeOf(operand));

/** What every rule of this folder is: from a node of the graph of one sample to its outputs for many, of which it may leave out those at the end. */
export type BatchRule = (c: BatchContext, node: SampleNode) => PerSample[];
