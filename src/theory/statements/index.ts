import { functionValue } from "./function-value.ts";
import { gradientChange } from "./gradient-change.ts";
import { gradientSize } from "./gradient-size.ts";
import { gradientSizeSharp } from "./gradient-size-sharp.ts";
import { neuronFlipsAny } from "./neuron-flips-any.ts";
import { neuronFlipsFixed } from "./neuron-flips-fixed.ts";
import { robustError } from "./robust-error.ts";
import { signFlips } from "./sign-flips.ts";
import { singleStep } from "./single-step.ts";
import type { Statement, StatementId } from "./statement.ts";

/** Every statement: a file and a line here. */
export const statements: { readonly [I in StatementId]: Statement & { readonly id: I } } = {
  "function-value": functionValue,
  "sign-flips": signFlips,
  "gradient-size": gradientSize,
  "gradient-size-sharp": gradientSizeSharp,
  "neuron-flips-fixed": neuronFlipsFixed,
  "neuron-flips-any": neuronFlipsAny,
  "gradient-change": gradientChange,
  "single-step": singleStep,
  "robust-error": robustError,
};
