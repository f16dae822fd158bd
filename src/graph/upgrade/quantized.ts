import { SignflipError } from "../../util/errors.ts";
import { floatOf, intOf } from "../attributes.ts";
import type { GraphBuilder } from "../builder.ts";
import { type Value, int } from "../ir.ts";
import { type Change, type OldNode, without } from "./change.ts";

function required({ op, inputs }: OldNode, count: number): Value[] {
  return inputs.slice(0, count).map((input, i) => {
    if (!input) throw new SignflipError("SF_ONNX", `${op}: input ${i} is missing`);
    return input;
  });
}

/** A product of quantized matrices as the product of real ones, quantized: rows of a and columns of b may have scales of their own. */
const productOfReals: Change["rewrite"] = (node, g) => {
  const [a, scaleA, zeroA, b, scaleB, zeroB, scale, zero] = required(node, 8);
  if (!zero) throw new SignflipError("SF_ONNX", `${node.op} lacks inputs that it needs`);
  const real = (x: Value | undefined, s: Value | undefined, z: Value | undefined, axis: number) => g.op("DequantizeLinear", [x, s, z], { axis: int(axis) })[0];
  return g.op("QuantizeLinear", [g.matMul(real(a, scaleA, zeroA, -2), real(b, scaleB, zeroB, -1)), scale, zero]);
};

/** A convolution of quantized values as that of real ones, quantized: channels of the kernel may have scales of their own. */
const convolutionOfReals: Change["rewrite"] = (node, g) => {
  const [x, scaleX, zeroX, w, scaleW, zeroW, scale, zero] = required(node, 8);
  if (!scaleX || !scaleW || !zero) throw new SignflipError("SF_ONNX", `${node.op} lacks inputs that it needs`);
  const real = (...inputs: (Value | undefined)[]) => g.op("DequantizeLinear", inputs, { axis: int(0) })[0];
  const bias = node.inputs[8];
  // The bias is in units of both scales.
  const unit = () => g.mul(g.reshape(scaleX, []), scaleW);
  const [y] = g.op("Conv", [real(x, scaleX, zeroX), real(w, scaleW, zeroW), ...(bias ? [real(bias, unit())] : [])], node.attributes);
  return g.op("QuantizeLinear", [y, scale, zero]);
};

const dequantized = (g: GraphBuilder, x: Value, scale: Value | undefined, zero: Value | undefined): Value =>
  g.op("DequantizeLinear", zero ? [x, scale, zero] : [x, scale])[0];

/** A zero point that is left out is 0 in the type of the operands. */
const quantizedAs = (g: GraphBuilder, y: Value, scale: Value | undefined, zero: Value | undefined, like: Value): Value =>
  g.op("QuantizeLinear", [y, scale, zero ?? g.castLike(g.int(0), like)])[0];

/** An operator on quantized values of ONNX Runtime, with three inputs for each operand and two for the result, as the one on real values. */
const ofReals =
  (op: string, operands: number): Change["rewrite"] =>
  (node, g) => {
    if (intOf(node.attributes, "channels_last", 0) === 1)
      throw new SignflipError("SF_ONNX", `${node.op} has its channels last, which is not read: quantize the model with channels first`);
    const [first] = required(node, 1) as [Value];
    const parts = Array.from({ length: operands }, (_, i) => dequantized(g, node.inputs[3 * i]!, node.inputs[3 * i + 1], node.inputs[3 * i + 2]));
    const [y] = g.op(op, parts, without(node.attributes, "channels_last", "opset"));
    return [quantizedAs(g, y, node.inputs[3 * operands], node.inputs[3 * operands + 1], first)];
  };

/** The result's scale and zero point come first. */
const joinedReals: Change["rewrite"] = (node, g) => {
  const [scale, zero, first] = required(node, 3) as [Value, Value, Value];
  const parts = Array.from({ length: (node.inputs.length - 2) / 3 }, (_, i) => {
    const [x, s, z] = node.inputs.slice(2 + 3 * i);
    return dequantized(g, x!, s, z);
  });
  return [quantizedAs(g, g.op("Concat", parts, node.attributes)[0], scale, zero, first)];
};

/** α·A'·B' + C of quantized matrices, where C is in units of α and both scales; real without a scale for the result. */
const gemmOfReals: Change["rewrite"] = (node, g) => {
  const [a, scaleA, zeroA, b, scaleB, zeroB] = required(node, 6) as [Value, Value, Value, Value, Value, Value];
  const [bias, scale, zero] = node.inputs.slice(6);
  const alpha = floatOf(node.attributes, "alpha", 1);
  const weights = g.op("DequantizeLinear", [b, scaleB, zeroB], { axis: int(intOf(node.attributes, "transB", 0) === 1 ? 0 : 1) })[0];
  const unit = () => g.mul(g.mul(scaleB, g.reshape(scaleA, [])), alpha);
  const c = bias && g.mul(g.cast(bias, "float32"), unit());
  const [y] = g.op("Gemm", c ? [dequantized(g, a, scaleA, zeroA), weights, c] : [dequantized(g, a, scaleA, zeroA), weights], node.attributes);
  return [scale ? quantizedAs(g, y, scale, zero, a) : y];
};

/** Operators on quantized values that are read as operators on real ones between DequantizeLinear and QuantizeLinear. */
export const quantizedForms: Readonly<Record<string, Change["rewrite"]>> = {
  QLinearConv: convolutionOfReals,
  QLinearMatMul: productOfReals,
  "com.microsoft::QGemm": gemmOfReals,
  "com.microsoft::QLinearAdd": ofReals("Add", 2),
  "com.microsoft::QLinearAveragePool": ofReals("AveragePool", 1),
  "com.microsoft::QLinearConcat": joinedReals,
  "com.microsoft::QLinearGlobalAveragePool": ofReals("GlobalAveragePool", 1),
  "com.microsoft::QLinearLeakyRelu": ofReals("LeakyRelu", 1),
  "com.microsoft::QLinearMul": ofReals("Mul", 2),
  "com.microsoft::QLinearSigmoid": ofReals("Sigmoid", 1),
  "com.microsoft::QLinearSoftmax": ofReals("Softmax", 1),
};
