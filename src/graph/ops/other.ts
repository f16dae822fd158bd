import { intOf, intsOf } from "../attributes.ts";
import { anyElementOf } from "../ir.ts";
import { defineOp, noGradient, zeroGradient } from "./rule.ts";

/* What computes no numbers that a gradient could go through. */

const window = defineOp({
  operands: ["size"],
  infer: ({ ints: [size], attributes }) => [
    { element: anyElementOf(intOf(attributes, "output_datatype", 1)) ?? "unknown", shape: size?.length === 1 ? size : undefined },
  ],
  vjp: zeroGradient("it does not depend on the values, only on a size"),
});
/** y = Blackman's window of a size */
export const BlackmanWindow = window;
/** y = Hamming's window of a size */
export const HammingWindow = window;
/** y = Hann's window of a size */
export const HannWindow = window;

/** y = strings in small or capital letters, without some words */
export const StringNormalizer = defineOp({ operands: ["x"], infer: () => [], vjp: zeroGradient("strings do not change with small steps") });
/** y = how often sequences of strings or numbers occur */
export const TfIdfVectorizer = defineOp({
  operands: ["x"],
  infer: ({ types: [x], attributes }) => {
    const width = Math.max(-1, ...intsOf(attributes, "ngram_indexes", [])) + 1;
    return [{ element: "float32", shape: x.shape && [...x.shape.slice(0, -1), width] }];
  },
  vjp: zeroGradient("counts do not change with small steps"),
});

const sequence = defineOp({
  operands: ["...x"],
  infer: () => [],
  vjp: noGradient("gradients of sequences of tensors are not written; export the model with tensors, joined or stacked"),
});
/** y = a sequence of tensors */
export const SequenceConstruct = sequence;
/** y = a tensor of a sequence */
export const SequenceAt = sequence;
/** y = a sequence with a tensor put in */
export const SequenceInsert = sequence;
/** y = a sequence without a tensor */
export const SequenceErase = sequence;
/** y = the parts of a tensor as a sequence */
export const SplitToSequence = sequence;
/** y = the tensors of a sequence joined or stacked */
export const ConcatFromSequence = sequence;
