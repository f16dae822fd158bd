import { SignflipError } from "../../util/errors.ts";
import { type Value, int } from "../ir.ts";
import type { Change, OldNode } from "./change.ts";

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

/** Operators on quantized values that are read as operators on real ones between DequantizeLinear and QuantizeLinear. */
export const quantizedForms: Readonly<Record<string, Change["rewrite"]>> = { QLinearConv: convolutionOfReals, QLinearMatMul: productOfReals };
