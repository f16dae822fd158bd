import type { Model, Value } from "../../graph/ir.ts";

/** The largest difference of scores, relative to the largest, that counts as rounding. */
export const tolerance = 1e-5;

/** The same between a file and the graph made from it. */
export const fine = 1e-3;

/**
 * What a file may differ by from the graph made from it: more where it has 16-bit floats, and most where the engine may compute with integers that
 * have a scale, of which one step may be much of a small score.
 */
export function allowedDifference({ graph }: Model): number {
  if (graph.nodes.some(({ op }) => /quantize|Integer$/i.test(op))) return 0.5;
  const isShort = ({ type: { element } }: Value) => element === "float16" || element === "bfloat16";
  return [...graph.inputs, ...graph.initializers, ...graph.nodes.flatMap(({ outputs }) => outputs)].some(isShort) ? 3e-2 : fine;
}
