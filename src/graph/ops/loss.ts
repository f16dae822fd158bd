import { intOf, stringOf } from "../attributes.ts";
import type { Attributes, TensorType, Value } from "../ir.ts";
import { composed } from "./composed.ts";
import { likeFirst } from "./elementwise.ts";
import { type GraphBuilder, defineOp } from "./rule.ts";

const lossType = (x: TensorType, attributes: Attributes): TensorType => ({
  element: x.element,
  shape: stringOf(attributes, "reduction", "mean") === "none" ? x.shape?.toSpliced(1, 1) : [],
});

/** −w·log p of the true classes, from the logarithms of probabilities; those to be ignored count for nothing. */
function negativeLogLikelihood(g: GraphBuilder, logs: Value, labels: Value, weights: Value | undefined, attributes: Attributes): Value {
  const ignored = intOf(attributes, "ignore_index");
  const counts = ignored === undefined ? undefined : g.not(g.equal(labels, ignored));
  const safe = counts ? g.where(counts, labels, 0) : labels;
  const picked = g.neg(g.squeeze(g.op("GatherElements", [logs, g.unsqueeze(safe, [1])], { axis: { kind: "int", value: 1 } })[0], [1]));
  const ones = () => g.expand(g.lift(1, logs), g.shape(labels));
  const given = weights ? g.gather(weights, safe) : ones();
  const weight = counts ? g.where(counts, given, 0) : given;
  const losses = g.mul(picked, weight);
  const reduction = stringOf(attributes, "reduction", "mean");
  if (reduction === "none") return losses;
  const sum = g.reduceSum(losses, undefined, false);
  return reduction === "sum" ? sum : g.div(sum, g.reduceSum(weight, undefined, false));
}

/** y = −w_c·x_c for the true classes c, their sum, or their mean weighed with w.  The gradient is that of its parts. */
export const NegativeLogLikelihoodLoss = defineOp({
  operands: ["x", "labels", "weights?"],
  infer: ({ types: [x], attributes }) => [lossType(x, attributes)],
  vjp: composed((g, { inputs: [x, labels, weights], attributes }) => [negativeLogLikelihood(g, x, labels, weights, attributes)]),
});

/** y = the negative log-likelihood of the log-softmax of x, which is the second output.  The gradient is that of its parts. */
export const SoftmaxCrossEntropyLoss = defineOp({
  operands: ["x", "labels", "weights?"],
  infer: (context) => [lossType(context.types[0], context.attributes), ...likeFirst(context)],
  vjp: composed((g, { inputs: [x, labels, weights], attributes }) => {
    const logs = g.logSoftmax(x, 1);
    return [negativeLogLikelihood(g, logs, labels, weights, attributes), logs];
  }),
});
