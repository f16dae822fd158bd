import { SignflipError } from "../../util/errors.ts";
import { floatOf, intOf } from "../attributes.ts";
import { int } from "../ir.ts";
import { type Change, firstInput, without } from "./change.ts";

/** Until 7 training was the default. */
export const trainingUnlessTest: Change["rewrite"] = (node) => {
  if (intOf(node.attributes, "is_test", 0) === 0)
    throw new SignflipError("SF_ONNX", `${node.op} is in training mode (is_test is 0): export the model for inference`);
  return { ...node, attributes: without(node.attributes, "is_test") };
};

/** Until 9 `spatial` 0 gave every element of a sample a mean and variance of its own, instead of every channel. */
export const perElement: Change["rewrite"] = (node, g) => {
  const [x, scale, bias, mean, variance] = node.inputs;
  if (intOf(node.attributes, "spatial", 1) === 1) return { ...node, attributes: without(node.attributes, "spatial") };
  if (!x || !scale || !bias || !mean || !variance) throw new SignflipError("SF_ONNX", `${node.op} lacks inputs that it needs`);
  const deviation = g.sqrt(g.add(variance, floatOf(node.attributes, "epsilon", Math.fround(1e-5))));
  return [g.add(g.mul(g.sub(x, mean), g.div(scale, deviation)), bias)];
};

/** Until 14 further outputs meant training; two of them are gone. */
export const trainingIfMoreOutputs: Change["rewrite"] = (node) =>
  node.outputs === 1 ? node : { ...node, outputs: Math.min(node.outputs, 3), attributes: { ...node.attributes, training_mode: int(1) } };

/** Until 21 a scale and a bias belonged to a group, since then to a channel. */
export const perGroup: Change["rewrite"] = (node, g) => {
  const x = firstInput(node);
  const groups = intOf(node.attributes, "num_groups", 1);
  const channels = x.type.shape?.[1];
  const each = typeof channels === "number" ? g.ints([1, channels / groups]) : undefined;
  const count = each ?? g.concat([g.ints([1]), g.div(g.slice(g.shape(x), [1], [2], [0]), groups)], 0);
  const spread = node.inputs.slice(1).map((value) => value && g.reshape(g.expand(g.unsqueeze(value, [1]), count), [-1]));
  return { ...node, inputs: [x, ...spread] };
};
