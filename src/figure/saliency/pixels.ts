import type { InputShape } from "../../data/box.ts";
import type { Picture } from "../../data/image.ts";
import { channelSums, diverging, imagePixels, signedPixels } from "../draw/pixels.ts";

/** How attributions are drawn. */
export interface SaliencyDrawing {
  /** The size of an attribution, summed over the channels of a pixel, that has the full color. Default: what 99 % of the pixels do not exceed. */
  readonly scale?: number | undefined;
  /** The input that was explained, `[d]`: it is drawn in gray below the colors. */
  readonly over?: ArrayLike<number> | undefined;
  /** The values of the input that are black and white. Default: its smallest and largest. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/**
 * Attributions of one image in diverging colors: red for what speaks for the class, blue for what speaks against it.
 * @param attributions `[d]`
 * @returns undefined where the inputs are no images
 */
export function saliencyPixels(attributions: ArrayLike<number>, shape: InputShape, { scale, over, low, high }: SaliencyDrawing = {}): Picture | undefined {
  const sums = channelSums(attributions, shape);
  if (!sums) return undefined;
  const full = scale ?? fullColor(sums);
  if (!over) return signedPixels(attributions, shape, full);
  const gray = imagePixels(over, shape, { low: low ?? extreme(over, Math.min), high: high ?? extreme(over, Math.max) })!;
  const pixels = new Uint8Array(gray.pixels.length);
  sums.forEach((sum, i) => {
    const share = Math.min(1, Math.abs(sum / full || 0));
    const luminance = 0.299 * gray.pixels[3 * i]! + 0.587 * gray.pixels[3 * i + 1]! + 0.114 * gray.pixels[3 * i + 2]!;
    // Pale, so that colors stand out on dark inputs as well.
    const ground = 150 + luminance * 0.4;
    const color = diverging(Math.sign(sum));
    for (let k = 0; k < 3; k++) pixels[3 * i + k] = Math.round(ground + (color[k]! - ground) * share);
  });
  return { ...gray, pixels };
}

/** The size that 99 % of the pixels do not exceed; the largest where that is 0. */
function fullColor(sums: Float64Array): number {
  const sizes = sums.map(Math.abs).sort();
  return sizes[Math.floor(0.99 * (sizes.length - 1))]! || sizes.at(-1)!;
}

/** A picture of an input, its smallest value black and its largest white unless told otherwise; undefined where inputs are no images. */
export const inputPixels = (x: ArrayLike<number>, shape: InputShape, { low, high }: Pick<SaliencyDrawing, "low" | "high"> = {}): Picture | undefined =>
  imagePixels(x, shape, { low: low ?? extreme(x, Math.min), high: high ?? extreme(x, Math.max) });

const extreme = (values: ArrayLike<number>, of: (a: number, b: number) => number): number => Array.from(values).reduce(of);

/** The same for a page's canvas: `context.putImageData(imageDataOf(pixels), 0, 0)`. */
export function imageDataOf({ width, height, pixels }: Picture): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    image.data.set(pixels.subarray(3 * i, 3 * i + 3), 4 * i);
    image.data[4 * i + 3] = 255;
  }
  return image;
}
