import type { TensorProto } from "onnx-buf";
import { SignflipError } from "../../util/errors.ts";
import { type Tensor, numbersOf, tensorOf } from "../../tensor/tensor.ts";
import { exactIntsOf, floatOf, floatsOf, tensorAttribute } from "../attributes.ts";
import { type Attributes, type Dim, type TensorType, anyElementOf, freshDim } from "../ir.ts";
import { unknownShape } from "../shape.ts";
import { defineOp, zeroGradient } from "./rule.ts";

const fixed = zeroGradient("it does not depend on any value");

function tensorIn(attributes: Attributes): Tensor {
  const value = tensorAttribute(attributes, "value");
  if (value) return value;
  const [float, floats] = [floatOf(attributes, "value_float"), floatsOf(attributes, "value_floats")];
  const [int, ints] = [exactIntsOf(attributes, "value_int"), exactIntsOf(attributes, "value_ints")];
  if (float !== undefined) return tensorOf("float32", [], [float]);
  if (floats) return tensorOf("float32", [floats.length], floats);
  if (int?.length === 1) return tensorOf("int64", [], int);
  if (ints) return tensorOf("int64", [ints.length], ints);
  throw new SignflipError("SF_ONNX", `Constant: expected a tensor or numbers, got ${Object.keys(attributes).join(", ") || "nothing"}`);
}

function opaqueType(tensor: TensorProto | undefined): TensorType {
  return { element: (tensor && anyElementOf(tensor.dataType)) ?? "unknown", shape: tensor?.dims.map(Number) };
}

/** The elements, if they could be part of a shape. */
const smallInts = (t: Tensor): readonly Dim[] | undefined =>
  t.element === "int64" || t.element === "int32" ? (t.shape.length <= 1 && t.data.length <= 64 ? numbersOf(t) : undefined) : undefined;

/** y = the tensor kept in the node */
export const Constant = defineOp({
  operands: [],
  infer: ({ attributes }) => {
    // Strings are kept for the engine.
    const { value, value_strings: strings } = attributes;
    if (value?.kind === "opaque") return [opaqueType(value.value.t)];
    if (strings?.kind === "strings") return [{ element: "string", shape: [strings.value.length] }];
    if (attributes["value_string"]?.kind === "string") return [{ element: "string", shape: [] }];
    const constant = tensorIn(attributes);
    return [{ type: { element: constant.element, shape: constant.shape }, ints: smallInts(constant), constant }];
  },
  vjp: fixed,
});

/** y = one number, repeated to a shape */
export const ConstantOfShape = defineOp({
  operands: ["shape"],
  infer: ({ types: [given], ints: [shape], attributes }) => {
    const value = tensorAttribute(attributes, "value");
    const length = shape?.length === 0 ? 1 : shape?.length === 1 && typeof shape[0] === "number" && shape[0] <= 64 ? shape[0] : undefined;
    const known = value && smallInts(value)?.[0];
    return [
      {
        type: { element: value?.element ?? "float32", shape: shape ?? unknownShape(given.shape?.[0]) },
        ints: known !== undefined && length !== undefined ? Array.from({ length }, () => known) : undefined,
      },
    ];
  },
  vjp: fixed,
});

/** y_i = start + i·delta, before limit.  dstart = Σ dy, ddelta = Σ i·dy; where it ends does not change with small steps. */
export const Range = defineOp({
  operands: ["start", "limit", "delta"],
  infer: ({ types: [start], ints, constants }) => {
    const [from, to, by] = constants.map((constant, i) => (constant ? Number(constant.data[0]) : ints[i]?.[0]));
    const { element } = start;
    if (typeof from !== "number" || typeof to !== "number" || typeof by !== "number" || by === 0)
      return [{ element, shape: [from === 0 && by === 1 && to !== undefined ? to : freshDim()] }];
    const length = Math.max(0, Math.ceil((to - from) / by));
    const small = (element === "int64" || element === "int32") && length <= 64;
    return [{ type: { element, shape: [length] }, ints: small ? Array.from({ length }, (_, i) => from + i * by) : undefined }];
  },
  vjp: (g, { dy, wanted }) => {
    const index = () => g.op("Range", [g.scalar(0, dy.type.element), g.count(dy, dy.type.element), g.scalar(1, dy.type.element)])[0];
    return [g.reduceSum(dy, undefined, false), undefined, wanted[2] ? g.reduceSum(g.mul(index(), dy), undefined, false) : undefined];
  },
});
