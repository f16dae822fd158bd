import { broadcast } from "./elementwise.ts";
import { defineOp } from "./rule.ts";

/**
 * y = the largest (or smallest) of a, b, …  dy goes to the operand that y was taken from; k operands that tie
 * get dy/k each (½ each for two, as in PyTorch's maximum).
 */
const extremum = defineOp({
  operands: ["first", "...others"],
  infer: broadcast,
  vjp: (g, { inputs, outputs: [y], dy }) => {
    if (inputs.length === 1) return [dy];
    const taken = inputs.map((x) => g.equal(x, y));
    const ties = taken.map((mask) => g.cast(mask, y.type.element)).reduce((sum, count) => g.add(sum, count));
    const share = g.div(dy, ties);
    return taken.map((mask) => g.where(mask, share, 0));
  },
  broadcasts: true,
});

/** y = max(a, b, …) */
export const Max = extremum;
/** y = min(a, b, …) */
export const Min = extremum;
