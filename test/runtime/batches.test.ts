import fc from "fast-check";
import { expect, test } from "vitest";
import { batches, fastestRows, rowsPerRun } from "../../src/runtime/batches.ts";

test("batches go through all rows once and in order, all but the last of one size, and share the data", () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 4 }), (n, size, columns) => {
      const data = Float32Array.from({ length: n * columns }, (_, i) => i);
      const all = [...batches(n, size)];
      const seen: number[] = [];
      all.forEach(({ from, to, count, rows }, i) => {
        expect([from, to - from]).toEqual([i * size, count]);
        expect(count).toBe(i < all.length - 1 ? size : n - i * size);
        const tensor = rows(data, columns);
        expect(tensor.shape).toEqual([count, columns]);
        expect(tensor.data.buffer).toBe(data.buffer);
        seen.push(...tensor.data);
      });
      expect(seen).toEqual([...data]);
    }),
  );
});

test("as many rows go into a run as fit, one at least", () => {
  expect(rowsPerRun(1000, 5000, 2 ** 20)).toBe(1048);
  expect(rowsPerRun(1000, 50, 2 ** 20)).toBe(50);
  expect(rowsPerRun(2 ** 30, 50)).toBe(1);
  expect(rowsPerRun(1, 0)).toBe(1);
});

test("as many rows run together as are fast and fit into memory", () => {
  expect(fastestRows(1000, 2 ** 28)).toBe(512); // small samples
  expect(fastestRows(200_000, 2 ** 28)).toBe(83); // 64 MiB of activations
  expect(fastestRows(800_000, 2 ** 28)).toBe(64); // more than that, for the sake of 64 rows
  expect(fastestRows(2_000_000, 2 ** 28)).toBe(33); // the memory
  expect(fastestRows(2 ** 28, 2 ** 28)).toBe(1);
});
