import { sizeOf } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { Dataset } from "./dataset.ts";
import { normalizeRows } from "./normalize.ts";
import { resizer } from "./resize.ts";
import type { Samples } from "./samples.ts";

export interface TwoClassOptions {
  /** Class 0 (−1 in the paper), then class 1 (+1). */
  readonly classes: readonly [number, number];
  /** Images are resized to size × size. */
  readonly size: number;
  /** Scale every image to ‖x‖₂ = 1. */
  readonly normalize: boolean;
}

/**
 * The images of two classes of some samples `[n, channels, height, width]` as classes 0 and 1, in their order, with values in [0, 1].
 * @throws SF_DATA where a class has no images
 */
export function twoClasses(
  { name, values, shape, y, classNames }: Samples & { readonly values: Uint8Array },
  { classes, size, normalize }: TwoClassOptions,
): Dataset {
  const [channels, rows, columns] = shape as [number, number, number];
  const missing = classes.find((one) => !y.includes(one));
  if (missing !== undefined) throw new SignflipError("SF_DATA", `${name}: expected images of class ${missing}; got none`);
  const chosen = Array.from(y.keys()).filter((i) => classes.includes(y[i]!));
  const inputShape = [channels, size, size];
  const [d, area] = [sizeOf(inputShape), rows * columns];
  const x = new Float32Array(chosen.length * d);
  const write = resizer(rows, columns, size);
  chosen.forEach((image, i) => {
    for (let c = 0; c < channels; c++) {
      const from = (image * channels + c) * area;
      const to = i * d + c * size ** 2;
      write(values.subarray(from, from + area), x.subarray(to, to + size ** 2));
    }
  });
  if (normalize) normalizeRows(x, d, (row) => `${name}: image ${chosen[row]!}`);
  return new Dataset({
    name: `${name} ${classes.join("-vs-")}, ${size}×${size}${normalize ? ", normalized" : ""}`,
    x,
    y: Uint8Array.from(chosen, (image) => +(y[image] === classes[1])),
    inputShape,
    classes: 2,
    domain: { low: 0, high: 1 },
    classNames: classNames && classes.map((one) => classNames[one]!),
  });
}
