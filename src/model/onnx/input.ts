import type { Dim, Graph, Model, TensorType, Value } from "../../graph/ir.ts";
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

/** Which input is attacked, in which shape. @throws SF_OPTION, SF_NETWORK (usage) that say what has to be told */
export function chooseInput({ graph }: Model, outputs: readonly Value[], options: LoadOptions, name: string): ChosenInput {
  const value = chosenInput(graph, options, name);
  const assumptions: string[] = [];
  const others = graph.inputs.filter((input) => input !== value);
  if (others.length > 0)
    assumptions.push(`The input ${value.name} is attacked; ${listed(others.map((other) => other.name))} ${others.length === 1 ? "is" : "are"} given.`);
  const { batch, inputShape } = shapeOf(value, outputs, options, name);
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

function shapeOf(value: Value, outputs: readonly Value[], { inputShape: wish }: LoadOptions, name: string): Pick<ChosenInput, "batch" | "inputShape"> {
  const { shape } = value.type;
  if (!shape) {
    if (!wish) throw optionFail(`${name}: the file does not say the shape of its input ${value.name}: give inputShape, the shape of one sample`);
    return { batch: "free", inputShape: wish };
  }
  const batch = batchOf(shape, outputs, wish);
  const own = batch === "none" ? shape : shape.slice(1);
  const open = own.flatMap((dim, axis) => (typeof dim === "string" ? [axis] : []));
  if (wish) {
    if (wish.length !== own.length || own.some((dim, axis) => typeof dim === "number" && dim !== wish[axis]))
      throw optionFail(`${name}: its input ${value.name} is ${shownShape(own)} for one sample; got an inputShape of [${wish.join(", ")}]`);
    if (!wish.every((dim) => Number.isSafeInteger(dim) && dim >= 1))
      throw optionFail(`${name}: inputShape must have whole numbers from 1; got [${wish.join(", ")}]`);
    return { batch, inputShape: wish };
  }
  if (open.length > 0)
    throw optionFail(
      `${name}: its input ${value.name} is ${shownShape(own)} for one sample, with ${plural(open.length, "size")} left open (${open.length === 1 ? "axis" : "axes"} ${open.join(", ")}): give inputShape`,
    );
  return { batch, inputShape: own as number[] };
}

const shownShape = (shape: readonly Dim[]) => `[${shape.map((dim) => (typeof dim === "string" && dim.startsWith("?") ? "?" : dim)).join(", ")}]`;

/** The first axis counts samples if its size is open or 1, or if the outputs have as many rows. */
function batchOf(shape: readonly Dim[], outputs: readonly Value[], wish: readonly number[] | undefined): ChosenInput["batch"] {
  const [first] = shape;
  if (wish && wish.length === shape.length) return "none";
  if (shape.length < 2 || first === undefined) return "none";
  if (typeof first === "string") return "free";
  if (first === 1 || (wish && wish.length === shape.length - 1)) return first;
  const known = outputs.map(({ type }) => type.shape).filter((one) => one !== undefined);
  return known.length > 0 && known.every((one) => one.length > 1 && one[0] === first) ? first : "none";
}

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

/** The type of the input in the graph of one sample: real numbers stay what they are, all else is attacked as float32. */
export function sampleType({ value, inputShape, batch }: ChosenInput): TensorType & { readonly shape: readonly number[] } {
  return { element: value.type.element === "float64" ? "float64" : "float32", shape: batch === "none" ? inputShape : [1, ...inputShape] };
}

/** The inputs that a value needs. */
export function inputsOf(graph: Graph, output: Value): Value[] {
  const seen = new Set<Value>([output]);
  for (const node of graph.nodes.toReversed()) if (node.outputs.some((value) => seen.has(value))) for (const value of reads(node)) seen.add(value);
  return graph.inputs.filter((input) => seen.has(input));
}
