import type { Points } from "../../data/points.ts";
import { type ClassifierShape, dimensionOf } from "../../model/classifier.ts";
import { type Random, random } from "../../util/random.ts";
import { trainingError } from "../check.ts";

/** Changes of training images, drawn anew for every image and epoch. */
export interface Augmentation {
  /** Mirrors half of the images left to right. Default false. */
  readonly flip?: boolean;
  /** Moves images by up to this many pixels each way; what comes in from outside is 0. Default 0. */
  readonly shift?: number;
}

export interface Batch {
  /** `[rows, d]` */
  readonly x: Float32Array;
  readonly y: number[];
}

/** The minibatches of an epoch in an order of its own; the last one may be smaller. */
export function* batchesOf(
  { x, y }: Points,
  shape: ClassifierShape,
  { batch, seed, epoch, augment }: { readonly batch: number; readonly seed: number; readonly epoch: number; readonly augment: Augmentation | undefined },
): Generator<Batch> {
  const d = dimensionOf(shape);
  const order = random(seed, "training", "order", String(epoch)).permutation(y.length);
  const change = augment && (augment.flip || augment.shift) ? augmenter(shape, augment, random(seed, "training", "augment", String(epoch))) : undefined;
  for (let from = 0; from < order.length; from += batch) {
    const chosen = order.subarray(from, from + batch);
    const rows = new Float32Array(chosen.length * d);
    chosen.forEach((sample, row) => {
      const image = x.subarray(sample * d, (sample + 1) * d);
      if (change) change(image, rows.subarray(row * d, (row + 1) * d));
      else rows.set(image, row * d);
    });
    yield { x: rows, y: Array.from(chosen, (sample) => y[sample]!) };
  }
}

/** @throws SF_OPTION (usage) where inputs are no images, or are smaller than a shift */
export function checkAugmentation({ name, inputShape }: ClassifierShape, { flip = false, shift = 0 }: Augmentation): void {
  if (typeof flip !== "boolean") throw trainingError(`flip must be true or false; got ${String(flip)}`);
  if (!Number.isSafeInteger(shift) || shift < 0) throw trainingError(`shift must be a whole number of pixels from 0; got ${String(shift)}`);
  if (!flip && shift === 0) return;
  if (inputShape.length !== 3) throw trainingError(`images can be flipped and shifted; ${name} takes inputs [${inputShape.join(", ")}]`);
  if (shift >= Math.min(...imageOf({ inputShape }).slice(1)))
    throw trainingError(`a shift must be smaller than the images; got ${shift} pixels for [${inputShape.join(", ")}]`);
}

/** Channels, height and width. */
function imageOf({ inputShape, channelAxis = 0 }: Pick<ClassifierShape, "inputShape" | "channelAxis">): [number, number, number] {
  const [height, width] = inputShape.filter((_, axis) => axis !== channelAxis);
  return [inputShape[channelAxis]!, height!, width!];
}

function augmenter(shape: ClassifierShape, { flip = false, shift = 0 }: Augmentation, stream: Random): (image: Float32Array, out: Float32Array) => void {
  const [channels, height, width] = imageOf(shape);
  const isLast = (shape.channelAxis ?? 0) === 2;
  const [ofChannel, ofRow, ofColumn] = isLast ? [1, width * channels, channels] : [height * width, width, 1];
  return (image, out) => {
    const mirrored = flip && stream.sign() < 0;
    const [down, right] = shift > 0 ? [stream.integer(2 * shift + 1) - shift, stream.integer(2 * shift + 1) - shift] : [0, 0];
    for (let row = Math.max(0, down); row < Math.min(height, height + down); row++)
      for (let column = Math.max(0, right); column < Math.min(width, width + right); column++) {
        const from = mirrored ? width - 1 - (column - right) : column - right;
        for (let channel = 0; channel < channels; channel++)
          out[channel * ofChannel + row * ofRow + column * ofColumn] = image[channel * ofChannel + (row - down) * ofRow + from * ofColumn]!;
      }
  };
}
