import { expect, test } from "vitest";
import { imageLayout } from "../../src/figure/draw/pixels.ts";
import { saliencyPixels } from "../../src/figure/saliency/pixels.ts";
import { saliencySheet } from "../../src/figure/saliency/sheet.ts";
import type { Saliency } from "../../src/measure/saliency/saliency.ts";

const shape = { inputShape: [2, 5, 6].with(0, 3), channelAxis: 0 };
const d = 90;
const found = (attributions: Float32Array): Saliency => ({ method: "gradient", of: "logit", attributions, samples: [{ class: 1, value: 2.5 }] });

test("what speaks for a class is red, what speaks against it blue, and nothing white; channels are summed", () => {
  const values = new Float32Array(d);
  const { at } = imageLayout(shape)!;
  for (let k = 0; k < 3; k++) values[at(1, 2, k)] = 1;
  values[at(3, 4, 0)] = -3;
  values[at(0, 0, 0)] = 1;
  values[at(0, 0, 1)] = -1;
  const { pixels: rgb, width } = saliencyPixels(values, shape, { scale: 3 })!;
  const pixel = (row: number, column: number) => Array.from(rgb.subarray(3 * (row * width + column), 3 * (row * width + column) + 3));
  expect(pixel(1, 2)).toEqual([178, 24, 43]);
  expect(pixel(3, 4)).toEqual([33, 102, 172]);
  expect(pixel(0, 0)).toEqual([255, 255, 255]);
  const over = saliencyPixels(values, shape, { scale: 3, over: new Float32Array(d), low: 0, high: 1 })!.pixels;
  expect(Array.from(over.subarray(0, 3))).toEqual([150, 150, 150]);
  expect(Array.from(over.subarray(3 * (width + 2), 3 * (width + 2) + 3))).toEqual([178, 24, 43]);
});

test("attributions of 0 everywhere are drawn, and a vector is no image", () => {
  expect(saliencyPixels(new Float32Array(d), shape)!.pixels.every((value) => value === 255)).toBe(true);
  expect(saliencyPixels(new Float32Array(5), { inputShape: [5] })).toBeUndefined();
});

test("a sheet of a vector has its largest attributions as bars, the rest as a sum, and names as they are", () => {
  const attributions = Float32Array.from({ length: 20 }, (_, j) => (j % 2 ? -1 : 1) * (j + 1));
  const svg = saliencySheet(found(attributions), {
    inputShape: [20],
    x: new Float32Array(20),
    featureNames: Array.from({ length: 20 }, (_, j) => `<f${j}>\u0000`),
  });
  expect(svg.match(/<rect x=/g)).toHaveLength(12);
  expect(svg).toContain("&#60;f19&#62;");
  expect(svg).not.toContain("\u0000");
  // 1 − 2 + 3 − 4 + … − 8
  expect(svg).toContain("8 others");
  expect(svg).toContain(">−4.00<");
  expect(svg).toContain("logit of class 1: 2.50");
});
