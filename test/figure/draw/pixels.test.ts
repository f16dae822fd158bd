import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { imageLayout, imagePixels, pngOf, signedPixels } from "../../../src/figure/draw/pixels.ts";

const counting = (n: number) => Float32Array.from({ length: n }, (_, i) => i / (n - 1));

describe("an input as an image", () => {
  it.each<[string, number[], number | undefined, [number, number, number] | undefined]>([
    ["channels first", [3, 5, 6], undefined, [5, 6, 3]],
    ["channels last", [5, 6, 3], undefined, [5, 6, 3]],
    ["one channel", [1, 28, 28], undefined, [28, 28, 1]],
    ["no channels", [8, 9], undefined, [8, 9, 1]],
    ["a vector", [784], undefined, undefined],
    ["a sequence of features", [11, 14, 7], undefined, undefined],
    ["axes of size 1 around it", [1, 28, 28, 1], undefined, [28, 28, 1]],
    ["a channel axis that is given", [4, 4, 4], 2, [4, 4, 4]],
  ])("%s", (_, inputShape, channelAxis, expected) => {
    const found = imageLayout({ inputShape, channelAxis });
    expect(found && [found.height, found.width, found.channels]).toEqual(expected);
  });

  it("has the same pixels with channels first and last", () => {
    const first = counting(4 * 5 * 3);
    const last = Float32Array.from({ length: 60 }, (_, i) => first[(i % 3) * 20 + Math.floor(i / 3)]!);
    const range = { low: 0, high: 1 };
    expect(imagePixels(last, { inputShape: [4, 5, 3] }, range)).toEqual(imagePixels(first, { inputShape: [3, 4, 5] }, range));
  });

  it("is what a reader of PNG files finds in the file", () => {
    const pixels = imagePixels(counting(20), { inputShape: [1, 4, 5] }, { low: 0, high: 1 })!;
    const file = decode(pngOf(pixels));
    expect([file.width, file.height, file.channels]).toEqual([5, 4, 3]);
    expect([...file.data]).toEqual([...pixels.pixels]);
    expect(pixels.pixels[0]).toBe(0);
    expect(pixels.pixels.at(-1)).toBe(255);
  });

  it("shows a change as red above 0, blue below it, and white at 0", () => {
    const { pixels } = signedPixels([1, -1, 0, ...Array.from({ length: 13 }, () => 0)], { inputShape: [4, 4] })!;
    expect([...pixels.subarray(0, 9)]).toEqual([178, 24, 43, 33, 102, 172, 255, 255, 255]);
  });
});
