import { sizeOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { arrange, channelAxisOf } from "./arrange.ts";
import type { Box } from "./box.ts";
import { Dataset } from "./dataset.ts";

/** What a reader of a format gives: samples as the file has them, before they are brought into a model's shape and units. */
export interface Samples {
  /** The name of the data in reports and errors. */
  readonly name: string;
  /** `[n, …shape]`, row-major. Bytes are grey or color values from 0 to 255; anything else is taken as it is. */
  readonly values: Uint8Array | Float32Array;
  /** The shape of one sample. */
  readonly shape: readonly number[];
  /** The axis of `shape` that indexes the channels, where that is known. */
  readonly channelAxis?: number | undefined;
  /** Class indices: `[n]`. */
  readonly y: Uint8Array | Int32Array;
  readonly classNames?: readonly string[] | undefined;
  readonly featureNames?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** What data is brought to: a model has all of it. What is left out is the data's own. */
export interface Fit {
  /** The shape of one input: `[d]`, `[channels, height, width]`, `[height, width, channels]`, … */
  readonly inputShape?: readonly number[] | undefined;
  /** The axis of `inputShape` that indexes the channels. Left out: guessed from the shape. */
  readonly channelAxis?: number | undefined;
  readonly classes?: number | undefined;
}

/** What bytes from 0 to 255 become: values in [0, 1], or the same numbers. */
export const scales = ["unit", "bytes"] as const;
export type Scale = (typeof scales)[number];

export interface FitOptions extends Fit {
  /** What bytes from 0 to 255 become. Default "unit": values in [0, 1]. */
  readonly scale?: Scale | undefined;
  /** The values that inputs may take. Default: [0, 1] or [0, 255] where the data are bytes, else unknown. */
  readonly domain?: Box | undefined;
}

/**
 * Brings samples into a model's shape and units.
 * @throws SF_DATA where the samples have another size, a value is not finite, or a label is no class of the model; the first one is named.
 * @throws SF_OPTION (usage) where a scale is asked for and the data are not bytes
 */
export function fitSamples(samples: Samples, options: FitOptions = {}): Dataset {
  const { name, values, shape, y, ids } = samples;
  const { scale, inputShape = defaultShape(samples), channelAxis = channelAxisOf(inputShape) } = options;
  const n = y.length;
  if (n === 0) throw new SignflipError("SF_DATA", `${name}: expected at least one sample; got none`);
  if (values.length !== n * sizeOf(shape)) throw new SignflipError("SF_DATA", `${name}: expected a label for each sample; got ${counts(samples)}`);
  const areBytes = values instanceof Uint8Array;
  if (scale !== undefined && !areBytes)
    throw new SignflipError("SF_OPTION", `${name}: scale is for bytes from 0 to 255; the values of this data are other numbers, taken as they are`, {
      usage: true,
    });
  const classes = classesOf(samples, options.classes);
  const arranged = arrange(values, samples, { inputShape, channelAxis });
  const divisor = scale === "bytes" ? 1 : 255;
  const x = arranged instanceof Uint8Array ? scaled(arranged, divisor) : arranged;
  if (!areBytes) checkFinite(x, samples);
  const { classNames, featureNames } = samples;
  return new Dataset({
    name,
    x,
    y,
    inputShape,
    classes,
    domain: options.domain ?? (areBytes ? { low: 0, high: 255 / divisor } : undefined),
    classNames: classNames && Array.from({ length: classes }, (_, i) => classNames[i] ?? String(i)),
    featureNames: featureNames?.length === sizeOf(inputShape) ? featureNames : undefined,
    ids,
  });
}

/** Some of the samples, in the order asked for. */
export function selectSamples(samples: Samples, indices: ArrayLike<number>): Samples {
  const { values, shape, y, ids } = samples;
  const d = sizeOf(shape);
  const chosen = values instanceof Uint8Array ? new Uint8Array(indices.length * d) : new Float32Array(indices.length * d);
  const list = Array.from(indices);
  list.forEach((from, to) => chosen.set(values.subarray(from * d, (from + 1) * d), to * d));
  return { ...samples, values: chosen, y: Int32Array.from(list, (i) => y[i]!), ids: ids && list.map((i) => ids[i]!) };
}

/** Written as a loop: `Float32Array.from` with a function makes a list of all numbers first, which takes gigabytes. */
function scaled(bytes: Uint8Array, divisor: number): Float32Array {
  const x = new Float32Array(bytes.length);
  for (let i = 0; i < x.length; i++) x[i] = bytes[i]! / divisor;
  return x;
}

/** How errors call a sample: by its name if it has one. */
export const sampleName = ({ ids }: Pick<Samples, "ids">, i: number): string => (ids === undefined ? `sample ${i}` : `sample ${i} (${ids[i]!})`);

/** Images alone have a shape of their own that differs from the file's: channels first, as most models take them. */
function defaultShape({ shape, channelAxis }: Samples): readonly number[] {
  return shape.length === 3 && channelAxis === 2 ? [shape[2]!, shape[0]!, shape[1]!] : shape;
}

function counts({ values, shape, y }: Samples): string {
  const n = values.length / sizeOf(shape);
  return `${y.length} labels for ${Number.isInteger(n) ? `${n} samples` : `${values.length} numbers in samples of [${shape.join(", ")}]`}`;
}

function classesOf(samples: Samples, modelClasses: number | undefined): number {
  const { name, y, classNames = [] } = samples;
  let highest = 0;
  for (const label of y) highest = Math.max(highest, label);
  const wrong = y.findIndex((label) => label < 0 || label >= (modelClasses ?? Infinity));
  const named = (label: number) => (classNames[label] === undefined ? String(label) : `${label} (${classNames[label]})`);
  if (wrong >= 0) {
    const range = modelClasses === undefined ? "from 0" : `from 0 to ${modelClasses - 1}, the classes of the model`;
    throw new SignflipError("SF_DATA", `${name}: expected labels ${range}; ${sampleName(samples, wrong)} has ${named(y[wrong]!)}`);
  }
  if (modelClasses === undefined) return Math.max(2, highest + 1, classNames.length);
  if (classNames.length > modelClasses)
    throw new SignflipError("SF_DATA", `${name}: expected at most the ${modelClasses} classes of the model; the data has ${classNames.length}`);
  return modelClasses;
}

function checkFinite(x: Float32Array, samples: Samples): void {
  const wrong = x.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  const d = x.length / samples.y.length;
  throw new SignflipError("SF_DATA", `${samples.name}: expected finite numbers; ${sampleName(samples, Math.floor(wrong / d))} has ${x[wrong]!}`);
}
