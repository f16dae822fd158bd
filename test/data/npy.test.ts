import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseNpy, writeNpy } from "../../src/data/npy.ts";
import { errorOf } from "./files.ts";

/** An .npy file by hand: a header as NumPy writes it, then the bytes. */
function npy(descr: string, shape: string, data: Uint8Array, { fortran = false, version = 1 } = {}): Uint8Array {
  const text = `{'descr': ${descr}, 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${shape}, }\n`;
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return new Uint8Array([0x93, ...new TextEncoder().encode("NUMPY"), version, 0, ...length, ...new TextEncoder().encode(text), ...data]);
}

/** Bytes of numbers of one type in the order of bytes given. */
function bytesOf(values: readonly (number | bigint)[], size: number, set: (view: DataView, at: number, value: any) => void): Uint8Array {
  const out = new Uint8Array(values.length * size);
  values.forEach((value, i) => set(new DataView(out.buffer), i * size, value));
  return out;
}

describe("reading .npy files", () => {
  it.each<[string, Uint8Array, number[]]>([
    ["|b1", new Uint8Array([0, 1, 1]), [0, 1, 1]],
    ["|u1", new Uint8Array([0, 128, 255]), [0, 128, 255]],
    ["|i1", new Uint8Array([0, 128, 255]), [0, -128, -1]],
    ["<u2", bytesOf([1, 65_535], 2, (v, at, x) => v.setUint16(at, x, true)), [1, 65_535]],
    [">i2", bytesOf([-2, 300], 2, (v, at, x) => v.setInt16(at, x)), [-2, 300]],
    ["<u4", bytesOf([4_294_967_295], 4, (v, at, x) => v.setUint32(at, x, true)), [4_294_967_295]],
    ["<i4", bytesOf([-7, 7], 4, (v, at, x) => v.setInt32(at, x, true)), [-7, 7]],
    ["<i8", bytesOf([-7n, 2n ** 53n - 1n], 8, (v, at, x) => v.setBigInt64(at, x, true)), [-7, 2 ** 53 - 1]],
    [">u8", bytesOf([9n], 8, (v, at, x) => v.setBigUint64(at, x)), [9]],
    ["<f2", bytesOf([0x3c00, 0xc000, 0x0001, 0x7c00], 2, (v, at, x) => v.setUint16(at, x, true)), [1, -2, 2 ** -24, Infinity]],
    ["<f4", bytesOf([0.5, -3], 4, (v, at, x) => v.setFloat32(at, x, true)), [0.5, -3]],
    [">f8", bytesOf([0.1, 1e300], 8, (v, at, x) => v.setFloat64(at, x)), [0.1, 1e300]],
  ])("numbers of the type %s", (type, data, expected) => {
    for (const version of [1, 2]) {
      const { shape, data: found } = parseNpy(npy(`'${type}'`, `(${expected.length},)`, data, { version }), "x.npy");
      expect(shape).toEqual([expected.length]);
      expect([...found]).toEqual(expected);
    }
  });

  it("text of fixed length", () => {
    const wide = bytesOf([0x63, 0x1f63a, 0, 0x64, 0, 0], 4, (v, at, x) => v.setUint32(at, x, true));
    expect(parseNpy(npy("'<U3'", "(2,)", wide), "y.npy").data).toEqual(["c😺", "d"]);
    expect(parseNpy(npy("'|S2'", "(2,)", new Uint8Array([97, 98, 99, 0])), "y.npy").data).toEqual(["ab", "c"]);
  });

  it("column-major arrays come out row-major", () => {
    // a[i, j, k] = 100 i + 10 j + k, of shape [2, 3, 2], with i running fastest.
    const values = [0, 1].flatMap((k) => [0, 1, 2].flatMap((j) => [0, 1].map((i) => 100 * i + 10 * j + k)));
    const { data } = parseNpy(npy("'|u1'", "(2, 3, 2)", new Uint8Array(values), { fortran: true }), "x.npy");
    expect([...data]).toEqual([0, 1].flatMap((i) => [0, 1, 2].flatMap((j) => [0, 1].map((k) => 100 * i + 10 * j + k))));
  });

  test.each<[string, Uint8Array, string]>([
    ["no .npy file", new TextEncoder().encode("hello"), "begins with"],
    ["nothing", new Uint8Array(), "begins with"],
    ["version 9", new Uint8Array([...writeNpy(new Uint8Array(1), [1])].with(6, 9)), "version 1, 2 or 3"],
    ["a cut header", writeNpy(new Uint8Array(1), [1]).slice(0, 40), "complete header"],
    ["cut data", writeNpy(new Float32Array(3), [3]).slice(0, -1), "12 bytes of data"],
    ["a huge shape", npy("'<f4'", "(4611686018427387904, 4)", new Uint8Array(4)), "bytes of data"],
    ["pickled objects", npy("'|O'", "(1,)", new Uint8Array(9)), "Python objects"],
    ["a structured array", npy("[('a', '<f4')]", "(1,)", new Uint8Array(4)), "structured"],
    ["complex numbers", npy("'<c8'", "(1,)", new Uint8Array(8)), "<c8"],
    [
      "an integer over 2^53",
      npy(
        "'<i8'",
        "(1,)",
        bytesOf([2n ** 60n], 8, (v, at, x) => v.setBigInt64(at, x, true)),
      ),
      "2^53",
    ],
  ])("%s is an error in one line", (_, bytes, part) => {
    const error = errorOf(() => parseNpy(bytes, "x.npy"));
    expect(error?.code).toBe("SF_DATA");
    expect(error?.message).toContain("x.npy: ");
    expect(error?.message).toContain(part);
  });
});

describe("writing .npy files", () => {
  it("what is written is read again, and the data begin at a multiple of 64 bytes", () => {
    const arrays = fc.oneof(
      fc.array(fc.float({ noNaN: true })).map((values) => Float32Array.from(values)),
      fc.uint8Array(),
      fc.int32Array(),
      fc.float64Array(),
    );
    fc.assert(
      fc.property(arrays, (values) => {
        const bytes = writeNpy(values, [values.length, 1]);
        expect((bytes.length - values.byteLength) % 64).toBe(0);
        const back = parseNpy(bytes, "x.npy");
        expect(back.shape).toEqual([values.length, 1]);
        expect(back.data).toEqual(values);
      }),
    );
  });

  it("a shape of another size is an error", () => {
    expect(errorOf(() => writeNpy(new Uint8Array(3), [2, 2]))?.message).toContain("[2, 2]");
  });
});
