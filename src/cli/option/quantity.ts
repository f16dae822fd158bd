import { z } from "zod";
import { type Quantity, quantityNames } from "../../measure/saliency/quantity.ts";
import { amount, choice } from "./option.ts";

/** What a gradient is taken of. */
export const quantityOptions = {
  class: amount("--class <number>", "the class, from 0", "the one the model gives", "a whole number from 0", z.int().nonnegative()),
  of: choice<Quantity>(
    "--of <name>",
    "the value to differentiate: the logit of the class, its margin over the best other class, the cross-entropy loss with it as the label, or its probability",
    quantityNames,
    "logit",
  ),
};
