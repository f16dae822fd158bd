import { expect, test } from "vitest";
import { normalizeRows } from "../../src/data/normalize.ts";
import { errorOf } from "./files.ts";

test("scales every row to norm 1, in place", () => {
  const x = Float32Array.of(3, 4, 0, -2, 1e-20, 0);
  expect(normalizeRows(x, 2, String)).toBe(x);
  expect(x).toEqual(Float32Array.of(0.6, 0.8, 0, -1, 1, 0));
});

test("names a row that is all zero", () => {
  const error = errorOf(() => normalizeRows(Float32Array.of(1, 0, 0, 0), 2, (row) => `image ${row}`));
  expect(error).toMatchObject({ code: "SF_DATA", message: "image 1 is all zero and cannot be scaled to norm 1" });
});
