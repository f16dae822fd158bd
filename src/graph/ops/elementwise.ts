import { SignflipError } from "../../util/errors.ts";
import type { ElementType } from "../../tensor/tensor.ts";
import { broadcastShapes } from "../shape.ts";
import type { InferContext, Inferred } from "./rule.ts";

/** Same type and shape as the first input. */
export const likeFirst = ({ types: [x] }: InferContext): Inferred[] => [x!];

/** Broadcast of all inputs, element type of the last (`Where` has its mask first). */
export function broadcast({ op, types }: InferContext): Inferred[] {
  const operands = types.filter((type) => type !== undefined);
  const values = op === "Where" ? operands.slice(1) : operands;
  const [first] = values;
  for (const type of values) if (type.element !== first!.element) throw new SignflipError("SF_GRAPH", `${op}: operands are ${values.map(({ element }) => element).join(" and ")}, and ONNX does not mix types`);
  return [{ element: first!.element, shape: broadcastShapes(op, ...operands.map(({ shape }) => shape)) }];
}

/** Broadcast of all inputs, of a fixed element type: comparisons. */
export const broadcastTo =
  (element: ElementType) =>
  (context: InferContext): Inferred[] => {
    const [{ shape }] = broadcast(context) as [{ shape: Inferred extends { shape: infer S } ? S : never }];
    return [{ element, shape }];
  };
