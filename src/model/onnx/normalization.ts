import { floatOf, intOf } from "../../graph/attributes.ts";
import type { Node, Value } from "../../graph/ir.ts";
import { isFloat, numbersOf } from "../../tensor/tensor.ts";
import type { ChosenInput } from "./input.ts";
import type { OneSample } from "./specialize.ts";

/** x becomes (x − mean)/std: one number for all, or one for each channel. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** x·slope + shift, one number for all or one for each channel. */
interface Affine {
  readonly slope: readonly number[];
  readonly shift: readonly number[];
}

/** What the first operators of a graph make of its input, as far as that is a mean and a standard deviation. */
export function normalizationOf({ x, nodes }: OneSample, input: ChosenInput): Normalization | undefined {
  const readers = (value: Value) => nodes.filter(({ inputs }) => inputs.includes(value));
  let found: Affine = { slope: [1], shift: [0] };
  let at = x;
  for (let [node, second] = readers(at); node && !second; [node, second] = readers(at)) {
    const next = stepOf(node, at, input);
    if (!next) break;
    found = joined(found, next);
    at = node.outputs[0]!;
  }
  const isNothing = found.slope.every((one) => one === 1) && found.shift.every((one) => one === 0);
  if (isNothing || found.slope.includes(0)) return undefined;
  const n = Math.max(found.slope.length, found.shift.length);
  const each = (f: (slope: number, shift: number) => number) => Array.from({ length: n }, (_, i) => f(of(found.slope, i), of(found.shift, i)));
  return { mean: each((slope, shift) => 0 - shift / slope), std: each((slope) => 1 / slope) };
}

const of = (values: readonly number[], i: number) => values[i % values.length]!;

/** An affine map after another one. */
function joined(a: Affine, b: Affine): Affine {
  const n = Math.max(a.slope.length, a.shift.length, b.slope.length, b.shift.length);
  const each = (f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i));
  return { slope: each((i) => of(a.slope, i) * of(b.slope, i)), shift: each((i) => of(a.shift, i) * of(b.slope, i) + of(b.shift, i)) };
}

/** What a node makes of a value; undefined for other operators, and for numbers that differ within a channel. */
function stepOf({ op, inputs, attributes }: Node, x: Value, input: ChosenInput): Affine | undefined {
  const [a, b] = inputs;
  const number = (value: Value | undefined) => perChannel(value, x, input);
  const c = number(a === x ? b : a);
  const back = a !== x;
  switch (op) {
    case "Identity":
    case "Dropout":
      return { slope: [1], shift: [0] };
    case "Cast":
      return { slope: [1], shift: [0] };
    case "Add":
      return c && { slope: [1], shift: c };
    case "Mul":
      return c && { slope: c, shift: [0] };
    case "Sub":
      return c && (back ? { slope: [-1], shift: c } : { slope: [1], shift: c.map((one) => -one) });
    case "Div":
      return c && !back ? { slope: c.map((one) => 1 / one), shift: [0] } : undefined;
    case "BatchNormalization": {
      const [scale, bias, mean, variance] = inputs.slice(1).map((value) => value?.constant && [...numbersOf(value.constant)]);
      if (!scale || !bias || !mean || !variance || intOf(attributes, "training_mode", 0) === 1) return undefined;
      const slope = scale.map((one, i) => one / Math.sqrt(variance[i]! + floatOf(attributes, "epsilon", 1e-5)));
      return { slope, shift: bias.map((one, i) => one - mean[i]! * slope[i]!) };
    }
    default:
      return undefined;
  }
}

/** The numbers of a constant, if they are one for all or one for each channel of the value that they meet. */
function perChannel(value: Value | undefined, x: Value, { channelAxis, inputShape }: ChosenInput): number[] | undefined {
  const { constant } = value ?? {};
  if (!constant || !isFloat(constant.element)) return undefined;
  const numbers = [...numbersOf(constant)];
  if (numbers.length === 1) return numbers;
  if (channelAxis === undefined || numbers.length !== inputShape[channelAxis]) return undefined;
  const fromEnd = inputShape.length - channelAxis;
  return constant.shape.at(-fromEnd) === numbers.length && x.type.shape?.at(-fromEnd) === numbers.length ? numbers : undefined;
}
