import { floatsOf, intOf, intsOf, stringOf } from "../attributes.ts";
import { SignflipError } from "../../util/errors.ts";
import { tensorOf } from "../../tensor/tensor.ts";
import { type Attributes, type TensorType, type Value, freshDim } from "../ir.ts";
import { composed } from "./composed.ts";
import { type GraphBuilder, type InferContext, defineOp, zeroGradient } from "./rule.ts";

/** Numbers of an attribute as a constant. */
const constant = (g: GraphBuilder, values: readonly number[], shape: readonly number[] = [values.length]) => g.constant(tensorOf("float32", shape, values));

/** Whatever came in, these operators give float32. */
const real = ({ types: [x] }: InferContext): TensorType[] => [{ element: "float32", shape: x.shape }];

/** x·Wᵀ + b, the rows of W one after the other in an attribute. */
function affine(g: GraphBuilder, x: Value, attributes: Attributes, rows: number): Value {
  const weights = floatsOf(attributes, "coefficients", []);
  const product = g.matMul(g.cast(x, "float32"), g.transpose(constant(g, weights, [rows, weights.length / rows])));
  const intercepts = floatsOf(attributes, "intercepts", []);
  return intercepts.length > 0 ? g.add(product, constant(g, intercepts)) : product;
}

/** y = (x − offset)·scale.  The gradient is that of its parts. */
export const Scaler = defineOp({
  operands: ["x"],
  infer: real,
  vjp: composed((g, { inputs: [x], attributes }) => [
    g.mul(g.sub(g.cast(x, "float32"), constant(g, floatsOf(attributes, "offset", [0]))), constant(g, floatsOf(attributes, "scale", [1]))),
  ]),
});

/** What a linear model does to its scores at the end. */
function transformed(g: GraphBuilder, op: string, scores: Value, attributes: Attributes): Value {
  const name = stringOf(attributes, "post_transform", "NONE");
  if (name === "NONE") return scores;
  if (name === "SOFTMAX") return g.softmax(scores);
  if (name === "LOGISTIC") return g.sigmoid(scores);
  throw new SignflipError("SF_GRADIENT", `no gradient through ${op} with post_transform ${name}; export the model with NONE, SOFTMAX or LOGISTIC`);
}

/** y = x·Wᵀ + b.  The gradient is that of its parts. */
export const LinearRegressor = defineOp({
  operands: ["x"],
  infer: ({ types: [x], attributes }) => [{ element: "float32", shape: [x.shape?.[0] ?? freshDim(), intOf(attributes, "targets", 1)] }],
  vjp: composed((g, { inputs: [x], attributes }) => [transformed(g, "LinearRegressor", affine(g, x, attributes, intOf(attributes, "targets", 1)), attributes)]),
});

/** The label of the largest score, and all scores: x·Wᵀ + b, or what a softmax or a sigmoid makes of them.  The gradient is that of the scores. */
export const LinearClassifier = defineOp({
  operands: ["x"],
  infer: ({ types: [x], attributes }) => {
    const labels = intsOf(attributes, "classlabels_ints");
    const classes = labels ? labels.length : freshDim();
    const batch = x.shape?.[0] ?? freshDim();
    return [
      { element: labels ? "int64" : "string", shape: [batch] },
      { element: "float32", shape: [batch, classes] },
    ];
  },
  vjp: composed((g, { inputs: [x], attributes }) => {
    const rows = floatsOf(attributes, "intercepts", []).length;
    const names = attributes["classlabels_strings"];
    const classes = intsOf(attributes, "classlabels_ints")?.length ?? (names?.kind === "strings" ? names.value.length : 0);
    if (rows === 0 || rows !== classes)
      throw new SignflipError("SF_GRADIENT", "no gradient through LinearClassifier without a row of weights and an intercept for each class");
    return [undefined, transformed(g, "LinearClassifier", affine(g, x, attributes, rows), attributes)];
  }),
});

/** y = x/‖x‖ of each row, the 1-norm or the 2-norm.  The gradient is that of its parts. */
export const Normalizer = defineOp({
  operands: ["x"],
  infer: real,
  vjp: composed((g, { inputs: [x], attributes }) => {
    const norm = stringOf(attributes, "norm", "MAX");
    if (norm === "MAX") throw new SignflipError("SF_GRADIENT", "no gradient through Normalizer with norm MAX; export the model with L1 or L2");
    const row = g.cast(x, "float32");
    return [g.div(row, norm === "L1" ? g.reduceL1(row, [-1]) : g.reduceL2(row, [-1]))];
  }),
});

const steps = zeroGradient("the output of trees is constant between their thresholds; attacks that ask for decisions only can work on it");
/** y = the sums of the leaves that x reaches in trees */
export const TreeEnsembleRegressor = defineOp({
  operands: ["x"],
  infer: ({ types: [x], attributes }) => [{ element: "float32", shape: [x.shape?.[0] ?? freshDim(), intOf(attributes, "n_targets", 1)] }],
  vjp: steps,
});
/** The label of the largest score, and all scores: sums of the leaves that x reaches in trees */
export const TreeEnsembleClassifier = defineOp({
  operands: ["x"],
  infer: ({ types: [x], attributes }) => {
    const labels = intsOf(attributes, "classlabels_int64s");
    return [
      { element: labels ? "int64" : "string", shape: [x.shape?.[0] ?? freshDim()] },
      { element: "float32", shape: [x.shape?.[0] ?? freshDim(), labels ? labels.length : freshDim()] },
    ];
  },
  vjp: steps,
});
