import { encode } from "fast-png";
import { sizeOf } from "../../tensor/tensor.ts";
import type { InputShape } from "../../data/box.ts";
import type { Picture } from "../../data/image.ts";
import { SignflipError } from "../../util/errors.ts";

/** How an input is laid out as an image. */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** The place of a channel of a pixel in the flat input. */
  readonly at: (row: number, column: number, channel: number) => number;
}

const isSide = (dim: number) => dim >= 4;
const isChannels = (dim: number) => [1, 3, 4].includes(dim);

/**
 * The image that an input is: `[h, w]`, or `[c, h, w]` and `[h, w, c]` with 1, 3 or 4 channels, whatever axes of size 1 stand around them; a flat vector only where it
 * says its side. Undefined for vectors and sequences, which are drawn as bars.
 */
export function imageLayout({ inputShape, channelAxis }: InputShape): Layout | undefined {
  const kept = inputShape.flatMap((dim, axis) => (dim === 1 && axis !== channelAxis ? [] : [{ dim, axis }]));
  const [first, second, third] = kept;
  if (kept.length === 2 && isSide(first!.dim) && isSide(second!.dim)) return layout(first!.dim, second!.dim, 1, (r, c) => r * second!.dim + c);
  if (kept.length !== 3) return undefined;
  const isLast = channelAxis === undefined ? !isChannels(first!.dim) || (first!.dim === 4 && isChannels(third!.dim)) : third!.axis === channelAxis;
  const [h, w, c] = isLast ? [first!.dim, second!.dim, third!.dim] : [second!.dim, third!.dim, first!.dim];
  if (!isChannels(c) || !isSide(h) || !isSide(w)) return undefined;
  return layout(h, w, c, isLast ? (row, column, k) => (row * w + column) * c + k : (row, column, k) => (k * h + row) * w + column);
}

const layout = (height: number, width: number, channels: number, at: Layout["at"]): Layout => ({ height, width, channels, at });

/** An input as it looks, its values from `low` to `high`. @param x `[d]` */
export function imagePixels(x: ArrayLike<number>, shape: InputShape, { low, high }: { readonly low: number; readonly high: number }): Picture | undefined {
  const found = imageLayout(shape);
  if (!found) return undefined;
  const { channels, at } = found;
  const shade = (value: number) => Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low || 1))));
  return paint(found, (row, column) => [0, 1, 2].map((k) => shade(x[at(row, column, channels < 3 ? 0 : k)]!)) as [number, number, number]);
}

/**
 * Signed values in diverging colors: white at 0, red above, blue below; the largest size has the full color. Channels are summed.
 * @param values `[d]`, in the shape of an input
 * @param scale the size with the full color; the largest one if left out
 */
export function signedPixels(values: ArrayLike<number>, shape: InputShape, scale?: number): Picture | undefined {
  const found = imageLayout(shape);
  if (!found) return undefined;
  const sums = channelSums(values, shape)!;
  const largest = sums.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  return paint(found, (row, column) => diverging(sums[row * found.width + column]! / (scale ?? largest) || 0));
}

/** Values summed over the channels of each pixel, row by row; undefined where inputs are no images. */
export function channelSums(values: ArrayLike<number>, shape: InputShape): Float64Array | undefined {
  const found = imageLayout(shape);
  if (!found) return undefined;
  const { width, height, channels, at } = found;
  const sums = new Float64Array(width * height);
  for (let i = 0; i < sums.length; i++) for (let k = 0; k < channels; k++) sums[i]! += values[at(Math.floor(i / width), i % width, k)]!;
  return sums;
}

const ends = { above: [178, 24, 43], below: [33, 102, 172] } as const;

/** A number from −1 to 1 as a color between blue, white and red. */
export function diverging(value: number): [number, number, number] {
  const share = Math.min(1, Math.abs(value));
  return (value > 0 ? ends.above : ends.below).map((end) => Math.round(255 + (end - 255) * share)) as [number, number, number];
}

function paint({ width, height }: Layout, color: (row: number, column: number) => readonly [number, number, number]): Picture {
  const pixels = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) pixels.set(color(row, column), 3 * (row * width + column));
  return { width, height, channels: 3, pixels };
}

/** The picture as a PNG file. @throws SF_OPTION (usage) if it has another number of values than its size says */
export function pngOf({ width, height, channels, pixels }: Picture): Uint8Array {
  if (pixels.length !== width * height * channels)
    throw new SignflipError("SF_OPTION", `a picture of ${width}×${height} with ${channels} channels cannot have ${pixels.length} values`, { usage: true });
  return encode({ width, height, data: pixels, channels, depth: 8 });
}

/** The picture for a page's `src`. */
export function dataUri(picture: Picture): string {
  return `data:image/png;base64,${btoa(Array.from(pngOf(picture), (byte) => String.fromCharCode(byte)).join(""))}`;
}

/** Numbers of an image's pixels: what `imageLayout` understands. */
export const isImage = (shape: InputShape): boolean => imageLayout(shape) !== undefined && sizeOf(shape.inputShape) > 0;
