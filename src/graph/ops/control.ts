import { SignflipError } from "../../util/errors.ts";
import { graphOf } from "../attributes.ts";
import { type TensorType, freshDim } from "../ir.ts";
import { sameShape } from "../shape.ts";
import { type OpRule, noGradient } from "./rule.ts";

/** Carried values have the types the body gives them; scanned ones get a leading dimension, the number of iterations. */
export const Loop: OpRule = {
  infer: ({ attributes }) => {
    const body = graphOf(attributes, "body");
    if (!body) throw new SignflipError("SF_ONNX", "Loop: it has no body");
    const carried = body.inputs.length - 2;
    return body.outputs.slice(1).map(({ type }, i) => (i < carried ? type : { element: type.element, shape: type.shape && [freshDim(), ...type.shape] }));
  },
  vjp: noGradient("differentiate the values inside its body, where the gradient can be part of each iteration"),
};

/** Each output has what the two branches agree on. */
export const If: OpRule = {
  infer: ({ attributes }) => {
    const then = graphOf(attributes, "then_branch")?.outputs ?? [];
    const otherwise = graphOf(attributes, "else_branch")?.outputs ?? [];
    return then.map(({ type: a }, i): TensorType => {
      const b = otherwise[i]?.type;
      if (b?.element !== a.element) throw new SignflipError("SF_GRAPH", `If: its branches differ in the type of output ${i}`);
      if (sameShape(a.shape, b.shape)) return a;
      const shape = a.shape && b.shape && a.shape.length === b.shape.length ? a.shape.map((dim, axis) => (dim === b.shape![axis] ? dim : freshDim())) : undefined;
      return { element: a.element, shape };
    });
  },
  vjp: noGradient("differentiate the values inside its branches"),
};
