import { broadcast, likeFirst } from "./elementwise.ts";
import { defineOp, zeroGradient } from "./rule.ts";

const whole = zeroGradient("whole numbers do not change with small steps");
const bits = defineOp({ operands: ["a", "b"], infer: broadcast, vjp: whole });

/** y = a·2ᵇ or a/2ᵇ, bits moved left or right */
export const BitShift = bits;
/** y = the bits that a and b have */
export const BitwiseAnd = bits;
/** y = the bits that a or b has */
export const BitwiseOr = bits;
/** y = the bits that one of a and b has */
export const BitwiseXor = bits;
/** y = the bits that x has not */
export const BitwiseNot = defineOp({ operands: ["x"], infer: likeFirst, vjp: whole });
