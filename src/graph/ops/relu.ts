import { likeFirst } from "./elementwise.ts";
import type { OpRule } from "./rule.ts";

/** y = max(x, 0).  dx = dy where x > 0, else 0 (the subgradient at 0 is 0, as PyTorch has it). */
export const Relu: OpRule = {
  infer: likeFirst,
  vjp: (g, { inputs: [x], dy: [dy] }) => [g.where(g.greater(x, 0), dy, 0)],
};
