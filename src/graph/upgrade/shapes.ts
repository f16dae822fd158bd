import { tensorOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { floatOf, intOf, intsOf } from "../attributes.ts";
import { int, ints } from "../ir.ts";
import { type Change, firstInput, intsInput, rankFor, without } from "./change.ts";

/** Until 5 the shape was an attribute. */
export const shapeBecomesInput: Change["rewrite"] = (node, g) => ({
  ...node,
  inputs: [firstInput(node), intsInput(g, intsOf(node.attributes, "shape", []))],
  attributes: {},
});

/** Until 10 the bounds were attributes. */
export const sliceBounds: Change["rewrite"] = (node, g) => {
  const [starts, ends, axes] = ["starts", "ends", "axes"].map((name) => intsOf(node.attributes, name));
  if (!starts || !ends) throw new SignflipError("SF_ONNX", "Slice has no starts or ends");
  const bounds = [starts, ends, ...(axes ? [axes] : [])].map((values) => intsInput(g, values));
  return { ...node, inputs: [firstInput(node), ...bounds], attributes: {} };
};

/** Until 10 the number of elements was an attribute. */
export const countBecomesInput: Change["rewrite"] = (node, g) => ({
  ...node,
  inputs: [firstInput(node), intsInput(g, [intOf(node.attributes, "k", 1)])],
  attributes: without(node.attributes, "k"),
});

/** Until 2 the numbers of elements had another name. */
export const paddings: Change["rewrite"] = (node) => ({
  ...node,
  attributes: { ...without(node.attributes, "paddings"), pads: ints(intsOf(node.attributes, "paddings", [])) },
});

/** Until 11 the numbers of elements and the constant were attributes. */
export const padsBecomeInputs: Change["rewrite"] = (node, g) => {
  const x = firstInput(node);
  const value = floatOf(node.attributes, "value", 0);
  const constant = value === 0 ? [] : [g.cast(g.constant(tensorOf("float32", [], [value])), x.type.element)];
  return { ...node, inputs: [x, intsInput(g, intsOf(node.attributes, "pads", [])), ...constant], attributes: without(node.attributes, "pads", "value") };
};

/** Since 18 equal parts are asked for by their number. */
export const equalParts: Change["rewrite"] = (node) =>
  node.inputs[1] ? node : { ...node, attributes: { ...node.attributes, num_outputs: int(node.outputs) } };

/** Until 6 one axis was repeated, named by an input. */
export const oneAxisRepeats: Change["rewrite"] = (node, g) => {
  const x = firstInput(node);
  const [, count, axis] = node.inputs;
  if (!count || !axis) throw new SignflipError("SF_ONNX", "Tile lacks an input that it needs");
  const ones = g.ints(Array.from({ length: rankFor(node, x) }, () => 1));
  const [at, by] = [axis, count].map((value) => g.reshape(g.cast(value, "int64"), [1]));
  return { ...node, inputs: [x, g.op("ScatterElements", [ones, at, by])[0]] };
};
