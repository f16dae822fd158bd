import type { Dim, Element, Graph, Model, TensorType, Value } from "../../graph/ir.ts";
import { reads, showType } from "../../graph/ir.ts";
import { isFloat } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { plural } from "../../util/words.ts";
import type { Layout, LoadOptions } from "./options.ts";

/** The input that is attacked. */
export interface ChosenInput {
  readonly value: Value;
  /** The shape of one input, without the batch. */
  readonly inputShape: readonly number[];
  readonly channelAxis: number | undefined;
  readonly layout: Layout;
  /** The first axis of the file's input: free, of a fixed size, or not there. */
  readonly batch: "free" | number | "none";
  readonly assumptions: readonly string[];
}

const fail = (message: string) => new SignflipError("SF_NETWORK", message, { usage: true });

const optionFail = (message: string) => new SignflipError("SF_OPTION", message, { usage: true });

/**
 * Whether the first axis of an input counts samples where it has a fixed size of more than one; `isTold` if the user says that it does.
 * @param shape of the whole input
 */
export type CountsSamples = (value: Value, shape: readonly number[], isTold: boolean) => Promise<boolean>;

/** Which input is attacked, in which shape. @throws SF_OPTION, SF_NETWORK (usage) that say what has to be told */
export async function chooseInput({ graph }: Model, counts: CountsSamples, options: LoadOptions, name: string): Promise<ChosenInput> {
  const value = chosenInput(graph, options, name);
  const assumptions: string[] = [];
  const others = graph.inputs.filter((input) => input !== value);
  if (others.length > 0)
    assumptions.push(`The input ${value.name} is attacked; ${listed(others.map((other) => other.name))} ${others.length === 1 ? "is" : "are"} given.`);
  const { batch, inputShape } = await shapeOf(value, counts, options, name);
  const { layout, channelAxis, why } = layoutOf(graph, value, inputShape, options.layout);
  if (why !== undefined) assumptions.push(why);
  if (batch === "none") assumptions.push(`The input [${inputShape.join(", ")}] is that of one sample: it has no axis for a batch.`);
  return { value, inputShape, channelAxis, layout, batch, assumptions };
}

const listed = (names: readonly string[]) => (names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);

function chosenInput({ inputs }: Graph, { input, given = {} }: LoadOptions, name: string): Value {
  const all = inputs.map((value) => `${value.name} (${showType(value.type)})`).join(", ") || "none";
  if (inputs.length === 0) throw fail(`${name} has no input that could be attacked: all of it is constant`);
  for (const key of Object.keys(given))
    if (!inputs.some((value) => value.name === key)) throw optionFail(`${name} has no input ${key} that could be given; its inputs are ${all}`);
  if (input !== undefined) {
    const found = inputs.find((value) => value.name === input);
    if (!found) throw optionFail(`${name} has no input ${input}; its inputs are ${all}`);
    if (input in given) throw optionFail(`${name}: the input ${input} cannot be both attacked and given`);
    return found;
  }
  const open = inputs.filter((value) => !(value.name in given));
  if (open.length === 0) throw optionFail(`${name}: every input is given, none is left to attack; its inputs are ${all}`);
  const real = open.filter(({ type }) => isFloat(type.element));
  const [only, second] = real.length > 0 ? real : open;
  if (second) throw optionFail(`${name} has ${plural(inputs.length, "input")}, ${all}: say which one is attacked, and give the others`);
  return only!;
}

async function shapeOf(
  value: Value,
  counts: CountsSamples,
  { inputShape: wish }: LoadOptions,
  name: string,
): Promise<Pick<ChosenInput, "batch" | "inputShape">> {
  const { shape } = value.type;
  if (!shape) {
    if (!wish) throw optionFail(`${name}: the file does not say the shape of its input ${value.name}: give inputShape, the shape of one sample`);
    return { batch: "free", inputShape: wish };
  }
  if (shape.includes(0)) throw fail(`${name}: its input ${value.name} is ${shownShape(shape)}, which holds no numbers: export the model with an open batch`);
  const [first] = shape;
  const mayCount = shape.length >= 2 && wish?.length !== shape.length;
  const own = mayCount ? shape.slice(1) : shape;
  const open = own.flatMap((dim, axis) => (typeof dim === "string" ? [axis] : []));
  if (wish) {
    if (wish.length !== own.length || own.some((dim, axis) => typeof dim === "number" && dim !== wish[axis]))
      throw optionFail(`${name}: its input ${value.name} is ${shownShape(own)} for one sample; got an inputShape of [${wish.join(", ")}]`);
    if (!wish.every((dim) => Number.isSafeInteger(dim) && dim >= 1))
      throw optionFail(`${name}: inputShape must have whole numbers from 1; got [${wish.join(", ")}]`);
  } else if (open.length > 0) {
    throw optionFail(
      `${name}: its input ${value.name} is ${shownShape(own)} for one sample, with ${plural(open.length, "size")} left open (${open.length === 1 ? "axis" : "axes"} ${open.join(", ")}): give inputShape`,
    );
  }
  const inputShape = wish ?? (own as number[]);
  if (!mayCount) return { batch: "none", inputShape };
  if (typeof first === "string") return { batch: "free", inputShape };
  // A size of one is that of a batch, and one of more is if each sample has scores of its own.
  if (first === 1 || (await counts(value, [first!, ...inputShape], wish !== undefined))) return { batch: first!, inputShape };
  return { batch: "none", inputShape: [first!, ...inputShape] };
}

const shownShape = (shape: readonly Dim[]) => `[${shape.map((dim) => (typeof dim === "string" && dim.startsWith("?") ? "?" : dim)).join(", ")}]`;

function layoutOf(
  graph: Graph,
  value: Value,
  shape: readonly number[],
  wish: Layout | undefined,
): Pick<ChosenInput, "layout" | "channelAxis"> & { why?: string } {
  const rank = shape.length;
  if (wish === "flat" || rank < 3) return { layout: "flat", channelAxis: undefined };
  if (wish) return { layout: wish, channelAxis: wish === "nchw" ? 0 : rank - 1 };
  const image = `[${shape.join(", ")}]`;
  const first: Omit<ReturnType<typeof layoutOf>, "why"> = { layout: "nchw", channelAxis: 0 };
  const last: typeof first = { layout: "nhwc", channelAxis: rank - 1 };
  const isFew = (dim: number) => dim === 1 || dim === 3 || dim === 4;
  const turned = graph.nodes.some(
    ({ op, inputs, attributes: { perm } }) => op === "Transpose" && comesFrom(inputs[0], value) && perm?.kind === "ints" && Number(perm.value.at(1)) === rank,
  );
  if (turned) return { ...last, why: `The input ${image} has its channels last, because the model moves that axis to the front.` };
  if (isFew(shape[0]!)) return { ...first, ...(isFew(shape.at(-1)!) ? { why: `The input ${image} has its channels first.` } : {}) };
  if (isFew(shape.at(-1)!)) return { ...last, why: `The input ${image} has its channels last, because that axis is ${shape.at(-1)} long.` };
  return first;
}

/** Whether a value is another one, cast or moved by constants. */
function comesFrom(value: Value | undefined, from: Value): boolean {
  let at = value;
  while (at && at !== from && ["Cast", "Sub", "Div", "Mul", "Add", "Identity"].includes(at.producer?.op ?? ""))
    at = at.producer!.inputs.find((input) => !input?.constant);
  return at === from;
}

/** The type in which an input is attacked: real numbers stay what they are, all else becomes float32. */
export const floatOf = (element: Element): "float64" | "float32" => (element === "float64" ? "float64" : "float32");

/** The type of the input in the graph of one sample. */
export function sampleType({ value, inputShape, batch }: ChosenInput): TensorType & { readonly shape: readonly number[] } {
  return { element: floatOf(value.type.element), shape: batch === "none" ? inputShape : [1, ...inputShape] };
}

/** The inputs that a value needs. */
export function inputsOf(graph: Graph, output: Value): Value[] {
  const seen = new Set<Value>([output]);
  for (const node of graph.nodes.toReversed()) if (node.outputs.some((value) => seen.has(value))) for (const value of reads(node)) seen.add(value);
  return graph.inputs.filter((input) => seen.has(input));
}
