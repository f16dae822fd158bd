import { SignflipError } from "../../util/errors.ts";
import type { OpRule } from "./rule.ts";

/** y = x, as it is once training is over, and a mask of ones.  dx = dy. */
export const Dropout: OpRule = {
  infer: ({ types: [x] }) => [x!, { element: "bool", shape: x!.shape }],
  vjp: (_, { inputs: [, , training], dy: [dy] }) => {
    if (training && training.constant?.data[0] !== 0)
      throw new SignflipError("SF_GRADIENT", "no gradient through Dropout in training mode: export the model for inference");
    return [dy];
  },
};
