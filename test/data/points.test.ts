import { expect, it } from "vitest";
import { type Points, checkPoints } from "../../src/data/points.ts";

const model = { name: "net", inputShape: [2], classes: 3 };
const x = Float32Array.of(1, 2, 3, 4);

it.each<[string, unknown]>([
  ["expected samples, { x, y }, got null", null],
  ["expected samples, { x, y }, got nothing", undefined],
  ["the samples' x must be a Float32Array, got nothing", { y: [0, 1] }],
  ["the samples' x must be a Float32Array, got null", { x: null, y: [0, 1] }],
  ["the samples' x must be a Float32Array, got a Float64Array", { x: Float64Array.from(x), y: [0, 1] }],
  ["the samples' x must be a Float32Array, got a Uint8Array", { x: Uint8Array.from(x), y: [0, 1] }],
  ["the samples' x must be a Float32Array, got a plain array", { x: [...x], y: [0, 1] }],
  ["the samples' y must be an array with a class for each, got nothing", { x }],
  ["the samples' y must be an array with a class for each, got null", { x, y: null }],
  ["the samples' y must be an array with a class for each, got a string", { x, y: "01" }],
])("refuses what is not samples: %s", (message, points) => {
  expect(() => checkPoints("attack", model, points as Points)).toThrow(
    expect.objectContaining({ code: "SF_FEED", message: `attack: ${message}`, usage: true }),
  );
});

it("takes labels in any array of numbers", () => {
  for (const y of [[0, 2], Uint8Array.of(0, 2), Float32Array.of(0, 2)]) expect(() => checkPoints("attack", model, { x, y })).not.toThrow();
});

it("names the first label that is no class", () => {
  expect(() => checkPoints("attack", model, { x, y: [0, 3] })).toThrow("attack: labels must be class indices from 0 to 2; sample 1 has 3");
});
