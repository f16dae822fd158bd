import { sizeOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";

/** One number for all of an input, or one for each of its channels. */
export type PerChannel = number | readonly number[];

/** The values an input may take in its raw units, for example pixels in [0, 1]. */
export interface Box {
  readonly low: PerChannel;
  readonly high: PerChannel;
}

/** The box that perturbed points have to stay in, if any. @throws SF_OPTION (usage) if there is to be one and the dataset's values have no bounds */
export function boundsOf({ name, domain }: { readonly name: string; readonly domain: Box | undefined }, wanted: boolean): Box | undefined {
  if (!wanted) return undefined;
  if (!domain) throw new SignflipError("SF_OPTION", `the values of ${name} have no bounds to keep perturbed points within; turn the box off`, { usage: true });
  return domain;
}

/** The shape of one input, and which of its axes numbers the channels (the first, unless told otherwise). */
export interface InputShape {
  readonly inputShape: readonly number[];
  readonly channelAxis?: number | undefined;
}

/**
 * The values of channels as a tensor that broadcasts over a batch: `[1, C, 1, 1]` for inputs `[C, height, width]`.
 * @throws SF_OPTION (usage) where there are not as many as channels; `what` is what errors call them
 */
export function channelShape(values: readonly number[], { inputShape, channelAxis = 0 }: InputShape, what: string): number[] {
  const channels = inputShape[channelAxis];
  if (channels !== values.length) {
    const shape = `inputs [${inputShape.join(", ")}]`;
    const expected =
      channels === undefined
        ? `one number (axis ${channelAxis} is not one of the ${shape})`
        : `${channels} numbers (axis ${channelAxis} of the ${shape}), or one`;
    throw new SignflipError("SF_OPTION", `${what}: expected ${expected}; got ${values.length}`, { usage: true });
  }
  return [1, ...inputShape.map((_, axis) => (axis === channelAxis ? values.length : 1))];
}

/** Bounds for every number of a flat input, `[d]`, or one for all. */
export interface FlatBox {
  readonly low: number | Float64Array;
  readonly high: number | Float64Array;
}

/** A box on inputs of a shape, as bounds on the flat numbers. @throws SF_OPTION (usage) if it is empty, not finite, or has bounds for other channels. */
export function flatBox(box: Box, of: InputShape, what: string): FlatBox {
  const [low, high] = [flat(box.low, of, `${what}: low`), flat(box.high, of, `${what}: high`)];
  const length = Math.max(...[low, high].map((side) => (typeof side === "number" ? 1 : side.length)));
  for (let i = 0; i < length; i++) {
    const [from, to] = [at(low, i), at(high, i)];
    if (!(Number.isFinite(from) && Number.isFinite(to) && from < to))
      throw new SignflipError("SF_OPTION", `${what} must have low < high, both finite; got [${from}, ${to}]${length > 1 ? ` at input ${i}` : ""}`, {
        usage: true,
      });
  }
  return { low, high };
}

/** The bound at one number of a flat input. */
export const at = (bound: number | Float64Array, i: number): number => (typeof bound === "number" ? bound : bound[i]!);

function flat(value: PerChannel, of: InputShape, what: string): number | Float64Array {
  if (typeof value === "number") return value;
  channelShape(value, of, what);
  const { inputShape, channelAxis = 0 } = of;
  const inner = sizeOf(inputShape.slice(channelAxis + 1));
  return Float64Array.from({ length: sizeOf(inputShape) }, (_, i) => value[Math.floor(i / inner) % value.length]!);
}
