import type { Preprocessing } from "../classifier.ts";
import { channelShape } from "../../data/box.ts";
import { FileSession } from "../../runtime/file-session.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { fromFloat16, toFloat16 } from "../../tensor/float16.ts";
import { type ElementType, type Tensor, arrayTypes, isFloat, sizeOf } from "../../tensor/tensor.ts";
import type { ChosenInput } from "./input.ts";
import type { ChosenOutput } from "./output.ts";

/** What the untouched file says of one sample. */
export interface OriginalPrediction {
  /** The elements of its output, as the file gives them: logits, probabilities, or a label. */
  readonly scores: Float64Array;
  /** The class they decide for. */
  readonly class: number;
}

/** The file as it was, run on one sample at a time. */
export interface Original {
  /** @param x `[n, …inputShape]` in the units of the attacks, unless `isPreprocessed`: what is given as mean and std is applied here too */
  predict(x: Float32Array, isPreprocessed?: boolean): Promise<OriginalPrediction[]>;
  dispose(): Promise<void>;
}

export interface OriginalFile {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly input: ChosenInput;
  /** The type of its elements in the file. */
  readonly element: ElementType;
  readonly output: ChosenOutput;
  readonly given: Readonly<Record<string, Tensor>>;
  readonly preprocessing: Preprocessing | undefined;
  readonly position: number | undefined;
  readonly decision: "argmax" | "argmin";
  /** One score decides, by its sign. */
  readonly isSingle: boolean;
}

export async function openOriginal(file: OriginalFile, engine: EngineOptions): Promise<Original> {
  const { input, element, output, preprocessing, given } = file;
  const { inputShape, batch, value } = input;
  const size = sizeOf(inputShape);
  const session = await FileSession.create(file.bytes, file.name, engine);
  const prepared = preprocessing ? preprocessor(preprocessing, input) : (x: number) => x;
  const copies = typeof batch === "number" ? batch : 1;
  const shape = batch === "none" ? inputShape : [copies, ...inputShape];
  return {
    async predict(x, isPreprocessed = false) {
      const results: OriginalPrediction[] = [];
      for (let at = 0; at < x.length; at += size) {
        const one = x.subarray(at, at + size).map((number, i) => (isPreprocessed ? number : prepared(number, i)));
        // A file for a fixed number of samples is given the same one in every place.
        const feed = elementsAs(element, one, copies);
        const out = (await session.run({ ...given, [value.name]: { element: element, shape, data: feed } as Tensor }, [output.value.name]))[output.value.name]!;
        const all = numbers(out);
        const own = copies > 1 ? all.subarray(0, all.length / copies) : all;
        const scores = positioned(own, out.shape, file.position);
        results.push({ scores, class: decide(scores, file) });
      }
      return results;
    },
    dispose: () => session.dispose(),
  };
}

function positioned(scores: Float64Array, shape: readonly number[], position: number | undefined): Float64Array {
  if (position === undefined) return scores;
  const classes = shape.at(-1)!;
  return scores.subarray(position * classes, (position + 1) * classes);
}

function preprocessor({ mean, std }: Preprocessing, input: ChosenInput): (x: number, i: number) => number {
  const of = { inputShape: input.inputShape, channelAxis: input.channelAxis };
  const inner = sizeOf(input.inputShape.slice((input.channelAxis ?? 0) + 1));
  for (const values of [mean, std]) if (typeof values !== "number") channelShape(values, of, "preprocessing");
  const at = (values: Preprocessing["mean"], i: number) => (typeof values === "number" ? values : values[Math.floor(i / inner) % values.length]!);
  return (x, i) => Math.fround(Math.fround(x - Math.fround(at(mean, i))) / Math.fround(at(std, i)));
}

function elementsAs(element: ElementType, one: Float32Array, copies: number): Tensor["data"] {
  const data = new arrayTypes[element](one.length * copies);
  for (let copy = 0; copy < copies; copy++)
    for (const [i, x] of one.entries()) {
      const to = copy * one.length + i;
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[to] = BigInt(Math.round(x));
      else data[to] = element === "float16" ? toFloat16(x) : isFloat(element) ? x : Math.round(x);
    }
  return data;
}

function numbers({ element, data }: Tensor): Float64Array {
  return Float64Array.from(data as ArrayLike<number | bigint>, (value) => (element === "float16" ? fromFloat16(Number(value)) : Number(value)));
}

/** The class that an output decides for. */
function decide(scores: Float64Array, { output: { value, head }, decision, isSingle }: OriginalFile): number {
  if (head.label !== undefined && !isFloat(value.type.element)) return scores[0]!;
  if (isSingle && scores.length === 1) {
    const isProbability = head.activation === "sigmoid" || head.activation === "hard-sigmoid";
    return +(scores[0]! > (isProbability ? 0.5 : 0));
  }
  const best = decision === "argmin" ? Math.min(...scores) : Math.max(...scores);
  return scores.indexOf(best);
}
