import { float, string } from "../../../src/graph/ir.ts";
import { type Cases, example, unary, activations, f32 } from "./case.ts";

export const activationCases = {
  Celu: activations("Celu", [{ alpha: float(1.7) }]),
  Dropout: [
    example("inference", { x: [2, 3] }, (g, { x }) => g.op("Dropout", [x])[0]),
    example("training switched off", { x: [2] }, (g, { x }) => g.op("Dropout", [x, g.scalar(0.5, "float32"), g.scalar(0, "bool")])[0]),
  ],
  Elu: activations("Elu", [{ alpha: float(1.7) }]),
  Gelu: activations("Gelu", [{ approximate: string("tanh") }]),
  HardSigmoid: activations("HardSigmoid", [{ alpha: float(0.7), beta: float(0.4) }]),
  HardSwish: [...activations("HardSwish", []), example("beyond both ends", { x: [4] }, (g, { x }) => g.op("HardSwish", [g.mul(x, 2.5)]), f32("HardSwish"))],
  LeakyRelu: activations("LeakyRelu", [{ alpha: float(0.3) }]),
  LogSoftmax: [
    example("the last axis", { x: ["n", 3] }, (g, { x }) => g.logSoftmax(x)),
    example("the first axis", { x: [3, 2] }, (g, { x }) => g.logSoftmax(x, 0)),
  ],
  Mish: activations("Mish", []),
  PRelu: [
    example("a slope for each column", { x: ["n", 3], slope: [3] }, (g, { x, slope }) => g.op("PRelu", [x, slope]), f32("PRelu")),
    example("one slope", { x: [2, 3], slope: [1] }, (g, { x, slope }) => g.op("PRelu", [x, slope]), f32("PRelu")),
  ],
  Relu: unary("Relu"),
  Selu: activations("Selu", [{ alpha: float(1.1), gamma: float(1.2) }]),
  Shrink: activations("Shrink", [{ lambd: float(0.9), bias: float(0.4) }], { float32: "its float64 kernel computes in float32" }),
  Sigmoid: unary("Sigmoid"),
  Softmax: [example("the last axis", { x: ["n", 3] }, (g, { x }) => g.softmax(x)), example("the first axis", { x: [3, 2] }, (g, { x }) => g.softmax(x, 0))],
  Softplus: activations("Softplus", []),
  Softsign: activations("Softsign", []),
  Swish: activations("Swish", [{ alpha: float(1.7) }], {}),
  Tanh: unary("Tanh"),
  ThresholdedRelu: activations("ThresholdedRelu", [{ alpha: float(0.3) }]),
} satisfies Cases;
