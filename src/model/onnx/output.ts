import { type Model, type Value, showType } from "../../graph/ir.ts";
import { isFloat } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { type Head, headOf } from "./head.ts";
import type { LoadOptions } from "./options.ts";

/** The output that is taken as scores, and what stands behind it. */
export interface ChosenOutput {
  readonly value: Value;
  readonly head: Head;
  /** What was assumed to choose it; undefined for the only one. */
  readonly why: string | undefined;
}

/** @throws SF_OPTION, SF_NETWORK (usage) where no output has scores behind it */
export function chooseOutput({ graph: { outputs } }: Model, { output }: LoadOptions, name: string): ChosenOutput {
  const all = outputs.map((value) => `${value.name} (${showType(value.type)})`).join(", ");
  if (output !== undefined) {
    const found = outputs.find((value) => value.name === output);
    if (!found) throw new SignflipError("SF_OPTION", `${name} has no output ${output}; its outputs are ${all}`, { usage: true });
    return { value: found, head: headOrFail(found, name), why: undefined };
  }
  const [best] = outputs
    .map((value) => ({ value, head: headOf(value), rank: rankOf(value) }))
    .filter(({ head }) => head)
    .sort((a, b) => b.rank - a.rank);
  if (!best?.head) throw labelOnly(name, all);
  return {
    value: best.value,
    head: best.head,
    why: outputs.length > 1 ? `Of the outputs ${outputs.map((value) => value.name).join(", ")}, ${best.value.name} holds the scores.` : undefined,
  };
}

function headOrFail(value: Value, name: string): Head {
  const head = headOf(value);
  if (!head) throw labelOnly(name, `${value.name} (${showType(value.type)})`);
  return head;
}

const labelOnly = (name: string, outputs: string) =>
  new SignflipError(
    "SF_NETWORK",
    `${name} gives labels but no scores (${outputs}), and nothing in it that chooses a label by scores: a gradient needs scores, so export it with them`,
    {
      usage: true,
    },
  );

/** How much an output looks like scores. */
function rankOf({ name, type: { element, shape } }: Value): number {
  const word = /logit|score/i.test(name) ? 3 : /prob|class|pred|softmax|output/i.test(name) ? 2 : 0;
  const isMatrix = shape?.length === 2;
  const several = typeof shape?.at(-1) === "number" && (shape.at(-1) as number) > 1;
  return (isFloat(element) ? 100 : 0) + (isMatrix ? 20 : 0) + (several ? 10 : 0) + word;
}
