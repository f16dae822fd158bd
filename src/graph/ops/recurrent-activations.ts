import { SignflipError } from "../../util/errors.ts";
import { floatsOf } from "../attributes.ts";
import { type Attributes, type Value, float } from "../ir.ts";
import type { GraphBuilder } from "./rule.ts";

interface Function {
  /** Defaults of its numbers; each that it has is taken from the lists of the node, in order. */
  readonly alpha?: number;
  readonly beta?: number;
  readonly write: (g: GraphBuilder, x: Value, alpha: number, beta: number) => Value;
}

const named = (op: string): Function => ({ write: (g, x) => g.op(op, [x])[0] });
const withAlpha = (op: string, alpha: number): Function => ({ alpha, write: (g, x, a) => g.op(op, [x], { alpha: float(a) })[0] });

/** The functions that recurrent operators know by name, in small letters. */
const functions: Readonly<Record<string, Function>> = {
  affine: { alpha: 1, beta: 0, write: (g, x, a, b) => g.add(g.mul(x, a), b) },
  elu: withAlpha("Elu", 1),
  hardsigmoid: { alpha: 0.2, beta: 0.5, write: (g, x, a, b) => g.op("HardSigmoid", [x], { alpha: float(a), beta: float(b) })[0] },
  leakyrelu: withAlpha("LeakyRelu", 0.01),
  relu: named("Relu"),
  scaledtanh: { alpha: 1, beta: 1, write: (g, x, a, b) => g.mul(g.tanh(g.mul(x, b)), a) },
  sigmoid: named("Sigmoid"),
  softplus: named("Softplus"),
  softsign: named("Softsign"),
  tanh: named("Tanh"),
  thresholdedrelu: withAlpha("ThresholdedRelu", 1),
};

/** The functions of a recurrent operator: those that it names for all its directions, or its defaults for each. */
export function activationsOf(g: GraphBuilder, op: string, attributes: Attributes, defaults: readonly string[]): ((x: Value) => Value)[] {
  const given = attributes["activations"];
  const names = given?.kind === "strings" ? given.value : [...defaults, ...defaults];
  const alphas = [...floatsOf(attributes, "activation_alpha", [])];
  const betas = [...floatsOf(attributes, "activation_beta", [])];
  return names.map((name) => {
    const key = name.toLowerCase();
    if (!Object.hasOwn(functions, key)) throw new SignflipError("SF_GRAPH", `${op}: ${name} is no activation that recurrent operators know`);
    const { alpha, beta, write } = functions[key]!;
    const a = alpha === undefined ? 0 : (alphas.shift() ?? alpha);
    const b = beta === undefined ? 0 : (betas.shift() ?? beta);
    return (x) => write(g, x, a, b);
  });
}
