import { floatOf } from "../attributes.ts";
import { type Value, string } from "../ir.ts";
import { composed } from "./composed.ts";
import { likeFirst } from "./elementwise.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

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
