import { z } from "zod";
import { type Quantity, quantityNames } from "../../measure/saliency/quantity.ts";
import { alternatives } from "../../util/field.ts";
import { nameOf, option } from "./option.ts";

/** What a gradient is taken of. */
export const quantityOptions = {
  class: option<number | undefined>({
    flags: "--class <number>",
    description: "the class, from 0",
    type: "number",
    default: undefined,
    defaultText: "the one the model gives",
    expected: "a whole number from 0",
    schema: z.int().nonnegative(),
  }),
  of: option<Quantity>({
    flags: "--of <name>",
    description: "what of the class: its logit, its margin over the best other class, the cross-entropy loss with it as the label, or its probability",
    type: "text",
    default: "logit",
    expected: alternatives(quantityNames),
    schema: nameOf(quantityNames),
  }),
};
