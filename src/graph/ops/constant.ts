import { SignflipError } from "../../util/errors.ts";
import { type Tensor, numbersOf, tensorOf } from "../../tensor/tensor.ts";
import { floatOf, floatsOf, intOf, intsOf, tensorAttribute } from "../attributes.ts";
import { type Attributes, type Dim, freshDim } from "../ir.ts";
import { unknownShape } from "../shape.ts";
import { type OpRule, zeroGradient } from "./rule.ts";

const fixed = zeroGradient("it does not depend on any value");

function tensorIn(attributes: Attributes): Tensor {
  const value = tensorAttribute(attributes, "value");
  if (value) return value;
  const [float, floats, int, ints] = [floatOf(attributes, "value_float"), floatsOf(attributes, "value_floats"), intOf(attributes, "value_int"), intsOf(attributes, "value_ints")];
  if (float !== undefined) return tensorOf("float32", [], [float]);
  if (floats) return tensorOf("float32", [floats.length], floats);
  if (int !== undefined) return tensorOf("int64", [], [int]);
  if (ints) return tensorOf("int64", [ints.length], ints);
  throw new SignflipError("SF_ONNX", `Constant: expected a tensor or numbers, got ${Object.keys(attributes).join(", ") || "nothing"}`);
}

/** The elements, if they could be part of a shape. */
const smallInts = (t: Tensor): readonly Dim[] | undefined => (t.element === "int64" || t.element === "int32" ? (t.shape.length <= 1 && t.data.length <= 64 ? numbersOf(t) : undefined) : undefined);

/** y = the tensor kept in the node */
export const Constant: OpRule = {
  infer: ({ attributes }) => {
    const constant = tensorIn(attributes);
    return [{ type: { element: constant.element, shape: constant.shape }, ints: smallInts(constant), constant }];
  },
  vjp: fixed,
};

/** y = one number, repeated to a shape */
export const ConstantOfShape: OpRule = {
  infer: ({ types: [given], ints: [shape], attributes }) => {
    const value = tensorAttribute(attributes, "value");
    const length = shape?.length === 0 ? 1 : shape?.length === 1 && typeof shape[0] === "number" && shape[0] <= 64 ? shape[0] : undefined;
    const known = value && smallInts(value)?.[0];
    return [
      {
        type: { element: value?.element ?? "float32", shape: shape ?? unknownShape(given!.shape?.[0]) },
        ints: known !== undefined && length !== undefined ? Array.from({ length }, () => known) : undefined,
      },
    ];
  },
  vjp: fixed,
};

/** y = start, start + delta, … before limit */
export const Range: OpRule = {
  infer: ({ types: [start], ints: [from, to, by] }) => {
    const [a, b, step] = [from?.[0], to?.[0], by?.[0]];
    const known = typeof a === "number" && typeof b === "number" && typeof step === "number" && step !== 0;
    const length = known ? Math.max(0, Math.ceil((b - a) / step)) : a === 0 && step === 1 && b !== undefined ? b : freshDim();
    return [{ type: { element: start!.element, shape: [length] }, ints: known && typeof length === "number" && length <= 64 ? Array.from({ length }, (_, i) => a + i * step) : undefined }];
  },
  vjp: zeroGradient("it counts: its ends are not meant to be moved"),
};
