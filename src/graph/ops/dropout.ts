import { SignflipError } from "../../util/errors.ts";
import { defineOp } from "./rule.ts";

/** y = x, as it is once training is over, and a mask of ones.  dx = dy. */
export const Dropout = defineOp({
  operands: ["x", "ratio?", "training?"],
  infer: ({ types: [x] }) => [x, { element: "bool", shape: x.shape }],
  vjp: (_, { inputs: [, , training], dy }) => {
    if (training && training.constant?.data[0] !== 0)
      throw new SignflipError("SF_GRADIENT", "no gradient through Dropout in training mode: export the model for inference");
    return [dy];
  },
});
