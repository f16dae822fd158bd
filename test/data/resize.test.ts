import fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { resizer } from "../../src/data/resize.ts";

interface Golden {
  readonly cases: readonly { rows: number; columns: number; pixels: string; resized: Record<string, number[]> }[];
}

const golden = JSON.parse(readFileSync(new URL("fixtures/resize.json", import.meta.url), "utf8")) as Golden;

function resize(pixels: Uint8Array, rows: number, columns: number, size: number): Float32Array {
  const out = new Float32Array(size * size);
  resizer(rows, columns, size)(pixels, out);
  return out;
}

/** The image with each row reversed. */
function mirror<A extends Uint8Array | Float32Array>(image: A, columns: number): A {
  return image.map((_, i) => image[i - (i % columns) + columns - 1 - (i % columns)]!) as A;
}

const shapes = fc.record({ rows: fc.integer({ min: 1, max: 12 }), columns: fc.integer({ min: 1, max: 12 }), size: fc.integer({ min: 1, max: 16 }) });
const images = shapes.chain((shape) => {
  const area = shape.rows * shape.columns;
  return fc.record({ shape: fc.constant(shape), pixels: fc.uint8Array({ minLength: area, maxLength: area }) });
});

test.each(golden.cases.flatMap((image, i) => Object.keys(image.resized).map((size) => [i, Number(size)] as const)))(
  "image %i at size %i is PyTorch's",
  (i, size) => {
    const { rows, columns, pixels, resized } = golden.cases[i]!;
    const expected = resized[size]!;
    const ours = resize(new Uint8Array(Buffer.from(pixels, "base64")), rows, columns, size);
    expect(ours.length).toBe(expected.length);
    const worst = Math.max(...expected.map((value, j) => Math.abs(value - ours[j]!)));
    expect(worst).toBeLessThan(1e-6);
  },
);

test("the image's own size is the division by 255 only", () => {
  const pixels = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(resize(pixels, 16, 16, 16)).toEqual(Float32Array.from(pixels, (p) => p / 255));
});

test("a constant image stays constant", () => {
  fc.assert(
    fc.property(shapes, fc.nat(255), ({ rows, columns, size }, grey) => {
      const out = resize(new Uint8Array(rows * columns).fill(grey), rows, columns, size);
      expect(out).toEqual(new Float32Array(size * size).fill(grey / 255));
    }),
  );
});

test("values stay within the image's range", () => {
  fc.assert(
    fc.property(images, ({ shape: { rows, columns, size }, pixels }) => {
      const out = resize(pixels, rows, columns, size);
      expect(Math.min(...out)).toBeGreaterThanOrEqual(Math.fround(Math.min(...pixels) / 255));
      expect(Math.max(...out)).toBeLessThanOrEqual(Math.fround(Math.max(...pixels) / 255));
    }),
  );
});

test("the mirror image resizes to the mirror image", () => {
  fc.assert(
    fc.property(images, ({ shape: { rows, columns, size }, pixels }) => {
      const there = resize(mirror(pixels, columns), rows, columns, size);
      const back = mirror(resize(pixels, rows, columns, size), size);
      there.forEach((value, i) => expect(value).toBeCloseTo(back[i]!, 6));
    }),
  );
});
