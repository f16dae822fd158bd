import { adam } from "./adam.ts";
import { sgd } from "./sgd.ts";

/** The optimizers: a file and a line here. */
export const optimizers = { sgd, adam } as const;
export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = Object.keys(optimizers) as OptimizerName[];
