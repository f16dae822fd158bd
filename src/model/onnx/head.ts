import { type Value, reads } from "../../graph/ir.ts";
import { isFloat, numbersOf } from "../../tensor/tensor.ts";

/** What stands between the logits and an output of a file. */
export type Activation = "softmax" | "log-softmax" | "sigmoid" | "hard-sigmoid" | "none";

/** The end of a graph, taken apart. */
export interface Head {
  /** The value that is taken as logits, or, where nothing is known to follow them, as scores. */
  readonly logits: Value;
  readonly activation: Activation;
  /** The activation is written out in simpler operators. */
  readonly isByHand: boolean;
  /** The operators cut off, the last of the file first. */
  readonly cut: readonly string[];
  /** What the file decides itself: the number of the largest or the smallest score. */
  readonly label: "argmax" | "argmin" | undefined;
  /** One probability p that the file gives as the two 1 − p and p. */
  readonly isPair: boolean;
}

/** Operators that leave the elements and their order as they are. */
const plain = new Set(["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"]);
/** Whether a value may hold real numbers. */
const isReal = ({ type: { element } }: Value) => element === "unknown" || isFloat(element);

/** Operators that only choose among scores, or name them. */
const choosing = new Set(["ArgMax", "ArgMin", "TopK", "ai.onnx.ml::ZipMap"]);

/** Looks back from an output for what a classifier ends in. @returns undefined for a label that comes from no scores */
export function headOf(output: Value): Head | undefined {
  const cut: string[] = [];
  let label: Head["label"];
  let value = output;
  // From a label back to the scores.
  for (let node = value.producer; node; node = value.producer) {
    const isLabel = !isReal(value) || choosing.has(node.op);
    const goesOn =
      choosing.has(node.op) || (isLabel && (plain.has(node.op) || node.op === "Cast")) || (leadsToChoice(value) && (plain.has(node.op) || node.op === "Cast"));
    if (!goesOn) break;
    if (node.op === "ArgMax" || node.op === "ArgMin") label = node.op === "ArgMax" ? "argmax" : "argmin";
    if (node.op === "TopK" && node.outputs[1] === value) label = "argmax";
    cut.push(node.op);
    value = node.inputs[0]!;
  }
  if (!isReal(value)) return undefined;
  const scores = value;
  const passed: string[] = [];
  for (let node = value.producer; node && (plain.has(node.op) || isFloatCast(value)); node = value.producer) {
    passed.push(node.op);
    value = node.inputs[0]!;
  }
  const found = activationOf(value);
  if (!found) return { logits: scores, activation: "none", isByHand: false, cut, label, isPair: false };
  return { isPair: false, ...found, cut: [...cut, ...passed, ...found.ops], label };
}

function isFloatCast({ producer }: Value): boolean {
  return producer?.op === "Cast" && isReal(producer.inputs[0]!) && isReal(producer.outputs[0]!);
}

/** Whether only changes of shape and type stand between a value and the choice of a label. */
function leadsToChoice(value: Value): boolean {
  let { producer } = value;
  while (producer && (plain.has(producer.op) || producer.op === "Cast")) producer = producer.inputs[0]?.producer;
  return producer?.op === "ArgMax" || producer?.op === "ArgMin";
}

interface Found {
  readonly logits: Value;
  readonly activation: Activation;
  readonly isByHand: boolean;
  readonly ops: readonly string[];
  readonly isPair?: boolean;
}

function activationOf(value: Value): Found | undefined {
  const node = value.producer;
  if (!node) return undefined;
  const [a, b] = node.inputs;
  const whole = (activation: Activation): Found => ({ logits: a!, activation, isByHand: false, ops: [node.op] });
  const byHand = (logits: Value, activation: Activation): Found => ({ logits, activation, isByHand: true, ops: opsBetween(value, logits) });
  switch (node.op) {
    case "Softmax":
      return whole("softmax");
    case "LogSoftmax":
      return whole("log-softmax");
    case "Sigmoid":
      return whole("sigmoid");
    case "HardSigmoid":
      return whole("hard-sigmoid");
    case "Log": {
      const inner = activationOf(beforePlain(a!));
      return inner?.activation === "softmax" ? { ...inner, activation: "log-softmax", ops: ["Log", ...inner.ops], isByHand: true } : undefined;
    }
    case "Div": {
      const z = exponentOf(a!);
      if (z && sumsOf(beforePlain(b!), a!)) return byHand(unshifted(z), "softmax");
      const turned = isOne(a) ? oneAndExponential(b!) : undefined;
      return turned && byHand(turned, "sigmoid");
    }
    case "Reciprocal": {
      const turned = oneAndExponential(a!);
      return turned && byHand(turned, "sigmoid");
    }
    case "Mul": {
      const [of, over] = b?.producer?.op === "Reciprocal" ? [a!, b] : [b!, a!];
      const z = exponentOf(of);
      return z && over.producer?.op === "Reciprocal" && sumsOf(beforePlain(over.producer.inputs[0]!), of) ? byHand(unshifted(z), "softmax") : undefined;
    }
    case "Exp": {
      const inner = activationOf(beforePlain(a!));
      return inner?.activation === "log-softmax" ? { ...inner, activation: "softmax", ops: ["Exp", ...inner.ops], isByHand: true } : undefined;
    }
    case "Sub":
      return isLogSumOf(beforePlain(b!), a!) ? byHand(unshifted(a!), "log-softmax") : undefined;
    case "Concat": {
      const p = beforePlain(b!);
      const rest = beforePlain(a!).producer;
      if (node.inputs.length !== 2 || rest?.op !== "Sub" || !isOne(rest.inputs[0]) || beforePlain(rest.inputs[1]!) !== p) return undefined;
      const inner = activationOf(p);
      return inner?.activation === "sigmoid" ? { ...inner, isByHand: true, isPair: true, ops: ["Concat", ...inner.ops] } : undefined;
    }
    default:
      return undefined;
  }
}

function beforePlain(value: Value): Value {
  let at = value;
  while (at.producer && (plain.has(at.producer.op) || at.producer.op === "Expand")) at = at.producer.inputs[0]!;
  return at;
}

const exponentOf = (value: Value): Value | undefined => (value.producer?.op === "Exp" ? value.producer.inputs[0] : undefined);

/** Whether a value is the sum of another one's elements. */
const sumsOf = ({ producer }: Value, of: Value) => producer?.op === "ReduceSum" && producer.inputs[0] === of;

/** Whether a value is log Σ e^z, or that of z moved by its maximum, for a z or what z was before. */
function isLogSumOf({ producer }: Value, z: Value): boolean {
  if (producer?.op === "ReduceLogSumExp") return producer.inputs[0] === z;
  if (producer?.op !== "Log") return false;
  const sum = beforePlain(producer.inputs[0]!).producer;
  return sum?.op === "ReduceSum" && exponentOf(sum.inputs[0]!) === z;
}

/** z, where a value is z less its maximum: the same for the softmax. */
function unshifted(value: Value): Value {
  const { producer } = value;
  if (producer?.op !== "Sub") return value;
  const [z, most] = producer.inputs;
  const reduced = beforePlain(most!).producer;
  return reduced?.op === "ReduceMax" && reduced.inputs[0] === z ? z! : value;
}

/** z, where a value is 1 + e^{−z}. */
function oneAndExponential({ producer }: Value): Value | undefined {
  if (producer?.op !== "Add") return undefined;
  const [a, b] = producer.inputs;
  const exponent = exponentOf(isOne(a) ? b! : a!);
  return (isOne(a) || isOne(b)) && exponent?.producer?.op === "Neg" ? exponent.producer.inputs[0] : undefined;
}

const isOne = (value: Value | undefined) => value?.constant !== undefined && value.constant.data.length === 1 && numbersOf(value.constant)[0] === 1;

/** The operators that lead from one value to another one, the last first, each once. */
function opsBetween(from: Value, to: Value): string[] {
  const ops: string[] = [];
  const seen = new Set<Value>([to]);
  const visit = (value: Value): void => {
    if (seen.has(value) || !value.producer) return;
    seen.add(value);
    if (!dependsOn(value, to)) return;
    ops.push(value.producer.op);
    for (const read of reads(value.producer)) visit(read);
  };
  visit(from);
  return [...new Set(ops)];
}

export function dependsOn(value: Value, on: Value): boolean {
  const seen = new Set<Value>();
  const stack = [value];
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (at === on) return true;
    if (seen.has(at) || !at.producer) continue;
    seen.add(at);
    stack.push(...reads(at.producer));
  }
  return false;
}
