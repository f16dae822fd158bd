import { buildGraph } from "../../graph/builder.ts";
import { gradient } from "../../graph/gradient.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import { type Model, type Value, f32, i64 } from "../../graph/ir.ts";
import { type Classifier, checkClassifier, ownScores } from "../../model/classifier.ts";
import { tensorOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { type Quantity, quantityNames, quantityOf } from "./quantity.ts";

/** What the gradient is taken of. */
export interface GradientGraphOptions {
  /** Default "logit". */
  readonly of?: Quantity | undefined;
  /** The class, the same for all samples. Left out, the graph has an input for it. */
  readonly class?: number | undefined;
}

/**
 * A model and its input gradient as one graph. Inputs: x `[n, …inputShape]` in raw units and, unless the class is given, class `[n]`
 * int64. Outputs: logits `[n, classes]` (`[n, 1]` for a model of one logit), value `[n]`, and gradient, ∂ value / ∂ x, in the shape of x.
 * @throws SF_OPTION (usage); SF_GRADIENT that names the operator where one has no gradient
 */
export function gradientGraph(
  model: Classifier,
  { of = "logit", class: chosen }: GradientGraphOptions = {},
  metadata: Readonly<Record<string, string>> = {},
): Model {
  checkQuantity(of);
  if (chosen !== undefined) checkClasses(model, [chosen]);
  const n = rowsOf(model);
  return buildGraph(
    "gradient",
    (g) => {
      const { x, logits } = scored(g, model);
      const label = chosen === undefined ? g.unsqueeze(g.input("class", i64([n])), [1]) : g.constant(tensorOf("int64", [1, 1], [chosen]));
      const value = quantityOf(g, of, logits, label, model);
      const [dx] = gradient(g, g.reduceSum(value, undefined, false), [x]);
      return { logits, value: g.squeeze(value, [1]), gradient: dx };
    },
    metadata,
  );
}

/** x `[n, …inputShape]` to logits. */
export const logitsGraph = (model: Classifier): Model => buildGraph("logits", (g) => ({ logits: scored(g, model).logits }));

/** The size of the first axis: some graphs take one sample only. */
const rowsOf = ({ mostRows }: Classifier) => (mostRows === 1 ? 1 : "n");

function scored(g: GraphBuilder, model: Classifier): { readonly x: Value; readonly logits: Value } {
  checkClassifier("saliency", model);
  const x = g.input("x", f32([rowsOf(model), ...model.inputShape]));
  const weights = Object.fromEntries(Object.entries(model.parameters).map(([name, tensor]) => [name, g.constant(tensor, name)]));
  return { x, logits: ownScores(model, g, x, weights) };
}

/** @throws SF_OPTION (usage) */
export function checkQuantity(of: Quantity): void {
  if (quantityNames.includes(of)) return;
  throw new SignflipError("SF_OPTION", `saliency: of must be one of ${quantityNames.join(", ")}; got ${String(of)}`, { usage: true });
}

/** @throws SF_OPTION (usage) that names the first that is no class of the model */
export function checkClasses({ name, classes }: Classifier, chosen: ArrayLike<number>): void {
  const wrong = Array.from(chosen).find((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (wrong === undefined) return;
  throw new SignflipError("SF_OPTION", `saliency: ${name} has the classes 0 to ${classes - 1}; got ${String(wrong)}`, { usage: true });
}
