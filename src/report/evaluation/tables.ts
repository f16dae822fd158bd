import { median } from "simple-statistics";
import { type LabelledTable, tableOf } from "../../figure/section.ts";
import { type EvaluatedSample, type EvaluationResult, cleanAccuracyOf, foundDistances, robustAccuracyAt } from "../../measure/evaluation.ts";
import { count, fixed, number, percent, short } from "../../util/words.ts";
import { className } from "./words.ts";

/** A line for each class that occurs. */
export function classTable(result: EvaluationResult, budgets: readonly number[]): LabelledTable {
  const classes = [...new Set(result.samples.map(({ label }) => label))].sort((a, b) => a - b);
  const groups = classes.map((label) => ({ label, samples: result.samples.filter((sample) => sample.label === label) }));
  return tableOf(
    "Accuracy by class",
    [
      { name: "class", value: ({ label }) => className(result, label), words: true, essential: true },
      { name: "samples", value: ({ samples }) => count(samples.length) },
      { name: "clean", value: ({ samples }) => percent(cleanAccuracyOf(samples)), essential: true },
      ...budgets.map((eps) => ({
        name: `at ε = ${short(eps)}`,
        value: ({ samples }: (typeof groups)[number]) => percent(robustAccuracyAt(samples, eps).accuracy),
        essential: true,
      })),
      { name: "median distance", value: ({ samples }) => medianText(foundDistances(samples)) },
      { name: "becomes most often", value: ({ samples }) => mostOften(result, samples), words: true },
    ],
    groups,
  );
}

const medianText = (values: readonly number[]) => (values.length === 0 ? "–" : number(median([...values])));

function mostOften(result: EvaluationResult, samples: readonly EvaluatedSample[]): string {
  const counts = new Map<number, number>();
  const changed = samples.filter(({ attack }) => attack !== null);
  for (const { adversarialPrediction } of changed) counts.set(adversarialPrediction!, (counts.get(adversarialPrediction!) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first === undefined ? "–" : `${className(result, first[0])} (${percent(first[1] / changed.length, 0)})`;
}

/** What each attack did, and what it cost. */
export function attackTable({ attacks }: EvaluationResult): LabelledTable {
  return tableOf(
    "Attacks",
    [
      { name: "attack", value: ({ name }) => name, words: true, essential: true },
      { name: "samples", value: ({ tried }) => count(tried) },
      { name: "changed", value: ({ changed, tried }) => (tried === 0 ? "–" : percent(changed / tried)), essential: true },
      { name: "closest of all", value: ({ closest }) => count(closest), essential: true },
      { name: "forward passes", value: ({ forward }) => count(forward) },
      { name: "backward passes", value: ({ backward }) => count(backward) },
      { name: "seconds", value: ({ seconds }) => fixed(seconds, 1) },
    ],
    attacks,
  );
}

/** As many samples as the page lists; all of them are in the JSON file. */
export const mostListed = 1000;

/** Samples from the least robust to the most, misclassified ones first. */
export function sampleTable(result: EvaluationResult): LabelledTable {
  const sorted = result.samples.toSorted((a, b) => (a.distance ?? Infinity) - (b.distance ?? Infinity) || a.index - b.index);
  return tableOf(
    "Samples",
    [
      { name: "sample", value: ({ index, id }) => id ?? count(index), words: result.samples.some(({ id }) => id !== undefined), essential: true },
      { name: "label", value: ({ label }) => className(result, label), words: true },
      { name: "prediction", value: ({ prediction }) => className(result, prediction), words: true },
      { name: "distance", value: ({ distance }) => (distance === null ? "none found" : number(distance)), essential: true },
      {
        name: "becomes",
        value: ({ attack, adversarialPrediction }) => (attack === null ? "–" : className(result, adversarialPrediction)),
        words: true,
        essential: true,
      },
      { name: "found by", value: ({ attack, label, prediction }) => attack ?? (label === prediction ? "–" : "misclassified as it is"), words: true },
      { name: "passes", value: ({ forward, backward }) => count(forward + backward) },
    ],
    sorted.slice(0, mostListed),
  );
}
