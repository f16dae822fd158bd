import { floatOf, intOf, stringOf } from "../../../graph/attributes.ts";
import { type Value, ints, string } from "../../../graph/ir.ts";
import { type BatchContext, type BatchRule, NotBatchable, type Operand, type PerSample, isPerSample, shapeOf } from "./context.ts";
import { elementwise } from "./elementwise.ts";

/** Products of stacks of matrices: a matrix of weights multiplies all rows at once, anything else is aligned with the batch first. */
export const matMul: BatchRule = (c, { inputs, outputs: [out] }) => {
  const [a, b] = inputs as [Operand, Operand];
  const [ra, rb] = [shapeOf(a).length, shapeOf(b).length];
  if (isPerSample(a) && !isPerSample(b) && rb === 2 && ra >= 2) return [{ sample: out!, rows: c.emit("MatMul", [c.rows(a), b], {}, [c.rowsShape(out!)])[0]! }];
  if (isPerSample(a) && isPerSample(b) && ra >= 3 && ra === rb && a.sample[0] === b.sample[0])
    return [{ sample: out!, rows: c.emit("MatMul", [c.rows(a), c.rows(b)], {}, [c.rowsShape(out!)])[0]! }];
  const rank = Math.max(ra, rb, 2);
  const matrixOf = (operand: Operand, isLeft: boolean): Operand => {
    const shape = shapeOf(operand);
    if (shape.length !== 1) return operand;
    const matrix = isLeft ? [1, shape[0]!] : [shape[0]!, 1];
    return isPerSample(operand) ? { sample: matrix, full: c.reshaped(operand, c.fullShape(matrix)) } : c.g.reshape(operand, matrix);
  };
  const place = (operand: Operand) => (isPerSample(operand) ? c.aligned(operand, rank) : operand);
  const [left, right] = [matrixOf(a, true), matrixOf(b, false)];
  const shape = [...broadcastLead(shapeOf(left), shapeOf(right), rank), shapeOf(left).at(-2)!, shapeOf(right).at(-1)!];
  const product: PerSample = { sample: shape, full: c.emit("MatMul", [place(left), place(right)], {}, [c.fullShape(shape)])[0]! };
  return [shape.length === out!.length ? product : { sample: out!, full: c.reshaped(product, c.fullShape(out!)) }];
};

function broadcastLead(a: readonly number[], b: readonly number[], rank: number): number[] {
  return Array.from({ length: rank - 2 }, (_, i) => {
    const at = (shape: readonly number[]) => shape[i - (rank - shape.length)] ?? 1;
    return Math.max(at(a), at(b));
  });
}

/** α·A'·B' + β·C: as it is where the rows of A are those of the batch, else as the product and the sum that it stands for. */
export const gemm: BatchRule = (c, node) => {
  const { attributes, outputs } = node;
  const [a, b, bias] = node.inputs as [Operand, Operand, Operand | undefined];
  const [out] = outputs as [readonly number[]];
  const [transA, transB] = [intOf(attributes, "transA", 0), intOf(attributes, "transB", 0)];
  const biasRows = bias && shapeOf(bias).length === 2 ? shapeOf(bias)[0]! : 1;
  if (isPerSample(a) && !isPerSample(b) && !isPerSample(bias) && transA === 0 && biasRows === 1)
    return [{ sample: out, rows: c.emit("Gemm", bias ? [c.rows(a), b, bias] : [c.rows(a), b], attributes, [c.rowsShape(out)])[0]! }];
  const [left, right] = [transA === 1 ? turned(c, a) : a, transB === 1 ? turned(c, b) : b];
  let [result] = matMul(c, { op: "MatMul", inputs: [left, right], attributes: {}, outputs }) as [PerSample];
  const scaled = (operand: Operand, by: number): Operand => {
    if (by === 1) return operand;
    if (!isPerSample(operand)) return c.g.mul(operand, by);
    return elementwise(c, { op: "Mul", inputs: [operand, c.g.scalar(by, c.any(operand).type.element)], attributes: {}, outputs: [operand.sample] })[0]!;
  };
  result = scaled(result, floatOf(attributes, "alpha", 1)) as PerSample;
  const beta = floatOf(attributes, "beta", 1);
  return bias && beta !== 0 ? elementwise(c, { op: "Add", inputs: [result, scaled(bias, beta)], attributes: {}, outputs }) : [result];
};

/** Products of ONNX Runtime's optimizer, where a matrix of weights multiplies all rows at once or both operands are stacks of each sample. */
export const fusedMatMul: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const [a, b] = inputs as [Operand, Operand];
  const isStack = (operand: Operand) => isPerSample(operand) && operand.sample.length > 1 && operand.sample.length === out!.length;
  if (isStack(a) && !isPerSample(b) && shapeOf(b).length === 2)
    return [{ sample: out!, full: c.emit(op, [c.full(a as PerSample), b], attributes, [c.fullShape(out!)])[0]! }];
  if (!isStack(a) || !isStack(b)) throw new NotBatchable(op);
  return [{ sample: out!, full: c.emit(op, [c.full(a as PerSample), c.full(b as PerSample)], attributes, [c.fullShape(out!)])[0]! }];
};

/** The same with what is added: one row of it for all. */
export const fusedGemm: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const [a, b, bias] = inputs as [Operand, Operand, Operand | undefined];
  const isRow = !bias || (!isPerSample(bias) && (shapeOf(bias).length < 2 || shapeOf(bias)[0] === 1));
  if (!isPerSample(a) || isPerSample(b) || !isRow || intOf(attributes, "transA", 0) !== 0) throw new NotBatchable(op);
  return [{ sample: out!, rows: c.emit(op, bias ? [c.rows(a), b, bias as Value] : [c.rows(a), b], attributes, [c.rowsShape(out!)])[0]! }];
};

function turned(c: BatchContext, operand: Operand): Operand {
  if (!isPerSample(operand)) return c.g.transpose(operand, [1, 0]);
  const sample = operand.sample.toReversed();
  return { sample, full: c.emit("Transpose", [c.full(operand)], { perm: ints([0, 2, 1]) }, [c.fullShape(sample)])[0]! };
}

/** Einsum: the batch gets a letter of its own in every operand that has it, and in the result. */
export const einsum: BatchRule = (c, { op, inputs, attributes, outputs: [out] }) => {
  const equation = stringOf(attributes, "equation", "").replaceAll(" ", "");
  const letter = [..."zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA"].find((one) => !equation.includes(one));
  const [left, right] = equation.split("->");
  if (letter === undefined || right === undefined) throw new NotBatchable(op);
  const terms = left!.split(",").map((term, i) => (isPerSample(inputs[i]) ? letter + term : term));
  const values = inputs.map((input) => (isPerSample(input) ? c.full(input) : input));
  return [{ sample: out!, full: c.emit(op, values, { equation: string(`${terms.join(",")}->${letter}${right}`) }, [c.fullShape(out!)])[0]! }];
};

/** LSTM, GRU and RNN: their second axis is the batch, in all operands but the weights. */
export const recurrent: BatchRule = (c, { op, inputs, attributes, outputs }) => {
  if (intOf(attributes, "layout", 0) !== 0) throw new NotBatchable(op);
  const [x, w, r, b, lengths, ...states] = inputs;
  if (!isPerSample(x) || [w, r, b, lengths, ...states.slice(2)].some((input) => isPerSample(input))) throw new NotBatchable(op);
  // [n, a, batch, …] -> [a, n·batch, …]
  const inward = (operand: Operand): Value => {
    const value = c.spread(operand);
    const [a, batch, ...rest] = value.sample as [number, number, ...number[]];
    const axes = value.sample.map((_, axis) => axis + 1);
    const perm = [axes[0]!, 0, ...axes.slice(1)];
    const [moved] = c.emit("Transpose", [c.full(value)], { perm: ints(perm) }, [[a, c.n, batch, ...rest]]);
    return batch === 1
      ? c.emit("Squeeze", [moved, c.g.ints([2])], {}, [[a, c.n, ...rest]])[0]!
      : c.emit("Reshape", [moved, c.g.ints([a, -1, ...rest])], {}, [[a, c.times(batch), ...rest]])[0]!;
  };
  const repeated = lengths && c.spread(lengths as Operand);
  const operands = [inward(x), w, r, b, repeated && c.rows(repeated), ...states.slice(0, 2).map((state) => state && inward(state)), ...states.slice(2)] as (
    | Value
    | undefined
  )[];
  const batchAxis = (shape: readonly number[]) => shape.length - 2;
  const shapes = outputs.map((shape) => shape.map((dim, axis) => (axis === batchAxis(shape) ? c.times(dim) : dim)));
  return c.emit(op, operands, attributes, shapes).map((value, i) => {
    const sample = outputs[i]!;
    const axis = batchAxis(sample);
    const perm = [axis, ...[...sample.keys()].filter((one) => one !== axis)];
    if (sample[axis] !== 1) throw new NotBatchable(op);
    const rest = sample.filter((_, one) => one !== axis);
    const moved = c.emit("Transpose", [value], { perm: ints(perm) }, [[c.n, ...rest]])[0]!;
    return { sample, full: c.reshaped({ sample: rest, full: moved }, c.fullShape(sample)) };
  });
};
