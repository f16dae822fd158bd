import { SignflipError } from "../../util/errors.ts";
import { isFloat } from "../../tensor/tensor.ts";
import { intOf } from "../attributes.ts";
import { elementOf } from "../ir.ts";
import { type Vjp, defineOp } from "./rule.ts";

const vjp: Vjp = (g, { inputs: [x], dy }) => [isFloat(x.type.element) ? g.cast(dy, x.type.element) : undefined];

/** y = x as another element type.  dx = dy as x's; integers and truth values have no gradient. */
export const Cast = defineOp({
  operands: ["x"],
  infer: ({ types: [x], ints: [known], attributes }) => {
    const to = intOf(attributes, "to", 0);
    const element = elementOf(to);
    if (!element) throw new SignflipError("SF_GRAPH", `Cast: element type number ${to} is not known`);
    return [{ type: { element, shape: x.shape }, ints: element === "int64" || element === "int32" ? known : undefined }];
  },
  vjp,
});

/** y = x as the element type of another value.  dx = dy as x's. */
export const CastLike = defineOp({
  operands: ["x", "like"],
  infer: ({ types: [x, like], ints: [known] }) => [
    { type: { element: like.element, shape: x.shape }, ints: like.element === "int64" || like.element === "int32" ? known : undefined },
  ],
  vjp,
});
