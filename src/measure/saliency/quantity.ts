import type { GraphBuilder } from "../../graph/builder.ts";
import { type Value, int } from "../../graph/ir.ts";
import type { ClassifierShape } from "../../model/classifier.ts";
import { tensorOf } from "../../tensor/tensor.ts";

/**
 * The scores of a class in a graph, each `[n, 1]`. Of one logit f, class 1 has f and class 0 has −f: the log-odds, and then all three are the same.
 */
interface ClassScores {
  /** The class's logit z_c. */
  readonly logit: Value;
  /** z_c − max_{j≠c} z_j */
  readonly margin: Value;
  /** z_c − log Σ_{j≠c} e^{z_j}: the logarithm of the odds that softmax gives the class. */
  readonly logOdds: Value;
}

/** What can be differentiated: one number for each sample and class. The loss is written so that it does not saturate in float32. */
export const quantities = {
  /** The class's score before any softmax or sigmoid. */
  logit: (_: GraphBuilder, { logit }: ClassScores): Value => logit,
  /** Its lead over the best other class: below 0 where another class wins. */
  margin: (_: GraphBuilder, { margin }: ClassScores): Value => margin,
  /** Cross-entropy with the class as the label. Its gradient points to where the class loses. */
  loss: (g: GraphBuilder, { logOdds }: ClassScores): Value => g.softplus(g.neg(logOdds)),
  /** The class's softmax or sigmoid. Its gradient vanishes where the model is certain. */
  probability: (g: GraphBuilder, { logOdds }: ClassScores): Value => g.sigmoid(logOdds),
} as const;

export type Quantity = keyof typeof quantities;
export const quantityNames = Object.keys(quantities) as Quantity[];

/**
 * Adds a quantity of a class to a graph.
 * @param scores `[n, 1]` for one logit, else `[n, classes]`
 * @param label the class of each sample, int64 `[n, 1]`, or `[1, 1]` for all
 * @returns `[n, 1]`
 */
export function quantityOf(
  g: GraphBuilder,
  of: Quantity,
  scores: Value,
  label: Value,
  { output, classes }: Pick<ClassifierShape, "output" | "classes">,
): Value {
  return quantities[of](g, output === "logit" ? ofOne(g, scores, label) : ofMany(g, scores, label, classes));
}

function ofOne(g: GraphBuilder, f: Value, label: Value): ClassScores {
  const logit = g.where(g.equal(label, g.constant(tensorOf("int64", [1, 1], [1]))), f, g.neg(f));
  return { logit, margin: logit, logOdds: logit };
}

function ofMany(g: GraphBuilder, scores: Value, label: Value, classes: number): ClassScores {
  const all = Array.from({ length: classes }, (_, k) => k);
  const own = g.equal(g.constant(tensorOf("int64", [1, classes], all)), label);
  const logit = g.reduceSum(g.where(own, scores, 0), [1]);
  const others = g.where(own, -Infinity, scores);
  const [sum] = g.op("ReduceLogSumExp", [others, g.ints([1])], { keepdims: int(1) });
  return { logit, margin: g.sub(logit, g.reduceMax(others, [1])), logOdds: g.sub(logit, sum) };
}
