import { SignflipError } from "../../util/errors.ts";
import { tensorOf } from "../../tensor/tensor.ts";
import { intOf } from "../attributes.ts";
import { type Attributes, type Element, type TensorType, type Value, anyElementOf } from "../ir.ts";
import { fixedShape, normalAxis } from "../shape.ts";
import { rankOf, shapeOf } from "./like.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

/** The numbers that a quantized type holds. */
const range: Partial<Record<Element, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  uint4: [0, 15],
  int4: [-8, 7],
  float8e4m3fn: [-448, 448],
  float8e4m3fnuz: [-240, 240],
  float8e5m2: [-57344, 57344],
  float8e5m2fnuz: [-57344, 57344],
};

/** Which scale belongs to which element: the axis, and how many along it share one. */
function granularity(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name === "axis" || name === "block_size"));
}

/** The scale (or zero point) of every element of x: what 1 becomes. */
function spread(g: GraphBuilder, scale: Value, x: Value, attributes: Attributes): Value {
  const ones = g.op("ConstantOfShape", [shapeOf(g, x)], { value: { kind: "tensor", value: tensorOf("int8", [1], [1]) } })[0];
  return g.op("DequantizeLinear", [ones, scale], granularity(attributes))[0];
}

/** A gradient of every element, summed over the elements that share a scale. */
function gathered(g: GraphBuilder, dy: Value, scale: Value, attributes: Attributes): Value {
  const rank = rankOf("DequantizeLinear", scale);
  if (rank === 0 || scale.type.shape?.every((dim) => dim === 1)) return g.reshape(g.reduceSum(dy, undefined, false), scale.type.shape as number[]);
  const axis = normalAxis("DequantizeLinear", intOf(attributes, "axis", 1), rankOf("DequantizeLinear", dy));
  if (rank === 1)
    return g.reduceSum(
      dy,
      Array.from({ length: rankOf("DequantizeLinear", dy) }, (_, i) => i).filter((i) => i !== axis),
      false,
    );
  const [sizes, blocks] = [fixedShape(dy.type.shape), fixedShape(scale.type.shape)];
  if (!sizes || !blocks)
    throw new SignflipError("SF_GRADIENT", "no gradient of the scales of blocks whose number is not known; give the graph's inputs fixed sizes");
  const block = intOf(attributes, "block_size", 0);
  const after = sizes.map((size, i) => (i === axis ? blocks[i]! * block - size : 0));
  const full = g.op("Pad", [dy, g.ints([...sizes.map(() => 0), ...after])])[0];
  return g.reduceSum(g.reshape(full, [...sizes.slice(0, axis), blocks[axis]!, block, ...sizes.slice(axis + 1)]), [axis + 1], false);
}

/** The zero point of every element, as a real number; 0 where there is none. */
function zeros(g: GraphBuilder, zero: Value | undefined, x: Value, attributes: Attributes): Value | number {
  return zero ? spread(g, g.cast(zero, "float32"), x, attributes) : 0;
}

/**
 * y = x/s rounded, plus z, cut to the type's range.  The derivative of rounding is 0 almost everywhere, so the gradient goes straight
 * through it: dx = dy/s and ds = −dy·x/s² where y is inside the range, and 0 where it was cut (Bengio, Léonard and Courville 2013,
 * "Estimating or propagating gradients through stochastic neurons", section 4).
 */
export const QuantizeLinear = defineOp({
  operands: ["x", "scale", "zero?"],
  infer: ({ types: [x, , zero], attributes }) => {
    const given = intOf(attributes, "output_dtype", 0);
    return [{ element: zero?.element ?? (given === 0 ? "uint8" : (anyElementOf(given) ?? "unknown")), shape: x.shape }];
  },
  vjp: (g, { inputs: [x, scale, zero], outputs: [y], dy, attributes, wanted }) => {
    const bounds = range[y.type.element];
    if (!bounds) throw new SignflipError("SF_GRADIENT", `no gradient through QuantizeLinear to ${y.type.element}`);
    const scales = spread(g, scale, x, attributes);
    const real = g.div(x, scales);
    const level = g.add(g.op("Round", [real])[0], zeros(g, zero, x, attributes));
    const inside = g.and(g.greaterOrEqual(level, bounds[0]), g.lessOrEqual(level, bounds[1]));
    const through = g.where(inside, g.div(dy, scales), 0);
    return [through, wanted[1] ? gathered(g, g.neg(g.mul(through, real)), scale, attributes) : undefined];
  },
  quantizes: true,
});

/** y = (x − z)·s.  dx = dy·s; ds = Σ dy·(x − z) over the elements that share it. */
export const DequantizeLinear = defineOp({
  operands: ["x", "scale", "zero?"],
  infer: ({ types: [x, scale], attributes }) => {
    const given = intOf(attributes, "output_dtype", 0);
    return [{ element: given === 0 ? scale.element : (anyElementOf(given) ?? "unknown"), shape: x.shape }];
  },
  vjp: (g, { inputs: [x, scale, zero], dy, attributes, wanted }) => {
    const level = () => g.sub(g.cast(x, "float32"), zeros(g, zero, x, attributes));
    return [wanted[0] ? g.mul(dy, spread(g, scale, x, attributes)) : undefined, wanted[1] ? gathered(g, g.mul(dy, level()), scale, attributes) : undefined];
  },
});

/**
 * y = x/s rounded, plus z, with s and z such that the range of x fits into 0 to 255.  dx = dy/s, straight through the rounding; s and z
 * are taken as given.
 */
export const DynamicQuantizeLinear = defineOp({
  operands: ["x"],
  infer: ({ types: [x] }): TensorType[] => [
    { element: "uint8", shape: x.shape },
    { element: "float32", shape: [] },
    { element: "uint8", shape: [] },
  ],
  vjp: (g, { inputs: [x], dys: [dy] }) => [dy && g.div(dy, g.op("DynamicQuantizeLinear", [x], {}, 3)[1]!)],
  quantizes: true,
});

/** An integer operand less its zero point, as real numbers. */
export function centered(g: GraphBuilder, x: Value, zero: Value | undefined, axes: readonly number[] = []): Value {
  const real = g.cast(x, "float32");
  if (!zero) return real;
  const z = g.cast(zero, "float32");
  const isVector = zero.type.shape?.length === 1 && zero.type.shape[0] !== 1;
  return g.sub(real, isVector && axes.length > 0 ? g.unsqueeze(z, axes) : z);
}
