import { SignflipError } from "../../util/errors.ts";
import { intOf } from "../attributes.ts";
import { type Dim, type Element, anyElementOf, carriesGradient } from "../ir.ts";
import { type Vjp, defineOp } from "./rule.ts";

const vjp: Vjp = (g, { inputs: [x], dy }) => [carriesGradient(x.type.element) ? g.castLike(dy, x) : dy];

/** Whether integers are the same in a type; the engine wraps those beyond it. */
const fits = (element: Element, known: readonly Dim[] | undefined) =>
  element === "int64" || (element === "int32" && known?.every((dim) => typeof dim === "string" || Math.abs(dim) < 2 ** 31));

/** y = x as another element type.  dx = dy as x's; integers and truth values have no gradient, except those that stand for real numbers. */
export const Cast = defineOp({
  operands: ["x"],
  infer: ({ types: [x], ints: [known], attributes }) => {
    const to = intOf(attributes, "to", 0);
    const element = anyElementOf(to);
    if (!element) throw new SignflipError("SF_GRAPH", `Cast: element type number ${to} is not known`);
    return [{ type: { element, shape: x.shape }, ints: fits(element, known) ? known : undefined }];
  },
  vjp,
});

/** y = x as the element type of another value.  dx = dy as x's. */
export const CastLike = defineOp({
  operands: ["x", "like"],
  infer: ({ types: [x, like], ints: [known] }) => [{ type: { element: like.element, shape: x.shape }, ints: fits(like.element, known) ? known : undefined }],
  vjp,
});
