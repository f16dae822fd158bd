import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mnistFromIdx, type IdxFiles, type MnistOptions } from "../../src/data/mnist.ts";
import { errorOf, imageFile, labelFile } from "./files.ts";

const labels = [5, 0, 1, 1, 0];
const files: IdxFiles = {
  trainImages: imageFile(5, 4, 4),
  trainLabels: labelFile(labels),
  testImages: imageFile(2, 4, 4),
  testLabels: labelFile([0, 1]),
};

const code = (changes: Partial<IdxFiles>, options?: MnistOptions) => errorOf(() => mnistFromIdx({ ...files, ...changes }, options));

test("keeps the two digits in file order, the first is class 0 and the second class 1", () => {
  const { train, test: held } = mnistFromIdx(files);
  expect(train).toMatchObject({
    name: "mnist 0-vs-1, 4×4",
    n: 4,
    d: 16,
    inputShape: [1, 4, 4],
    classes: 2,
    domain: { low: 0, high: 1 },
    y: Uint8Array.of(0, 1, 1, 0),
  });
  expect(held).toMatchObject({ n: 2, d: 16, y: Uint8Array.of(0, 1) });
  expect(train.x).toEqual(Float32Array.from(files.trainImages.subarray(16 + 16), (p) => p / 255));
  expect(mnistFromIdx(files, { digits: [1, 0] }).train.y).toEqual(train.y.map((y) => 1 - y));
});

test("resizes and normalises", () => {
  const { train } = mnistFromIdx(files, { size: 2, normalize: true, name: "letters" });
  expect(train).toMatchObject({ name: "letters 0-vs-1, 2×2, normalized", n: 4, d: 4 });
  for (let i = 0; i < train.n; i++) expect(Math.hypot(...train.x.subarray(4 * i, 4 * i + 4))).toBeCloseTo(1, 6);
});

test("the fingerprint tells numbers apart, not names", () => {
  const print = (options: MnistOptions, changes: Partial<IdxFiles> = {}) => mnistFromIdx({ ...files, ...changes }, options).train.fingerprint;
  const all = [
    print({}),
    print({ size: 3 }),
    print({ normalize: true }),
    print({ digits: [1, 0] }),
    print(
      {},
      {
        trainImages: imageFile(
          5,
          4,
          4,
          Array.from({ length: 80 }, () => 7),
        ),
      },
    ),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(all[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(print({ name: "other" })).toBe(all[0]);
});

describe("errors", () => {
  test.each([[[3, 3]], [[0, 10]], [[-1, 2]], [[0.5, 1]], [[Number.NaN, 1]], [[0]], [[0, 1, 2]]])("digits %j", (digits) => {
    const error = code({}, { digits: digits as unknown as [number, number] });
    expect(error).toMatchObject({
      code: "SF_DIGITS",
      usage: true,
      message: `digits must be two different whole numbers from 0 to 9; got ${digits.join(", ")}`,
    });
  });

  test("sizes out of range", () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ max: 1 }), fc.integer({ min: 5 }), fc.double({ noInteger: true })), (size) => {
        expect(code({}, { size })).toMatchObject({ code: "SF_SIZE", usage: true });
      }),
    );
    expect(code({}, { size: 40 })?.message).toBe("size must be a whole number from 2 to 4 (the images are 4×4); got 40");
    expect(code({}, { size: 40, name: "letters" })?.message).toBe("size must be a whole number from 2 to 4 (letters images are 4×4); got 40");
  });

  test.each<[string, Partial<IdxFiles>, MnistOptions, string]>([
    [
      "label count",
      { trainLabels: labelFile([0, 1]) },
      {},
      "train-labels-idx1-ubyte: expected a label for each of the 5 images of train-images-idx3-ubyte; got 2",
    ],
    ["absent digit", {}, { digits: [0, 7] }, "train-labels-idx1-ubyte: expected images of digit 7; got none"],
    ["absent in the test half", { testLabels: labelFile([0, 0]) }, {}, "t10k-labels-idx1-ubyte: expected images of digit 1; got none"],
    ["other size", { testImages: imageFile(2, 3, 3) }, {}, "t10k-images-idx3-ubyte: expected images of the size of train-images-idx3-ubyte (d 16); got d 9"],
    [
      "all zero",
      {
        trainImages: imageFile(
          5,
          4,
          4,
          Array.from({ length: 80 }, (_, i) => (i < 64 ? 1 : 0)),
        ),
      },
      { normalize: true },
      "train-images-idx3-ubyte: image 4 at 4×4 is all zero and cannot be scaled to norm 1",
    ],
    ["corrupt", { testLabels: new Uint8Array(3) }, {}, "t10k-labels-idx1-ubyte: expected an IDX label file, which begins with 8 bytes of header; got 3 bytes"],
  ])("files that do not fit: %s", (_, changes, options, message) => {
    expect(code(changes, options)).toMatchObject({ code: "SF_DATA", usage: false, message });
  });
});
