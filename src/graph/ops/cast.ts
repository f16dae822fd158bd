import { SignflipError } from "../../util/errors.ts";
import { isFloat } from "../../tensor/tensor.ts";
import { intOf } from "../attributes.ts";
import { elementOf } from "../ir.ts";
import { defineOp } from "./rule.ts";

/** y = x as another element type.  dx = dy as x's; integers and truth values have no gradient. */
export const Cast = defineOp({
  operands: ["x"],
  infer: ({ types: [x], ints: [known], attributes }) => {
    const to = intOf(attributes, "to", 0);
    const element = elementOf(to);
    if (!element) throw new SignflipError("SF_GRAPH", `Cast: element type number ${to} is not known`);
    return [{ type: { element, shape: x.shape }, ints: element === "int64" || element === "int32" ? known : undefined }];
  },
  vjp: (g, { inputs: [x], dy }) => [isFloat(x.type.element) ? g.cast(dy, x.type.element) : undefined],
});
