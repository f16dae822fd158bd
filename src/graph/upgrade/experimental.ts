import { tensorOf } from "../../tensor/tensor.ts";
import { floatOf, floatsOf, intOf, intsOf } from "../attributes.ts";
import { ints } from "../ir.ts";
import { type Change, firstInput, intsInput, without } from "./change.ts";

/*
 * Operators that were on trial until opset 10 and left ONNX then. ONNX Runtime runs them in older models only
 * (github.com/microsoft/onnxruntime, contrib_ops/cpu/experimental).
 */

/** y = α·x + β */
export const affine: Change["rewrite"] = (node, g) => [
  g.add(g.mul(firstInput(node), floatOf(node.attributes, "alpha", 1)), floatOf(node.attributes, "beta", 0)),
];

/** y = scale·x + the bias of the channel */
export const scaledImage: Change["rewrite"] = (node, g) => {
  const bias = floatsOf(node.attributes, "bias", []);
  return [g.add(g.mul(firstInput(node), floatOf(node.attributes, "scale", 1)), g.constant(tensorOf("float32", [bias.length, 1, 1], bias)))];
};

/** y = α·tanh(β·x) */
export const scaledTanh: Change["rewrite"] = (node, g) => [
  g.mul(g.tanh(g.mul(firstInput(node), floatOf(node.attributes, "beta", 1))), floatOf(node.attributes, "alpha", 1)),
];

/** y = α·log(1 + exp(β·x)) */
export const parametricSoftplus: Change["rewrite"] = (node, g) => [
  g.mul(g.softplus(g.mul(firstInput(node), floatOf(node.attributes, "beta", 1))), floatOf(node.attributes, "alpha", 1)),
];

/** y = scale·x */
export const scaled: Change["rewrite"] = (node, g) => [g.mul(firstInput(node), floatOf(node.attributes, "scale", 1))];

/** y = an image without a border, or a part of a given size from the border on */
export const cropped: Change["rewrite"] = (node, g) => {
  const [left = 0, top = 0, right = 0, bottom = 0] = intsOf(node.attributes, "border", []);
  const size = intsOf(node.attributes, "scale");
  const ends = size ? [top + size[0]!, left + size[1]!] : [bottom, right].map((border) => (border === 0 ? Number.MAX_SAFE_INTEGER : -border));
  return [g.slice(firstInput(node), [top, left], intsInput(g, ends), [2, 3])];
};

/** Until 9 MeanVarianceNormalization had two switches instead of axes. */
export const switchesBecomeAxes: Change["rewrite"] = (node, g) => {
  const axes = intOf(node.attributes, "across_channels", 0) === 1 ? [0, 1, 2, 3] : [0, 2, 3];
  const x = firstInput(node);
  if (intOf(node.attributes, "normalize_variance", 1) === 0) return [g.sub(x, g.reduceMean(x, axes))];
  return { ...node, attributes: { ...without(node.attributes, "across_channels", "normalize_variance"), axes: ints(axes) } };
};
