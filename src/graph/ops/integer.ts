import type { Attributes, TensorType, Value } from "../ir.ts";
import { Conv } from "./conv.ts";
import { MatMul } from "./matmul.ts";
import { centered } from "./quantize.ts";
import { type GraphBuilder, type OpRule, type Vjp, defineOp } from "./rule.ts";

/** The gradient of an operator on integers less their zero points: that of the same operator on real numbers. */
const asReal =
  (op: string, rule: OpRule, rows: (b: Value) => readonly number[]): Vjp<readonly [Value, Value, Value | undefined, Value | undefined]> =>
  (g: GraphBuilder, { inputs: [a, b, zeroA, zeroB], outputs, dy, wanted, ...rest }) => {
    if ("none" in rule.vjp) return [];
    const inputs = [centered(g, a, zeroA, op === "MatMul" ? [1] : []), centered(g, b, zeroB, rows(b))];
    return rule.vjp(g, { ...rest, op, inputs, outputs: [{ ...outputs[0], type: dy.type }], wanted: wanted.slice(0, 2) });
  };

const integers = (rule: OpRule, op: string) => (types: readonly (TensorType | undefined)[], attributes: Attributes) => {
  const real = types.slice(0, 2).map((type) => type && { ...type, element: "float32" as const });
  const [found] = rule.infer({ op, types: real, constants: [], ints: [], attributes, outputs: 1 });
  const type = found && ("type" in found ? found.type : found);
  return [{ element: "int32" as const, shape: type?.shape }];
};

/** y = (a − za)(b − zb), in integers.  Its gradients are those of MatMul. */
export const MatMulInteger = defineOp({
  operands: ["a", "b", "zeroA?", "zeroB?"],
  infer: ({ types, attributes }) => integers(MatMul, "MatMul")(types, attributes),
  vjp: asReal("MatMul", MatMul, () => []),
  quantizes: true,
});

/** y = the Conv of x − zx and w − zw, in integers.  Its gradients are those of Conv. */
export const ConvInteger = defineOp({
  operands: ["x", "w", "zeroX?", "zeroW?"],
  infer: ({ types, attributes }) => integers(Conv, "Conv")(types, attributes),
  vjp: asReal("Conv", Conv, (w) => Array.from({ length: (w.type.shape?.length ?? 1) - 1 }, (_, i) => i + 1)),
  quantizes: true,
});
