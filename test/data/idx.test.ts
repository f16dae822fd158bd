import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { gunzipIfNeeded, parseImages, parseLabels } from "../../src/data/idx.ts";
import { errorOf, idx, imageFile, imageFiles, labelFile, rejectionOf } from "./files.ts";

describe("images and labels", () => {
  test("are read back, also from the middle of a buffer", () => {
    fc.assert(
      fc.property(imageFiles, fc.nat(9), ({ file, n, rows, columns, pixels }, offset) => {
        const buffer = new Uint8Array(file.length + offset + 3);
        buffer.set(file, offset);
        expect(parseImages(buffer.subarray(offset, offset + file.length), "f")).toEqual({ n, rows, columns, pixels });
      }),
    );
    expect(parseLabels(labelFile([3, 1, 4]), "f")).toEqual(Uint8Array.of(3, 1, 4));
  });

  test("cut at any byte, or with bytes to spare, are SF_DATA", () => {
    fc.assert(
      fc.property(imageFiles, fc.nat(), fc.integer({ min: 1, max: 20 }), ({ file }, at, more) => {
        const cut = file.subarray(0, at % file.length);
        expect(errorOf(() => parseImages(cut, "images"))).toMatchObject({
          code: "SF_DATA",
          message: expect.stringMatching(/^images: expected .*; got \d+ bytes$/),
        });
        const long = new Uint8Array(file.length + more);
        long.set(file);
        expect(errorOf(() => parseImages(long, "images"))?.code).toBe("SF_DATA");
      }),
    );
    const labels = labelFile([1, 2, 3]);
    for (let at = 0; at < labels.length; at++) expect(errorOf(() => parseLabels(labels.subarray(0, at), "labels"))?.code).toBe("SF_DATA");
  });

  test("any bytes at all are read or are SF_DATA", () => {
    const header = fc.tuple(fc.constantFrom(2051, 2049, 0), fc.array(fc.constantFrom(0, 1, 2, 28, 2 ** 32 - 1), { maxLength: 3 }));
    const anything = fc.oneof(
      fc.uint8Array(),
      fc.tuple(header, fc.uint8Array()).map(([[magic, words], bytes]) => idx([magic, ...words], bytes)),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        for (const parse of [parseImages, parseLabels]) expect([undefined, "SF_DATA"]).toContain(errorOf(() => parse(bytes, "f"))?.code);
      }),
    );
  });

  test.each([
    [
      "labels for images",
      () => parseImages(labelFile([1, 2, 3, 4, 5, 6, 7, 8]), "a/b"),
      "a/b: expected an IDX image file, which begins with the number 2051; got 2049",
    ],
    ["images for labels", () => parseLabels(imageFile(1, 2, 2), "b"), "b: expected an IDX label file, which begins with the number 2049; got 2051"],
    ["nothing", () => parseImages(new Uint8Array(0), "c"), "c: expected an IDX image file, which begins with 16 bytes of header; got 0 bytes"],
    ["no images", () => parseImages(imageFile(0, 28, 28), "d"), "d: expected at least one image; got 0"],
    ["no labels", () => parseLabels(labelFile([]), "e"), "e: expected at least one label; got 0"],
    ["no columns", () => parseImages(imageFile(3, 28, 0), "f"), "f: expected images of at least 1×1; got 28×0"],
    ["short", () => parseImages(idx([2051, 2, 28, 28], [1]), "g"), "g: expected 1,584 bytes (a header and 2 images of 28×28); got 17 bytes"],
  ])("say what is wrong: %s", (_, call, message) => {
    expect(errorOf(call)?.message).toBe(message);
  });
});

describe("gunzipIfNeeded", () => {
  test("unpacks gzip and leaves all else alone", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1 }), async (bytes) => {
        expect(await gunzipIfNeeded(new Uint8Array(gzipSync(bytes)), "f")).toEqual(bytes);
      }),
      { numRuns: 20 },
    );
    const plain = labelFile([1]);
    expect(await gunzipIfNeeded(plain, "f")).toBe(plain);
    expect(await gunzipIfNeeded(new Uint8Array(0), "f")).toEqual(new Uint8Array(0));
  });

  test("a gzip file cut anywhere is SF_DATA", async () => {
    const whole = new Uint8Array(gzipSync(imageFile(3, 28, 28)));
    for (let at = 2; at < whole.length; at += 7) {
      const error = await rejectionOf(gunzipIfNeeded(whole.subarray(0, at), "cut.gz"));
      expect(error).toMatchObject({ code: "SF_DATA", message: expect.stringMatching(/^cut\.gz: expected a complete gzip file/) });
    }
  });

  test("a gzip file with changed bytes never ends in another exception", async () => {
    const whole = new Uint8Array(gzipSync(imageFile(2, 9, 9)));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = whole.slice();
        damaged[at]! ^= change;
        expect([undefined, "SF_DATA"]).toContain((await rejectionOf(gunzipIfNeeded(damaged, "f")))?.code);
      }),
    );
  });
});
