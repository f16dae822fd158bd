import { broadcast } from "./elementwise.ts";
import type { OpRule } from "./rule.ts";

/** y = a + b.  da = dy, db = dy. */
export const Add: OpRule = {
  infer: broadcast,
  vjp: (_, { dy: [dy] }) => [dy, dy],
  broadcasts: true,
};
