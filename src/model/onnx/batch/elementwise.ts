import { type BatchRule, type Operand, type PerSample, isPerSample, shapeOf } from "./context.ts";

/** Operators that compute each element from those at its place, with broadcasting. */
export const elementwise: BatchRule = (c, { op, inputs, attributes, outputs }) => {
  const [out] = outputs as [readonly number[]];
  const rank = out.length;
  // A node of one operand takes any shape.
  const each = inputs.filter(isPerSample);
  const others = inputs.filter((input): input is Exclude<Operand, PerSample> => input !== undefined && !isPerSample(input));
  const fits = (operand: Operand) => shapeOf(operand).length < rank || shapeOf(operand)[0] === 1;
  const asRows =
    rank > 0 &&
    (each.length === 1 && others.every((other) => shapeOf(other).length === 0) ? true : out[0] === 1 && each.every(hasRank(rank)) && others.every(fits));
  const values = inputs.map((input) => (isPerSample(input) ? (asRows ? c.rows(input) : c.aligned(input, rank)) : input));
  const shapes = outputs.map((shape) => (asRows ? c.rowsShape(shape) : c.fullShape(shape)));
  return c.emit(op, values, attributes, shapes).map((value, i) => (asRows ? { sample: outputs[i]!, rows: value } : { sample: outputs[i]!, full: value }));
};

const hasRank = (rank: number) => (operand: PerSample) => operand.sample.length === rank;
