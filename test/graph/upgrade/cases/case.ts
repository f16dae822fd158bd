import type { Attributes } from "../../../../src/graph/ir.ts";
import { type ElementType, type Tensor, sizeOf, tensorOf } from "../../../../src/tensor/tensor.ts";
import { random } from "../../../../src/util/random.ts";
import type { Form, OldModel } from "../old-model.ts";

/** A node of an old opset, which ONNX Runtime runs as it is: the result after reading must be the same. */
export interface UpgradeCase extends OldModel {
  readonly what: string;
  /** All by default. */
  readonly forms?: readonly Form[];
  /** The result, where the engine runs the operator at newer opsets only. */
  readonly expected?: Tensor;
}

export const f32 = (shape: readonly number[], values: readonly number[]) => tensorOf("float32", shape, values);
export const i64 = (...values: readonly number[]) => tensorOf("int64", [values.length], values);
/** Numbers between −2 and 2, the same in every run. */
export const any = (...shape: readonly number[]) => {
  const source = random(1, "upgrade", String(shape));
  return f32(
    shape,
    Array.from({ length: sizeOf(shape) }, () => 4 * source.uniform() - 2),
  );
};
export const counted = (...shape: readonly number[]) =>
  f32(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => i),
  );

type More = Partial<Pick<UpgradeCase, "forms" | "expected">> & { outputs?: readonly ElementType[] };
export const one = (
  version: number,
  op: string,
  what: string,
  inputs: OldModel["inputs"],
  attributes: Attributes = {},
  { outputs = ["float32"], ...more }: More = {},
): UpgradeCase => ({ version, op, what, inputs, attributes, outputs, ...more });

export const known: More = { forms: ["fed", "fixed"] };
