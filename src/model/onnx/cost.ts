import { intOf } from "../../graph/attributes.ts";
import type { Node, Value } from "../../graph/ir.ts";
import { isFloat, sizeOf } from "../../tensor/tensor.ts";

const elements = (value: Value | undefined) => sizeOf((value?.type.shape as readonly number[] | undefined) ?? []);
const shape = (value: Value | undefined) => (value?.type.shape as readonly number[] | undefined) ?? [];

/** How many multiplications with an addition a node of one sample costs; 0 where there are few beside those of convolutions and products. */
export function multiplyAdds({ op, inputs, outputs, attributes }: Node): number {
  const [x, w] = inputs;
  switch (op) {
    case "Conv":
      // Each output sums over the kernel and the channels of its group.
      return elements(outputs[0]) * sizeOf(shape(w).slice(1));
    case "ConvTranspose":
      return elements(x) * sizeOf(shape(w).slice(1));
    case "MatMul":
      return elements(outputs[0]) * (shape(x).at(-1) ?? 1);
    case "Gemm":
      return elements(outputs[0]) * (shape(x)[intOf(attributes, "transA", 0) === 1 ? 0 : 1] ?? 1);
    case "LSTM":
    case "GRU":
    case "RNN":
      return (elements(x) / (shape(x).at(-1) ?? 1)) * (elements(w) + elements(inputs[2]));
    default:
      return 0;
  }
}

/** What one pass keeps, in numbers: every result, and in the backward pass its gradient. */
export function numbersKept(nodes: readonly Node[]): number {
  let sum = 0;
  for (const { outputs } of nodes) for (const value of outputs) if (isFloat(value.type.element)) sum += elements(value);
  return 2 * sum;
}
