import { SignflipError } from "../../util/errors.ts";
import { graphOf } from "../attributes.ts";
import { type TensorType, agreedElement, freshDim } from "../ir.ts";
import { defineOp, noGradient } from "./rule.ts";

/** What two values that become one agree on. */
function common(what: string, a: TensorType, b: TensorType | undefined): TensorType {
  const element = b && agreedElement(a.element, b.element);
  if (!element) throw new SignflipError("SF_GRAPH", `${what} is ${a.element} in one place and ${b?.element ?? "nothing"} in the other`);
  const same = a.shape && b.shape && a.shape.length === b.shape.length;
  return { element, shape: same ? a.shape.map((dim, axis) => (dim === b.shape![axis] ? dim : freshDim())) : undefined };
}

/** Carried values keep what no iteration changes of their shapes; scanned ones get a leading dimension, the number of iterations. */
export const Loop = defineOp({
  operands: ["trips?", "condition?", "...state"],
  infer: ({ attributes }) => {
    const body = graphOf(attributes, "body");
    if (!body) throw new SignflipError("SF_ONNX", "Loop: it has no body");
    const carried = body.inputs.length - 2;
    return body.outputs
      .slice(1)
      .map(({ type }, i): TensorType =>
        i < carried
          ? common(`Loop: carried value ${i}`, type, body.inputs[i + 2]!.type)
          : { element: type.element, shape: type.shape && [freshDim(), ...type.shape] },
      );
  },
  vjp: noGradient("differentiate the values inside its body, where the gradient can be part of each iteration"),
});

/** Each output has what the two branches agree on. */
export const If = defineOp({
  operands: ["condition"],
  infer: ({ attributes }) => {
    const then = graphOf(attributes, "then_branch")?.outputs ?? [];
    const otherwise = graphOf(attributes, "else_branch")?.outputs ?? [];
    return then.map(({ type }, i) => common(`If: output ${i} of its branches`, type, otherwise[i]?.type));
  },
  vjp: noGradient("differentiate the values inside its branches"),
});
