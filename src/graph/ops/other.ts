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

const text = defineOp({ operands: ["...x"], infer: () => [], vjp: zeroGradient("strings do not change with small steps") });
/** y = strings joined, one by one */
export const StringConcat = text;
/** y = the parts of strings, and how many there are */
export const StringSplit = text;
/** y = [a string is of a pattern] */
export const RegexFullMatch = text;

/** y = the same bits, read as another element type */
export const BitCast = defineOp({
  operands: ["x"],
  infer: ({ types: [x], attributes }) => [{ element: anyElementOf(intOf(attributes, "to", 1)) ?? "unknown", shape: x.shape }],
  vjp: noGradient("the number that bits stand for has no slope in them; export the model with Cast"),
});

/** y = the pixels of a coded image */
export const ImageDecoder = defineOp({
  operands: ["x"],
  infer: () => [],
  vjp: noGradient("coded images have no small changes; export the model from the pixels on"),
});

const optional = defineOp({
  operands: ["x?"],
  infer: () => [],
  vjp: noGradient("gradients of optional values are not written; export the model with tensors"),
});
/** y = a value that may be missing */
export const Optional = optional;
/** y = the value that is not missing */
export const OptionalGetElement = optional;
/** y = [a value is there] */
export const OptionalHasElement = defineOp({ operands: ["x?"], infer: () => [], vjp: zeroGradient("a truth value does not change with small steps") });

const sequence = defineOp({
  operands: ["...x"],
  infer: () => [],
  vjp: noGradient("gradients of sequences of tensors are not written; export the model with tensors, joined or stacked"),
});
/** y = a sequence without tensors */
export const SequenceEmpty = sequence;
/** y = a graph applied to every tensor of a sequence */
export const SequenceMap = sequence;
/** y = how many tensors a sequence has */
export const SequenceLength = defineOp({
  operands: ["x"],
  infer: () => [{ element: "int64", shape: [] }],
  vjp: zeroGradient("a length does not change with the values"),
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
