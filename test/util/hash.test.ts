import fc from "fast-check";
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { canonicalJson, sha256Hex } from "../../src/util/hash.ts";

test("SHA-256 agrees with Node's, whatever the parts", () => {
  expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // FIPS 180-4
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: "grapheme" }))), (parts) => {
      const hash = createHash("sha256");
      for (const part of parts) hash.update(part);
      expect(sha256Hex(...parts)).toBe(hash.digest("hex"));
    }),
  );
});

test("canonical JSON is JSON, and does not depend on the order of keys", () => {
  expect(canonicalJson({ b: [1, null, "ü\n"], a: { d: true, c: -0 } })).toBe('{"a":{"c":0,"d":true},"b":[1,null,"ü\\n"]}');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
});

test.each([[Number.NaN], [Infinity], [undefined], [() => 1], [1n], [Symbol("s")], [new Date(0)], [new Float32Array(1)], [new Map()]])(
  "canonical JSON refuses %s and says where it is",
  (value) => {
    expect(() => canonicalJson({ a: [0, value] })).toThrow(/^internal: canonicalJson: value\.a\[1\] is /);
  },
);

test("canonical JSON refuses holes and undefined members", () => {
  expect(() => canonicalJson(Object.assign([], { length: 1 }))).toThrow(/value\[0\] is undefined/);
  expect(() => canonicalJson({ a: undefined })).toThrow(/value\.a is undefined/);
});
