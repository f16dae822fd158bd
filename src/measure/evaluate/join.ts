import type { Attackable } from "../../attack/oracle/index.ts";
import type { Oracle } from "../../attack/oracle/oracle.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Box } from "../../data/box.ts";
import { unbounded } from "../../model/onnx/words.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { sha256Hex } from "../../util/hash.ts";
import { list, short } from "../../util/words.ts";
import type { AdversarialExample, AttackTally, EvaluationFacts, EvaluationResult } from "../evaluation.ts";
import type { MeasuredBlock } from "./block.ts";
import { type EvaluationPlan, isFromFile } from "./plan.ts";

/** How many of the least robust samples are kept for pictures. */
export const mostExamples = 8;

/** One attack's work in several blocks, together; in the order in which attacks first ran. */
export function sumTallies(tallies: readonly AttackTally[]): AttackTally[] {
  const sums = new Map<string, AttackTally>();
  for (const one of tallies) {
    const sum = sums.get(one.name);
    const plus = (key: Exclude<keyof AttackTally, "name">) => (sum?.[key] ?? 0) + one[key];
    sums.set(one.name, {
      name: one.name,
      tried: plus("tried"),
      changed: plus("changed"),
      closest: plus("closest"),
      forward: plus("forward"),
      backward: plus("backward"),
      seconds: plus("seconds"),
    });
  }
  return [...sums.values()];
}

/**
 * Blocks of one dataset, in its order, as one evaluation.
 * @param x the inputs of all blocks, one after the other
 */
export function joinBlocks(facts: EvaluationFacts, blocks: readonly MeasuredBlock[], x: Float32Array): EvaluationResult {
  const d = sizeOf(facts.model.inputShape);
  const all = blocks.flatMap((block) => block.samples.map((sample, i) => ({ sample, adversarial: block.points.subarray(i * d, (i + 1) * d) })));
  const found = [...all.entries()].filter(([, { sample }]) => sample.attack !== null && sample.distance !== null);
  found.sort(([, a], [, b]) => a.sample.distance! - b.sample.distance! || a.sample.index - b.sample.index);
  const examples = found.slice(0, mostExamples).map(([i, { sample, adversarial }]): AdversarialExample => ({
    index: sample.index,
    clean: x.slice(i * d, (i + 1) * d),
    adversarial: adversarial.slice(),
  }));
  return {
    ...facts,
    samples: all.map(({ sample }) => sample),
    attacks: sumTallies(blocks.flatMap((block) => block.attacks)),
    examples,
    seconds: blocks.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** What reports say of a model, its data, and how they were measured. */
export function factsOf(
  model: Attackable,
  oracle: Pick<Oracle, "name" | "inputShape" | "channelAxis" | "classes">,
  data: Dataset,
  { norm, box, seed, target }: EvaluationPlan,
  { of = data.n, more = [] }: { readonly of?: number; readonly more?: readonly string[] } = {},
): EvaluationFacts {
  const { name, inputShape, channelAxis, classes } = oracle;
  const file = isFromFile(model) ? model : undefined;
  const classNames = file?.classNames ?? data.classNames;
  const left = target === undefined ? 0 : Array.from(data.y).filter((label) => label === target).length;
  const single = box && typeof box.low === "number" && typeof box.high === "number" ? { low: box.low, high: box.high } : undefined;
  return {
    model: {
      name,
      ...(file ? { sha256: sha256Hex(file.bytes) } : {}),
      inputShape,
      ...(channelAxis === undefined ? {} : { channelAxis }),
      classes,
      ...(classNames?.length === classes ? { classNames } : {}),
    },
    data: { name: data.name, fingerprint: data.fingerprint, n: of, ...(data.featureNames ? { featureNames: data.featureNames } : {}) },
    norm,
    ...(box ? { bounds: boundsInWords(box) } : {}),
    ...single,
    seed,
    ...(target === undefined ? {} : { target }),
    assumptions: [
      ...(file?.assumptions ?? []).filter((line) => !box || line !== unbounded),
      ...more,
      ...(left === 0 ? [] : [`${left} samples are of the target's own class: they are not attacked, and count as robust where they are right.`]),
    ],
  };
}

/** "0 to 1", or the bounds of each channel. */
export function boundsInWords({ low, high }: Box): string {
  const side = (value: Box["low"]) => (typeof value === "number" ? short(value) : list([...value].map((one) => short(one))));
  return `${side(low)} to ${side(high)}`;
}
