import { SignflipError } from "../../util/errors.ts";
import { intOf, intsOf } from "../attributes.ts";
import { type Element, anyElementOf } from "../ir.ts";
import { type InferContext, defineOp, noGradient, zeroGradient } from "./rule.ts";

/** The element type that the attribute `dtype` names, or another. */
function elementIn({ op, attributes }: Pick<InferContext, "op" | "attributes">, otherwise: Element): Element {
  const number = intOf(attributes, "dtype");
  const element = number === undefined ? otherwise : anyElementOf(number);
  if (!element) throw new SignflipError("SF_GRAPH", `${op}: element type number ${number} is not known`);
  return element;
}

const drawn = zeroGradient("random numbers do not depend on any value");
const noise = defineOp({
  operands: [],
  infer: (context) => [{ element: elementIn(context, "float32"), shape: intsOf(context.attributes, "shape") }],
  vjp: drawn,
});
const shaped = {
  operands: ["x"],
  infer: (context: InferContext) => [{ element: elementIn(context, context.types[0].element), shape: context.types[0].shape }],
} as const;
const noiseLike = defineOp({ ...shaped, vjp: drawn });

/** y = random numbers of a normal distribution */
export const RandomNormal = noise;
/** y = random numbers between two bounds */
export const RandomUniform = noise;
/** y = random numbers of a normal distribution, in the shape of x */
export const RandomNormalLike = noiseLike;
/** y = random numbers between two bounds, in the shape of x */
export const RandomUniformLike = noiseLike;

/** y = 1 with probability x, else 0 */
export const Bernoulli = defineOp({ ...shaped, vjp: noGradient("a random draw has none; export the model without it") });

/** y = classes drawn with the logarithms of their odds in x */
export const Multinomial = defineOp({
  operands: ["x"],
  infer: ({ op, types: [x], attributes }) => [
    { element: elementIn({ op, attributes }, "int32"), shape: x.shape && [x.shape[0]!, intOf(attributes, "sample_size", 1)] },
  ],
  vjp: noGradient("a random draw has none; export the model without it"),
});

/** y = 1 on a diagonal, else 0, in the shape of x */
export const EyeLike = defineOp({ ...shaped, vjp: zeroGradient("it does not depend on the values, only on the shape") });
