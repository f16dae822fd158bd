import { combine, sharedElement, sharedShape } from "./elementwise.ts";
import { defineOp } from "./rule.ts";

/**
 * y = a where the mask holds, else b.  da = dy where it holds, else 0; db the other way round. The branch not
 * taken gets an exact 0 of its own, whatever dy is there.
 */
export const Where = defineOp({
  operands: ["mask", "a", "b"],
  infer: (context) => {
    const {
      op,
      types,
      ints: [mask, a, b],
    } = context;
    const type = { element: sharedElement(op, types.slice(1)), shape: sharedShape(context) };
    const choose = combine([mask, a], (bit, dim) => (bit === 1 ? dim : undefined));
    const ints = choose && combine([mask, b], (bit, dim) => (bit === 1 ? undefined : dim))?.map((dim, i) => dim ?? choose[choose.length === 1 ? 0 : i]!);
    return [{ type, ints }];
  },
  vjp: (g, { inputs: [mask], dy, wanted }) => [undefined, wanted[1] ? g.where(mask, dy, 0) : undefined, wanted[2] ? g.where(mask, 0, dy) : undefined],
  broadcasts: true,
});
