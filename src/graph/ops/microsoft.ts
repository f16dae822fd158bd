import { SignflipError } from "../../util/errors.ts";
import { floatOf, floatsOf, intOf, stringOf } from "../attributes.ts";
import { type Attributes, type Dim, type TensorType, type Value, float, string } from "../ir.ts";
import { composed } from "./composed.ts";
import { Conv } from "./conv.ts";
import { likeFirst } from "./elementwise.ts";
import { Gemm } from "./gemm.ts";
import { rankOf } from "./like.ts";
import { MatMul } from "./matmul.ts";
import { type GraphBuilder, type InferContext, defineOp } from "./rule.ts";

/* What ONNX Runtime's optimizer makes of several operators of ONNX. */

const tanhGelu = (g: GraphBuilder, x: Value) => g.op("Gelu", [x], { approximate: string("tanh") })[0];

/** y = Gelu(x).  The gradient is that of Gelu. */
export const MicrosoftGelu = defineOp({ operands: ["x"], infer: likeFirst, vjp: composed((g, { inputs: [x] }) => g.op("Gelu", [x])) });

/** y = Gelu(x + b).  The gradient is that of its parts. */
export const MicrosoftBiasGelu = defineOp({
  operands: ["x", "b"],
  infer: likeFirst,
  vjp: composed((g, { inputs: [x, b] }) => g.op("Gelu", [g.add(x, b)])),
});

/** y = Gelu(x + b), approximated with tanh.  The gradient is that of its parts. */
export const MicrosoftFastGelu = defineOp({
  operands: ["x", "b?"],
  infer: likeFirst,
  vjp: composed((g, { inputs: [x, b] }) => [tanhGelu(g, b ? g.add(x, b) : x)]),
});

/** y = x·sigmoid(α·x).  The gradient is that of its parts. */
export const MicrosoftQuickGelu = defineOp({
  operands: ["x"],
  infer: likeFirst,
  vjp: composed((g, { inputs: [x], attributes }) => [g.mul(x, g.sigmoid(g.mul(x, floatOf(attributes, "alpha", 1.702))))]),
});

/** What is applied to a fused product: an operator of one operand, with its numbers. */
function activated(g: GraphBuilder, y: Value, name: string, numbers: readonly (number | undefined)[]): Value {
  const attributes = (...names: string[]): Attributes =>
    Object.fromEntries(names.flatMap((key, i) => (numbers[i] === undefined ? [] : [[key, float(numbers[i])]])));
  switch (name) {
    case "":
      return y;
    case "Clip":
      return g.clip(y, numbers[0], numbers[1]);
    case "LeakyRelu":
      return g.op(name, [y], attributes("alpha"))[0];
    case "HardSigmoid":
      return g.op(name, [y], attributes("alpha", "beta"))[0];
    case "Relu":
    case "Sigmoid":
    case "Tanh":
      return g.op(name, [y])[0];
    default:
      throw new SignflipError("SF_GRADIENT", `no gradient through ${name} fused with a product: export the model without optimizations of the graph`);
  }
}

const only = (attributes: Attributes, ...names: string[]): Attributes =>
  Object.fromEntries(names.flatMap((name) => (attributes[name] ? [[name, attributes[name]]] : [])));

/** y = f(α·A'·B' + β·C).  The gradient is that of its parts. */
export const MicrosoftFusedGemm = defineOp({
  operands: ["a", "b", "c?"],
  infer: (context) => Gemm.infer(context),
  vjp: composed((g, { inputs, attributes }) => {
    const y = g.op("Gemm", inputs, only(attributes, "alpha", "beta", "transA", "transB"))[0];
    return [
      activated(
        g,
        y,
        stringOf(attributes, "activation", ""),
        ["activation_alpha", "activation_beta"].map((name) => floatOf(attributes, name)),
      ),
    ];
  }),
});

/** y = f(Conv(x, w, b) + z).  The gradient is that of its parts. */
export const MicrosoftFusedConv = defineOp({
  operands: ["x", "w", "b?", "z?"],
  infer: (context) => Conv.infer({ ...context, types: context.types.slice(0, 3) }),
  vjp: composed((g, { inputs: [x, w, b, z], attributes }) => {
    const y = g.op("Conv", b ? [x, w, b] : [x, w], only(attributes, "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"))[0];
    return [activated(g, z ? g.add(y, z) : y, stringOf(attributes, "activation", ""), floatsOf(attributes, "activation_params") ?? [])];
  }),
});

/** A shape whose last two axes change places if an attribute says so. */
const turnedShape = (shape: readonly Dim[] | undefined, isTurned: boolean) =>
  isTurned && shape && shape.length > 1 ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;

/** y = α·A'·B', each with its last two axes turned if `transA` or `transB` says so.  The gradient is that of its parts. */
export const MicrosoftFusedMatMul = defineOp({
  operands: ["a", "b"],
  infer: (context) => {
    const [a, b] = context.types;
    const turned = ({ element, shape }: TensorType, side: string) => ({ element, shape: turnedShape(shape, intOf(context.attributes, side, 0) === 1) });
    return MatMul.infer({ ...context, types: [turned(a, "transA"), turned(b, "transB")] });
  },
  vjp: composed((g, { inputs: [a, b], attributes }) => {
    if (["transBatchA", "transBatchB"].some((name) => intOf(attributes, name, 0) === 1))
      throw new SignflipError("SF_GRADIENT", "no gradient through FusedMatMul that turns its batch: export the model without optimizations of the graph");
    const turned = (x: Value, side: string) => {
      const rank = rankOf("FusedMatMul", x);
      const axes = Array.from({ length: rank }, (_, i) => i);
      return intOf(attributes, side, 0) === 1 && rank > 1 ? g.transpose(x, turnedShape(axes, true) as number[]) : x;
    };
    return [g.mul(g.matMul(turned(a, "transA"), turned(b, "transB")), floatOf(attributes, "alpha", 1))];
  }),
});

const skipped = ({ types: [x], outputs }: InferContext): TensorType[] => {
  const kept = { element: x.element, shape: x.shape?.map((dim, i) => (i < x.shape!.length - 1 ? dim : 1)) };
  return [x, kept, kept, x].slice(0, outputs);
};

/** y = LayerNormalization(x + skip + b), and, as the fourth, x + skip + b.  The gradient is that of its parts. */
export const MicrosoftSkipLayerNormalization = defineOp({
  operands: ["x", "skip", "scale", "shift?", "b?"],
  infer: skipped,
  vjp: composed((g, { inputs: [x, skip, scale, shift, b], attributes }) => {
    const sum = b ? g.add(g.add(x, skip), b) : g.add(x, skip);
    const y = g.op("LayerNormalization", shift ? [sum, scale, shift] : [sum, scale], { epsilon: float(floatOf(attributes, "epsilon", 1e-12)) })[0];
    return [y, undefined, undefined, sum];
  }),
});

/** y = RMSNormalization(x + skip + b), and, as the fourth, x + skip + b.  The gradient is that of its parts. */
export const MicrosoftSkipSimplifiedLayerNormalization = defineOp({
  operands: ["x", "skip", "scale", "b?"],
  infer: skipped,
  vjp: composed((g, { inputs: [x, skip, scale, b], attributes }) => {
    const sum = b ? g.add(g.add(x, skip), b) : g.add(x, skip);
    return [g.op("RMSNormalization", [sum, scale], { epsilon: float(floatOf(attributes, "epsilon", 1e-12)) })[0], undefined, undefined, sum];
  }),
});

/** y = RMSNormalization(x), by its older name.  The gradient is that of RMSNormalization. */
export const SimplifiedLayerNormalization = defineOp({
  operands: ["x", "scale"],
  infer: ({ types: [x], outputs }) => [x, { element: "float32" as const, shape: undefined }].slice(0, outputs),
  vjp: composed((g, { inputs, attributes }) => [g.op("RMSNormalization", inputs, only(attributes, "axis", "epsilon", "stash_type"))[0]]),
});
