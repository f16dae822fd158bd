import { SignflipError } from "../../util/errors.ts";
import { intsOf } from "../attributes.ts";
import { type Dim, int, ints } from "../ir.ts";
import { tapsOf } from "./convolution.ts";
import { reshapeLike } from "./like.ts";
import { defineOp } from "./rule.ts";
import { padSpatial, sizeAt, windowCounts, windowOf } from "./window.ts";

const numbers = (dims: readonly Dim[] | undefined) => (dims?.every((dim) => typeof dim === "number") ? dims : undefined);

/** y = an image of the sums of the columns of x, each of which is a block of it.  dx = the blocks of dy, as columns. */
export const Col2Im = defineOp({
  operands: ["x", "image", "block"],
  infer: ({ types: [x], ints: [, image, block] }) => {
    const [sizes, channels] = [numbers(block), x.shape?.[1]];
    if (!x.shape || !image || !sizes || typeof channels !== "number") return [{ element: x.element, shape: undefined }];
    return [{ element: x.element, shape: [x.shape[0]!, channels / sizes.reduce((a, b) => a * b, 1), ...image] }];
  },
  vjp: (g, { inputs: [x, image, block], dy, attributes }) => {
    const [sizes, kernel] = [numbers(image.ints), numbers(block.ints)];
    if (!sizes || !kernel) throw new SignflipError("SF_GRADIENT", "no gradient through Col2Im: the shapes of its image and blocks are not fixed in the graph");
    const pads = intsOf(attributes, "pads") ?? [];
    const window = windowOf("Col2Im", { ...attributes, pads: ints(pads) }, kernel);
    const counts = windowCounts(window, sizes) as number[];
    const padded = padSpatial(g, dy, window.before, window.after);
    const axes = kernel.map((_, i) => i + 2);
    const columns = g.concat([sizeAt(g, dy, 0), sizeAt(g, dy, 1), g.ints([1, counts.reduce((a, b) => a * b, 1)])], 0);
    const blocks = tapsOf(kernel).map((tap) => {
      const starts = tap.map((k, i) => k * window.dilations[i]!);
      const ends = starts.map((start, i) => start + (counts[i]! - 1) * window.strides[i]! + 1);
      return g.op("Reshape", [g.slice(padded, starts, ends, axes, window.strides), columns], { allowzero: int(1) })[0];
    });
    return [reshapeLike(g, g.concat(blocks, 2), x)];
  },
});
