import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { Dataset, type DatasetParts } from "../../src/data/dataset.ts";
import { boundsOf } from "../../src/data/box.ts";
import { signsOf } from "../../src/data/points.ts";
import { errorOf } from "./files.ts";

const parts: DatasetParts = { name: "six numbers", x: Float32Array.of(0, 0.5, 1, 0, 0.25, 1), y: Uint8Array.of(0, 2, 1), inputShape: [1, 2], classes: 3 };

test("knows its size and shape", () => {
  expect(new Dataset(parts)).toMatchObject({ n: 3, d: 2, inputShape: [1, 2], classes: 3 });
  expect(new Dataset(parts).domain).toBeUndefined();
  expect(new Dataset({ ...parts, domain: { low: 0, high: 1 } }).domain).toEqual({ low: 0, high: 1 });
});

test("its fingerprint is the SHA-256 of its numbers and what they mean, and of nothing else", () => {
  const { fingerprint } = new Dataset(parts);
  const hash = createHash("sha256").update('{"classes":3,"domain":null,"inputShape":[1,2],"n":3}');
  expect(fingerprint).toBe(
    hash
      .update(new Uint8Array(parts.x.buffer))
      .update(new Uint8Array(Int32Array.of(0, 2, 1).buffer))
      .digest("hex"),
  );
  const print = (change: Partial<DatasetParts>) => new Dataset({ ...parts, ...change }).fingerprint;
  expect(print({ name: "other" })).toBe(fingerprint);
  expect(print({ y: Int32Array.of(0, 2, 1) })).toBe(fingerprint);
  const others = [
    print({ x: parts.x.with(3, 0.125) }),
    print({ y: Uint8Array.of(0, 1, 2) }),
    print({ inputShape: [2] }),
    print({ classes: 4 }),
    print({ domain: { low: 0, high: 1 } }),
    print({ x: parts.x.subarray(0, 4), y: Uint8Array.of(0, 2) }),
  ];
  expect(new Set([fingerprint, ...others]).size).toBe(1 + others.length);
});

test("a part of a dataset under its name is no dataset, and has no fingerprint", () => {
  const whole = new Dataset(parts);
  // @ts-expect-error: a copy by `...` lacks what makes a dataset
  const part: Dataset = { ...whole, n: 1, x: whole.x.subarray(0, 2), y: whole.y.subarray(0, 1) };
  expect(part.fingerprint).toBeUndefined();
});

test.each<[Partial<DatasetParts>, string]>([
  [{ x: new Float32Array(5) }, "dataset six numbers: expected 3 points of shape [1, 2]; got 5 numbers"],
  [{ y: Uint8Array.of(0, 3, 1) }, "dataset six numbers: labels must be class indices from 0 to 2; sample 1 has 3"],
  [{ y: Int32Array.of(0, 1, -1) }, "dataset six numbers: labels must be class indices from 0 to 2; sample 2 has -1"],
  [
    { y: Int32Array.of(1, -1, 1), classes: 2 },
    "dataset six numbers: labels must be class indices from 0 to 1; sample 1 has -1; write class 0 for −1 and class 1 for +1",
  ],
])("refuses %j", (change, message) => {
  expect(errorOf(() => new Dataset({ ...parts, ...change }))).toMatchObject({ code: "SF_OPTION", usage: true, message });
});

test("class 1 has the sign +1 and class 0 the sign −1", () => {
  expect(signsOf([0, 1, 1, 0])).toEqual(Float32Array.of(-1, 1, 1, -1));
});

test("perturbed points are kept within the bounds of data that has some", () => {
  const [free, bounded] = [new Dataset(parts), new Dataset({ ...parts, domain: { low: 0, high: 1 } })];
  expect([boundsOf(bounded, true), boundsOf(bounded, false), boundsOf(free, false)]).toEqual([bounded.domain, undefined, undefined]);
  expect(errorOf(() => boundsOf(free, true))).toMatchObject({ code: "SF_OPTION", usage: true, message: expect.stringContaining("six numbers have no bounds") });
});
