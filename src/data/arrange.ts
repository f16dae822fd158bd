import { sizeOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";

/** What samples are called, and the shape they have. */
export interface Source {
  readonly name: string;
  readonly shape: readonly number[];
  /** The axis that indexes the channels, where that is known. */
  readonly channelAxis?: number | undefined;
}

/** The shape that samples are to have. */
export interface Target {
  readonly inputShape: readonly number[];
  readonly channelAxis: number | undefined;
}

/**
 * The axis that indexes the channels of images of this shape, if one can tell: of three axes the first if it is 1, 3 or 4 long, else the
 * last if that is so; of any others, none.
 */
export function channelAxisOf(shape: readonly number[]): 0 | 2 | undefined {
  if (shape.length !== 3) return undefined;
  const isCount = (dim: number) => dim === 1 || dim === 3 || dim === 4;
  return isCount(shape[0]!) ? 0 : isCount(shape[2]!) ? 2 : undefined;
}

/**
 * The values of samples in the order of a target shape: the same values where the two shapes say the same (axes of length 1 aside, and
 * flat where one of them is flat); with the channels moved to the front or to the end where only that tells the shapes apart. Flat
 * inputs take images channel by channel.
 * @throws SF_DATA where the samples have another shape
 */
export function arrange<T extends Uint8Array | Float32Array>(values: T, { name, shape, channelAxis }: Source, target: Target): T {
  const { inputShape } = target;
  const axis = channelAxis ?? channelAxisOf(shape);
  if (sizeOf(shape) === sizeOf(inputShape)) {
    const channels = axis === undefined ? 1 : shape[axis]!;
    const area = sizeOf(shape) / channels;
    if (channels > 1 && shape.length === 3) {
      if (inputShape.length === 1) return channelAxis === 2 ? toFront(values, area, channels) : values;
      // Where the file does not say, and the shapes agree as they are, they mean the same.
      const [rows, columns] = axis === 0 ? [shape[1]!, shape[2]!] : [shape[0]!, shape[1]!];
      const isSettled = channelAxis !== undefined;
      if (same(shape, inputShape) && !(isSettled && target.channelAxis !== undefined && target.channelAxis !== axis)) return values;
      if (axis === 2 && target.channelAxis !== 2 && same([channels, rows, columns], inputShape)) return toFront(values, area, channels);
      if (axis === 0 && target.channelAxis !== 0 && same([rows, columns, channels], inputShape)) return toEnd(values, area, channels);
    }
    if (shape.length === 1 || inputShape.length === 1 || same(withoutOnes(shape), withoutOnes(inputShape))) return values;
  }
  const expected = `[${inputShape.join(", ")}]`;
  throw new SignflipError("SF_DATA", `${name}: expected samples of shape ${expected}, which the model takes; got [${shape.join(", ")}]`);
}

const same = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((dim, i) => dim === b[i]);
const withoutOnes = (shape: readonly number[]) => shape.filter((dim) => dim !== 1);

/** `[…, area, channels]` to `[…, channels, area]`. */
function toFront<T extends Uint8Array | Float32Array>(values: T, area: number, channels: number): T {
  return moved(values, area, channels);
}

/** `[…, channels, area]` to `[…, area, channels]`: the transpose of the transpose. */
function toEnd<T extends Uint8Array | Float32Array>(values: T, area: number, channels: number): T {
  return moved(values, channels, area);
}

/** Every matrix `[rows, columns]` transposed. */
function moved<T extends Uint8Array | Float32Array>(values: T, rows: number, columns: number): T {
  const out = values.slice() as T;
  for (let start = 0; start < values.length; start += rows * columns) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) out[start + j * rows + i] = values[start + i * columns + j]!;
    }
  }
  return out;
}
