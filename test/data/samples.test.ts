import { describe, expect, it } from "vitest";
import { arrange } from "../../src/data/arrange.ts";
import { chooseSamples } from "../../src/data/choose.ts";
import { withChannels } from "../../src/data/image.ts";
import { parseClassNames, readLabels } from "../../src/data/labels.ts";
import { findPair } from "../../src/data/part.ts";
import { resizeImage } from "../../src/data/resize-image.ts";
import { type Samples, fitSamples } from "../../src/data/samples.ts";
import { errorOf } from "./files.ts";

/** Two pictures of 2 rows and 1 column in 3 channels: value = 100·sample + 10·row + channel. */
const hwc = Float32Array.from([0, 1].flatMap((n) => [0, 1].flatMap((row) => [0, 1, 2].map((c) => 100 * n + 10 * row + c))));
const chw = Float32Array.from([0, 1].flatMap((n) => [0, 1, 2].flatMap((c) => [0, 1].map((row) => 100 * n + 10 * row + c))));

const bytes: Samples = { name: "d", values: Uint8Array.from({ length: 4 }, (_, i) => 51 * i), shape: [2], y: Int32Array.of(0, 1) };

describe("the layout of samples", () => {
  it.each<[string, readonly number[], number | undefined, readonly number[], Float32Array]>([
    ["channels last to first", [2, 1, 3], 2, [3, 2, 1], chw],
    ["channels last to first, guessed", [2, 1, 3], undefined, [3, 2, 1], chw],
    ["channels last to flat: channel by channel", [2, 1, 3], 2, [6], chw],
    ["as it is", [2, 1, 3], 2, [2, 1, 3], hwc],
    ["flat to anything: as it is", [6], undefined, [3, 2, 1], hwc],
    ["axes of length 1 aside", [2, 1, 3], undefined, [2, 3], hwc],
  ])("%s", (_, shape, channelAxis, inputShape, expected) => {
    expect(arrange(hwc, { name: "d", shape, channelAxis }, { inputShape, channelAxis: undefined })).toEqual(expected);
  });

  it("channels first to last", () => {
    expect(arrange(chw, { name: "d", shape: [3, 2, 1], channelAxis: 0 }, { inputShape: [2, 1, 3], channelAxis: 2 })).toEqual(hwc);
  });

  it("another size, or the same size in another shape, is an error", () => {
    const target = (inputShape: number[]) => ({ inputShape, channelAxis: undefined });
    expect(errorOf(() => arrange(hwc, { name: "d", shape: [6] }, target([7])))?.message).toContain("[7]");
    expect(errorOf(() => arrange(hwc, { name: "d", shape: [2, 3] }, target([3, 2])))?.code).toBe("SF_DATA");
  });
});

describe("units and classes", () => {
  it.each([0, 1, 2, 3])("a number that is not finite is refused with its sample, wherever it is (at %i)", (at) => {
    const values = new Float32Array(4);
    values[at] = Number.NaN;
    const wrong = { name: "d", values, shape: [2], y: Int32Array.of(0, 1) };
    expect(() => fitSamples(wrong, {})).toThrow(new RegExp(`^d: expected finite numbers; sample ${at >> 1} has NaN$`));
  });

  it("bytes become [0, 1] or stay, and the domain says so", () => {
    expect([...fitSamples(bytes).x]).toEqual([0, 51 / 255, 102 / 255, 153 / 255].map(Math.fround));
    expect(fitSamples(bytes).domain).toEqual({ low: 0, high: 1 });
    const raw = fitSamples(bytes, { scale: "bytes" });
    expect([[...raw.x], raw.domain]).toEqual([[0, 51, 102, 153], { low: 0, high: 255 }]);
  });

  it("other numbers stay as they are, without a domain; a scale for them is an error", () => {
    const floats = { ...bytes, values: Float32Array.of(0, 0.5, 300, -1) };
    expect([...fitSamples(floats).x]).toEqual([0, 0.5, 300, -1]);
    expect(fitSamples(floats).domain).toBeUndefined();
    expect(errorOf(() => fitSamples(floats, { scale: "unit" }))?.code).toBe("SF_OPTION");
  });

  it("errors name the first sample that is wrong", () => {
    const named = { ...bytes, ids: ["a.png", "b.png"] };
    expect(errorOf(() => fitSamples({ ...named, values: Float32Array.of(0, 1, NaN, 2) }))?.message).toContain("sample 1 (b.png) has NaN");
    expect(errorOf(() => fitSamples({ ...named, y: Int32Array.of(0, 7) }, { classes: 3 }))?.message).toMatch(/labels from 0 to 2.*sample 1 \(b.png\) has 7/);
    expect(errorOf(() => fitSamples({ ...named, classNames: ["a", "b", "c"] }, { classes: 2 }))?.message).toContain("the data has 3");
    expect(errorOf(() => fitSamples({ ...named, y: Int32Array.of(0) }))?.message).toContain("1 labels for 2 samples");
    expect(errorOf(() => fitSamples({ ...named, values: new Uint8Array(), y: new Int32Array() }))?.message).toContain("at least one sample");
  });

  it("a model with more classes than the data is fine", () => {
    const { classes, classNames } = fitSamples({ ...bytes, classNames: ["a", "b"] }, { classes: 3 });
    expect([classes, classNames]).toEqual([3, ["a", "b", "2"]]);
  });
});

describe("labels", () => {
  const nameOf = (i: number) => `line ${i + 1}`;

  it("whole numbers are classes, names are classes in their order", () => {
    expect([...readLabels("f", ["3", "1.0"], nameOf).y]).toEqual([3, 1]);
    expect(readLabels("f", ["dog", "cat", "dog"], nameOf)).toEqual({ y: Int32Array.of(1, 0, 1), classNames: ["cat", "dog"] });
    expect([...readLabels("f", ["dog", "cat"], nameOf, ["dog", "bird", "cat"]).y]).toEqual([0, 2]);
    expect([...readLabels("f", ["1", "0"], nameOf, ["dog", "cat"]).y]).toEqual([1, 0]);
  });

  it.each([
    [["a", ""], undefined, "line 2 has none"],
    [["a", "0.5"], undefined, "line 2 has 0.5"],
    [["a", "fox"], ["a", "b"], "expected one of the classes a, b; line 2 has fox"],
    [["0", "-1"], undefined, "write class 0 for −1"],
  ])("%j with %j", (written, order, part) => {
    expect(errorOf(() => readLabels("f", written, nameOf, order))?.message).toContain(part);
  });

  it("names of classes from JSON", () => {
    for (const text of ['["a","b"]', '{"a":0,"b":1}', '{"0":"a","1":"b"}']) expect(parseClassNames(text, "labels.json")).toEqual(["a", "b"]);
    for (const text of ["", "3", "[]", "[1]", '["a","a"]', '{"a":1}', '{"a":0,"b":0}']) {
      expect(errorOf(() => parseClassNames(text, "labels.json"))?.code, text).toBe("SF_DATA");
    }
  });
});

it("inputs and labels are found by their names", () => {
  expect(findPair("f", ["x_train", "y_train", "x_test", "y_test"])).toEqual({ inputs: "x_test", labels: "y_test" });
  expect(findPair("f", ["x_train", "y_train", "x_test", "y_test"], "train")).toEqual({ inputs: "x_train", labels: "y_train" });
  expect(findPair("f", ["images", "labels"])).toEqual({ inputs: "images", labels: "labels" });
  expect(findPair("f", ["test_images", "test_labels", "val_images", "val_labels"])).toEqual({ inputs: "test_images", labels: "test_labels" });
  expect(errorOf(() => findPair("f", ["a", "b"]))?.message).toContain("got a, b");
  expect(errorOf(() => findPair("f", ["x_test", "y_test"], "train"))?.message).toContain("x_train");
});

it("a larger drawn sample contains a smaller one", () => {
  expect([...chooseSamples(5, { limit: 3 })]).toEqual([0, 1, 2]);
  expect([...chooseSamples(3, { limit: 9, seed: 1 })]).toEqual([0, 1, 2]);
  const small = chooseSamples(1000, { limit: 10, seed: 1 });
  const large = new Set(chooseSamples(1000, { limit: 20, seed: 1 }));
  expect(small).toEqual(small.toSorted());
  expect(small.every((i) => large.has(i))).toBe(true);
  expect(large.size).toBe(20);
  expect(errorOf(() => chooseSamples(5, { limit: 0 }))?.code).toBe("SF_OPTION");
});

it("grey is that of BT.601, and stays what it is", () => {
  const grey = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(withChannels({ channels: 3, pixels: withChannels({ channels: 1, pixels: grey }, 3) }, 1)).toEqual(grey);
  expect([...withChannels({ channels: 4, pixels: Uint8Array.of(255, 0, 0, 9, 0, 255, 0, 9, 0, 0, 255, 9) }, 1)]).toEqual([76, 150, 29]);
  expect([...withChannels({ channels: 1, pixels: Uint8Array.of(7) }, 4)]).toEqual([7, 7, 7, 255]);
});

it("resizing takes weighted means as wide as the reduction, and constant pictures stay constant", () => {
  const ramp = { width: 8, height: 1, channels: 1, pixels: Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70) };
  // The weights inside are ¼, ¾, ¾, ¼ of 2; at the edge ¾, ¾, ¼ of 1¾: 12.5/1.75 = 7.1.
  expect([...resizeImage(ramp, 4, 1)]).toEqual([7, 25, 45, 63]);
  expect([...resizeImage({ ...ramp, width: 1, height: 8 }, 1, 4)]).toEqual([7, 25, 45, 63]);
  expect(resizeImage(ramp, 8, 1)).toEqual(ramp.pixels);
  const flat = { width: 5, height: 7, channels: 3, pixels: new Uint8Array(105).fill(201) };
  expect(new Set(resizeImage(flat, 11, 3))).toEqual(new Set([201]));
});
