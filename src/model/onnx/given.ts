import { castTensor } from "../../graph/convert.ts";
import { type Dim, type Model, type TensorType, type Value, holds } from "../../graph/ir.ts";
import { type Tensor, arrayTypes, isFloat, sizeOf, tensorOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import { inputsOf } from "./input.ts";
import type { Given, LoadOptions } from "./options.ts";

/** The inputs that are given: as the graph of one sample has them, and as the file takes them. @throws SF_OPTION (usage) where they do not fit or are missing */
export function givenTensors(file: Model, model: Model, input: Value, logits: Value, { given = {} }: LoadOptions, name: string) {
  const ours = new Map<Value, Tensor>();
  const theirs: Record<string, Tensor> = {};
  const missing: string[] = [];
  const needed = new Set(inputsOf(model.graph, logits));
  for (const value of model.graph.inputs) {
    if (value === input) continue;
    const said = given[value.name];
    const { element } = file.graph.inputs.find(({ name: own }) => own === value.name)!.type;
    if (said === undefined) {
      if (needed.has(value)) missing.push(value.name);
      continue;
    }
    const tensor = tensorFor(said, value, element, name);
    const rank = value.type.shape?.length ?? tensor.shape.length;
    const [rows] = value.type.shape ?? [];
    const own = tensor.shape.length === rank - 1 ? [1, ...tensor.shape] : tensor.shape;
    // What is given for one sample is the same for each of a fixed number of them.
    const whole = own[0] === 1 && typeof rows === "number" && rows > 1 ? repeated({ ...tensor, shape: own }, rows) : { ...tensor, shape: own };
    const { shape } = whole;
    if (
      tensor.element !== element ||
      shape.length !== rank ||
      shape.some((dim, axis) => typeof value.type.shape?.[axis] === "number" && value.type.shape[axis] !== dim)
    )
      throw new SignflipError(
        "SF_OPTION",
        `${name}: the input ${value.name} is ${element} [${value.type.shape?.join(", ")}]; given was ${tensor.element} [${tensor.shape.join(", ")}]`,
        { usage: true },
      );
    theirs[value.name] = whole;
    ours.set(value, castTensor(whole, holds(value.type.element) ? value.type.element : tensor.element));
  }
  if (missing.length > 0)
    throw new SignflipError(
      "SF_OPTION",
      `${name} needs ${missing.join(", ")} beside the attacked input ${input.name}: give ${missing.length === 1 ? "its value" : "their values"}`,
      { usage: true },
    );
  return { ours, theirs };
}

/** What is given as a tensor of an input's own type. */
function tensorFor(given: Given, { name: input, type }: Value, element: TensorType["element"], name: string): Tensor {
  if (typeof given === "object" && "element" in given) return given;
  const fail = (why: string) => new SignflipError("SF_OPTION", `${name}: ${why}`, { usage: true });
  if (!holds(element)) throw fail(`the input ${input} is ${element}, and is given as a tensor`);
  const numbers = typeof given === "number" ? spread(given, type.shape) : given;
  if (!numbers) throw fail(`the input ${input} is [${type.shape?.join(", ") ?? "…"}], which leaves its size open: give an array in place of one number`);
  const values = Array.from(numbers.data);
  const wrong = isFloat(element) ? undefined : values.find((one) => !Number.isSafeInteger(Number(one)));
  if (wrong !== undefined) throw fail(`the input ${input} is ${element}; given was ${wrong}`);
  return castTensor(tensorOf("float64", numbers.shape, values), element);
}

/** One number for every element, where the shape says how many there are; a batch that it leaves open is of one sample. */
function spread(value: number, shape: readonly Dim[] | undefined) {
  const sizes = shape?.map((dim, axis) => (axis === 0 && typeof dim === "string" ? 1 : dim));
  if (!sizes?.every((dim) => typeof dim === "number")) return undefined;
  return { shape: sizes, data: Array<number>(sizeOf(sizes)).fill(value) };
}

function repeated({ element, shape, data }: Tensor, times: number): Tensor {
  const repeats = new arrayTypes[element](data.length * times) as Float32Array;
  for (let i = 0; i < times; i++) repeats.set(data as Float32Array, i * data.length);
  return { element, shape: [times, ...shape.slice(1)], data: repeats };
}
