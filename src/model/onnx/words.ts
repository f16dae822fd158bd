import type { Normalization } from "./normalization.ts";
import type { ChosenOutput } from "./output.ts";

/** What is taken as logits and why, in a sentence. */
export function headWords(
  { value, head }: ChosenOutput,
  { scores, isLog, isSmallest, position }: { scores: number; isLog: boolean; isSmallest: boolean; position: number | undefined },
): string {
  const which = position === undefined ? "" : ` at position ${position}`;
  const count =
    scores === 1
      ? `one logit${which}, whose sign decides between 2 classes`
      : `${scores.toLocaleString("en")} scores${which}, of which the ${isSmallest ? "smallest" : "largest"} decides`;
  const { activation, cut, logits } = head;
  const end = head.isByHand ? `${activation} written as ${cut.join(", ")}` : cut.join(", ");
  if (activation !== "none") {
    const several = activation === "sigmoid" && scores > 1 ? " Each class has a probability of its own; the largest is taken for the prediction." : "";
    return `The logits are ${logits.name}, before the final ${end || activation}: ${count}.${several}`;
  }
  if (isLog) return `The output ${value.name} holds probabilities with no softmax to cut off: their logarithms are taken as logits, ${count}.`;
  if (cut.length > 0) return `The logits are ${logits.name}, before the final ${cut.join(", ")}: ${count}.`;
  return `The output ${logits.name} holds logits, because the model ends without a softmax or sigmoid: ${count}.`;
}

/** How a model normalizes its input, in a sentence. */
export function normalizationWords({ mean, std }: Normalization): string {
  const shown = (values: readonly number[]) => (values.length > 4 ? `${plain(values.slice(0, 3))}, … ${plain(values.slice(-1))}` : plain(values));
  return `The model normalizes its input itself, with mean ${shown(mean)} and standard deviation ${shown(std)}: give inputs in raw units, before that normalization.`;
}

const plain = (values: readonly number[]) => values.map((value) => String(Number(value.toPrecision(4)))).join(", ");

/** That a file is followed less closely, by a difference relative to the largest score. */
export const coarseWords = (difference: number): string =>
  `The file computes with numbers of lower precision: its scores differ from those used here by up to ${difference.toPrecision(1)}, relative to the largest. Every adversarial input is checked in the file itself.`;

export const straightThrough = "Gradients go straight through the rounding of quantized values, as long as these lie within their range.";

/** What is assumed of a model without bounds; data that have some overrule it. */
export const unbounded = "No bounds of its inputs are known: perturbed inputs may take any value.";
