import type { Dim } from "../ir.ts";
import { broadcastTo, combine, likeFirstAs, sharedElement, sharedShape } from "./elementwise.ts";
import { defineOp, zeroGradient } from "./rule.ts";

const flat = zeroGradient("a truth value does not change with small steps");
const comparison = defineOp({ operands: ["a", "b"], infer: broadcastTo("bool"), vjp: flat });

/** Whether two sizes are equal, as 1 or 0; undefined where that depends on a symbol. Sizes are never negative. */
function equalDims(a: Dim, b: Dim): number | undefined {
  if ([a, b].some((dim) => typeof dim === "number" && !Number.isSafeInteger(dim))) return undefined;
  if (a === b) return 1;
  if (typeof a === "number" && typeof b === "number") return 0;
  return (typeof a === "number" && a < 0) || (typeof b === "number" && b < 0) ? 0 : undefined;
}

/** y = [a = b] */
export const Equal = defineOp({
  operands: ["a", "b"],
  infer: (context) => {
    const known = combine(context.ints, equalDims);
    const type = { element: "bool" as const, shape: sharedShape(context) };
    sharedElement(context.op, context.types);
    return [{ type, ints: known?.every((bit) => bit !== undefined) ? known : undefined }];
  },
  vjp: flat,
});
/** y = [a > b] */
export const Greater = comparison;
/** y = [a ≥ b] */
export const GreaterOrEqual = comparison;
/** y = [a < b] */
export const Less = comparison;
/** y = [a ≤ b] */
export const LessOrEqual = comparison;

/** y = a ∧ b */
export const And = comparison;
/** y = a ∨ b */
export const Or = comparison;
/** y = [a ≠ b] of truth values */
export const Xor = comparison;
/** y = ¬x */
export const Not = defineOp({ operands: ["x"], infer: likeFirstAs("bool"), vjp: flat });

/** y = [x is no number] */
export const IsNaN = defineOp({ operands: ["x"], infer: likeFirstAs("bool"), vjp: flat });
/** y = [x is infinite] */
export const IsInf = defineOp({ operands: ["x"], infer: likeFirstAs("bool"), vjp: flat });
