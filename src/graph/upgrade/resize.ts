import { tensorOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { floatOf, floatsOf, stringOf } from "../attributes.ts";
import { type GraphBuilder } from "../builder.ts";
import { type Attributes, type Value, floats, string } from "../ir.ts";
import { type Change, firstInput, without } from "./change.ts";

/** Until 7 only height and width were given. */
export const heightAndWidth: Change["rewrite"] = (node) => ({
  ...node,
  attributes: {
    ...without(node.attributes, "height_scale", "width_scale"),
    scales: floats([1, 1, floatOf(node.attributes, "height_scale", 1), floatOf(node.attributes, "width_scale", 1)]),
  },
});

/** Until 9 the scales were an attribute. */
export const scalesBecomeInput: Change["rewrite"] = (node, g) => {
  const scales = floatsOf(node.attributes, "scales");
  if (!scales) throw new SignflipError("SF_ONNX", `${node.op} has no scales`);
  return {
    ...node,
    inputs: [firstInput(node), g.constant(tensorOf("float32", [scales.length], scales))],
    attributes: without(node.attributes, "scales"),
  };
};

/**
 * Until 11 position i of the result was position i/scale of x: for the nearest element rounded down where an axis grows and up where it
 * shrinks, which takes two nodes where both happen or the scales are not known in advance.
 */
export const cornersMeet: Change["rewrite"] = (node, g) => {
  const x = firstInput(node);
  const scales = node.inputs[1];
  if (!scales) throw new SignflipError("SF_ONNX", `${node.op} has no scales`);
  const mode = stringOf(node.attributes, "mode", "nearest");
  if (mode !== "nearest") return [resized(g, x, scales, { mode: string("linear") })];
  const known = scales.constant && Array.from(scales.constant.data, Number);
  const down = { mode: string(mode), nearest_mode: string("ceil") };
  const up = { mode: string(mode), nearest_mode: string("floor") };
  if (known?.every((scale) => scale >= 1)) return [resized(g, x, scales, up)];
  if (known?.every((scale) => scale <= 1)) return [resized(g, x, scales, down)];
  return [resized(g, resized(g, x, g.min(scales, 1), down), g.max(scales, 1), up)];
};

function resized(g: GraphBuilder, x: Value, scales: Value, attributes: Attributes): Value {
  return g.op("Resize", [x, undefined, scales], { coordinate_transformation_mode: string("asymmetric"), ...attributes })[0];
}

/** Until 13 inputs that were not used were there, without elements. */
export const emptyInputsLeave: Change["rewrite"] = (node) => ({
  ...node,
  inputs: node.inputs.map((input) => (input?.type.shape?.length === 1 && input.type.shape[0] === 0 ? undefined : input)),
});
