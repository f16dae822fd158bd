import { gzipSync } from "node:zlib";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { writeNpy } from "../../../src/data/npy.ts";
import { type DataOptions, loadDataset } from "../../../src/platform/node/data-files.ts";
import { pngOf } from "../../../src/figure/draw/pixels.ts";
import { decodePicture, writePng } from "../../../src/platform/node/picture-files.ts";
import { imageFile, labelFile, rejectionOf } from "../../data/files.ts";

let root = "";
let folder = "";
let count = 0;
beforeAll(async () => void (root = await mkdtemp(join(tmpdir(), "signflip-data-"))));
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  folder = join(root, String(count++));
  await mkdir(folder);
});

async function put(files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}
const at = (name: string) => join(folder, name);
const load = (name: string, options?: DataOptions) => loadDataset(at(name), options);

/** A picture of one color. */
const plain = (color: readonly number[], width = 4, height = 3) =>
  pngOf({
    width,
    height,
    channels: color.length as 1 | 3 | 4,
    pixels: Uint8Array.from({ length: width * height * color.length }, (_, i) => color[i % color.length]!),
  });
const red = [255, 0, 0] as const;
const blue = [0, 0, 255] as const;

describe("folders of pictures", () => {
  it("a folder per class: channels first, in [0, 1], the first of every class first", async () => {
    await put({
      "dog/1.png": plain(red),
      "cat/1.png": plain(blue),
      "cat/2.png": plain([0, 51, 0]),
      "cat/notes.txt": "no picture",
      ".git/x.png": "",
    });
    const { dataset, files, indices } = await load("");
    expect([dataset.inputShape, dataset.classNames, dataset.domain]).toEqual([[3, 3, 4], ["cat", "dog"], { low: 0, high: 1 }]);
    expect(dataset.ids).toEqual(["cat/1.png", "dog/1.png", "cat/2.png"]);
    expect([...dataset.y]).toEqual([0, 1, 0]);
    const channel = (i: number, c: number) => [...new Set(dataset.x.subarray((3 * i + c) * 12, (3 * i + c + 1) * 12))];
    expect([0, 1, 2].map((c) => channel(1, c))).toEqual([[1], [0], [0]]);
    expect(channel(2, 1)).toEqual([Math.fround(51 / 255)]);
    expect(files).toEqual(dataset.ids!.map(at));
    expect([...indices]).toEqual([0, 1, 2]);
  });

  it("channels last, bytes, grey and a limit where they are asked for", async () => {
    await put({ "a/1.png": plain(red), "b/1.png": plain(blue), "a/2.png": "damaged, and not read" });
    const nhwc = await load("", { inputShape: [3, 4, 3], channelAxis: 2, scale: "bytes", limit: 2 });
    expect([...nhwc.dataset.x.subarray(0, 6)]).toEqual([255, 0, 0, 255, 0, 0]);
    expect(nhwc.dataset.domain).toEqual({ low: 0, high: 255 });
    const grey = await load("", { inputShape: [1, 3, 4], scale: "bytes", limit: 2 });
    expect([...new Set(grey.dataset.x)]).toEqual([76, 29]);
    const flat = await load("", { inputShape: [36], scale: "bytes", limit: 1 });
    expect([...flat.dataset.x.subarray(10, 14)]).toEqual([255, 255, 0, 0]);
  });

  it("JPEG and WebP, and grey of 8 and 16 bits", async () => {
    // Grey values 0, 256, 512 and 65,535 of 16 bits.
    const wide = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAABEAAAAACMx4xSAAAAEUlEQVR4nGNgYGBkYGL4/x8AAxQCAs0yU/wAAAAASUVORK5CYII=";
    await put({
      "0/a.jpg": await sharp(plain([10, 10, 10], 4, 1))
        .jpeg()
        .toBuffer(),
      "0/b.webp": await sharp(plain([10, 10, 10], 4, 1))
        .webp({ lossless: true })
        .toBuffer(),
      "0/c.png": plain([10], 4, 1),
      "0/d.png": Buffer.from(wide, "base64"),
    });
    const { dataset } = await load("", { inputShape: [1, 1, 4], scale: "bytes" });
    expect([...dataset.x]).toEqual([...Array.from({ length: 12 }, () => 10), 0, 1, 2, 255]);
  });

  it("names that are whole numbers are classes; labels.json and options give another order; test/ comes before train/", async () => {
    await put({ "test/7/1.png": plain(red), "test/3/1.png": plain(blue), "train/1/1.png": plain(red) });
    expect([...(await load("")).dataset.y]).toEqual([3, 7]);
    expect([...(await load("", { part: "train" })).dataset.y]).toEqual([1]);
    expect([...(await load("", { classNames: ["7", "3"] })).dataset.y]).toEqual([1, 0]);
    await put({ "test/labels.json": '["3", "5", "7"]' });
    expect([...(await load("")).dataset.y]).toEqual([0, 2]);
  });

  it("one folder with a table of files and labels", async () => {
    await put({ "one.png": plain(red), "two.png": plain(blue), "labels.csv": "file,label\ntwo.png,cat\none.png,dog\n" });
    const { dataset, files } = await load("");
    expect([dataset.ids, [...dataset.y], dataset.classNames]).toEqual([
      ["two.png", "one.png"],
      [0, 1],
      ["cat", "dog"],
    ]);
    expect(files).toEqual(["labels.csv", "two.png", "one.png"].map(at));
    expect((await load("labels.csv")).dataset.fingerprint).toBe(dataset.fingerprint);
  });

  it("pictures of another size are resized when asked for", async () => {
    await put({ "a/1.png": plain(red), "a/2.png": plain(red, 8, 9) });
    expect((await rejectionOf(load("")))?.message).toBe("a/2.png: expected a picture of 4×3; got 8×9 (pictures are resized only when asked for)");
    const { dataset } = await load("", { inputShape: [3, 5, 5], resize: true });
    expect([dataset.n, new Set(dataset.x.subarray(0, 25)), new Set(dataset.x.subarray(25, 75))]).toEqual([2, new Set([1]), new Set([0])]);
  });
});

describe("arrays", () => {
  const x = Uint8Array.from({ length: 24 }, (_, i) => i);
  const y = Int32Array.of(1, 0);
  const npz = (arrays: Record<string, Uint8Array>) => zipSync(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes])));

  it("x.npy and y.npy, by file and by folder, and an .npz file", async () => {
    const [inputs, labels] = [writeNpy(x, [2, 2, 2, 3]), writeNpy(y, [2, 1])];
    await put({ "x_test.npy": inputs, "y_test.npy": labels, "d.npz": npz({ images: inputs, labels, other: new Uint8Array(3) }) });
    const found = await Promise.all(["x_test.npy", "", "d.npz"].map((name) => load(name, { inputShape: [3, 2, 2], scale: "bytes" })));
    for (const { dataset } of found) {
      expect([...dataset.x.subarray(0, 12)]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
      expect([...dataset.y]).toEqual([1, 0]);
    }
    expect(found.map(({ files }) => files)).toEqual([[at("x_test.npy"), at("y_test.npy")], [at("x_test.npy"), at("y_test.npy")], [at("d.npz")]]);
  });

  it("labels as rows with a single 1", async () => {
    await put({ "d.npz": npz({ x: writeNpy(Float32Array.of(1, 2), [2, 1]), y: writeNpy(Float32Array.of(0, 0, 1, 1, 0, 0), [2, 3]) }) });
    expect([...(await load("d.npz")).dataset.y]).toEqual([2, 0]);
  });

  it("IDX files, packed or not, by folder and by file", async () => {
    await put({ "t10k-images-idx3-ubyte.gz": gzipSync(imageFile(2, 2, 3)), "t10k-labels-idx1-ubyte.gz": gzipSync(labelFile([4, 9])) });
    const { dataset } = await load("");
    expect([dataset.inputShape, [...dataset.y], dataset.classes, dataset.x[1]]).toEqual([[1, 2, 3], [4, 9], 10, Math.fround(2 / 255)]);
    expect((await load("t10k-images-idx3-ubyte.gz")).dataset.fingerprint).toBe(dataset.fingerprint);
    expect((await load("", { inputShape: [2, 3, 1], channelAxis: 2 })).dataset.x).toEqual(dataset.x);
  });
});

describe("tables", () => {
  it("CSV with and without a header, text as labels", async () => {
    await put({ "h.csv": "width,species,height\n1,b,2\n\n3,a,4\n", "n.csv": "1;2;0\n3;4;1\n", "p.csv": "label,0,1\n1,5,6\n" });
    const named = await load("h.csv", { labelColumn: "species" });
    expect([[...named.dataset.x], [...named.dataset.y], named.dataset.classNames, named.dataset.featureNames]).toEqual([
      [1, 2, 3, 4],
      [1, 0],
      ["a", "b"],
      ["width", "height"],
    ]);
    const bare = (await load("n.csv")).dataset;
    expect([[...bare.x], [...bare.y], bare.featureNames]).toEqual([[1, 2, 3, 4], [0, 1], undefined]);
    const first = (await load("p.csv", { limit: 1 })).dataset;
    expect([[...first.x], [...first.y]]).toEqual([[5, 6], [1]]);
  });

  it("Parquet: columns of numbers, of lists and of pictures", async () => {
    const column = (name: string, data: unknown[], type?: "BYTE_ARRAY" | "JSON") => ({ name, data, ...(type ? { type } : {}) });
    const label = { name: "label", data: Int32Array.of(1, 0), type: "INT32" as const };
    await put({
      "n.parquet": new Uint8Array(
        parquetWriteBuffer({ columnData: [{ name: "a", data: [0.5, 1.5], type: "DOUBLE" }, label, { name: "b", data: [2n, 3n], type: "INT64" }] }),
      ),
      "p.parquet": new Uint8Array(parquetWriteBuffer({ columnData: [column("image", [plain(red), plain(blue)], "BYTE_ARRAY"), label] })),
    });
    const { dataset } = await load("n.parquet");
    expect([[...dataset.x], [...dataset.y], dataset.featureNames]).toEqual([
      [0.5, 2, 1.5, 3],
      [1, 0],
      ["a", "b"],
    ]);
    const pictures = (await load("p.parquet", { scale: "bytes" })).dataset;
    expect([pictures.inputShape, pictures.x[0], [...pictures.y]]).toEqual([[3, 3, 4], 255, [1, 0]]);
  });
});

describe("datasets by their names", () => {
  it("MNIST: all ten digits of the test part", async () => {
    const { dataset, files, indices } = await loadDataset("mnist", { limit: 50, inputShape: [1, 28, 28] });
    expect([dataset.n, dataset.classes, dataset.domain]).toEqual([50, 10, { low: 0, high: 1 }]);
    expect([...dataset.y.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    expect(files.some((file) => file.endsWith("t10k-images-idx3-ubyte"))).toBe(true);
    expect(indices).toHaveLength(50);
  });

  it("the sphere in the dimension of the model", async () => {
    const { dataset } = await loadDataset("sphere", { inputShape: [5], limit: 3 });
    expect([dataset.x.length, dataset.classes]).toEqual([15, 2]);
  });
});

const cut = (bytes: Uint8Array) => bytes.slice(0, -20);
const zip = () => zipSync({ "x.npy": writeNpy(new Float32Array(2), [2, 1]), "y.npy": writeNpy(Int32Array.of(0, 1), [2]) });

describe("bad input is an error in one line", () => {
  test.each<[string, string, () => Promise<Readonly<Record<string, Uint8Array | string>>>, string, RegExp, DataOptions?]>([
    ["an empty folder", "", async () => ({}), "SF_DATA", /expected pictures .* in a folder for each class; got none$/],
    ["pictures without classes", "", async () => ({ "1.png": plain(red) }), "SF_DATA", /labels\.csv/],
    ["a cut picture", "", async () => ({ "a/1.png": cut(plain(red, 40, 40)) }), "SF_DATA", /^a\/1\.png: expected a complete PNG, JPEG or WebP file; /],
    ["no picture", "", async () => ({ "a/1.png": "hello" }), "SF_DATA", /^a\/1\.png: expected a complete PNG/],
    ["an empty picture", "", async () => ({ "a/1.png": "" }), "SF_DATA", /^a\/1\.png: expected a complete PNG/],
    [
      "a picture of the wrong size",
      "",
      async () => ({ "a/1.png": plain(red) }),
      "SF_DATA",
      /^a\/1\.png: expected a picture of 28×28; got 4×3/,
      { inputShape: [1, 28, 28] },
    ],
    [
      "a picture for a flat model of another size",
      "",
      async () => ({ "a/1.png": plain(red) }),
      "SF_DATA",
      /4×3 does not fit inputs of shape \[7\]/,
      { inputShape: [7] },
    ],
    [
      "a class that is not in the order",
      "",
      async () => ({ "a/1.png": plain(red) }),
      "SF_DATA",
      /one of the classes b, c; a\/1\.png has a$/,
      { classNames: ["b", "c"] },
    ],
    [
      "more classes than the model",
      "",
      async () => ({ "a/1.png": plain(red), "b/1.png": plain(red), "c/1.png": plain(red) }),
      "SF_DATA",
      /from 0 to 1.*sample 2 \(c\/1\.png\) has 2 \(c\)/,
      { classes: 2 },
    ],
    ["a table that names a missing file", "l.csv", async () => ({ "l.csv": "file,label\nx.png,0\n" }), "SF_FILE", /cannot read .*x\.png: it does not exist/],
    [
      "text among numbers",
      "d.csv",
      async () => ({ "d.csv": "a,b,label\n1,2,0\n1,two,1\n" }),
      "SF_DATA",
      /d\.csv: expected a finite number in column b; line 3 has two$/,
    ],
    ["NaN", "d.csv", async () => ({ "d.csv": "a,label\n1,0\nNaN,1\n" }), "SF_DATA", /column a; line 3 has NaN/],
    ["an empty cell", "d.csv", async () => ({ "d.csv": "a,label\n1,0\n,1\n" }), "SF_DATA", /column a; line 3 has nothing/],
    ["lines of different lengths", "d.csv", async () => ({ "d.csv": "1,2\n1,2,3\n" }), "SF_DATA", /line 2: expected 2 cells.*got 3/],
    ["an open quote", "d.csv", async () => ({ "d.csv": '1,"2\n1,2\n' }), "SF_DATA", /line 1: .*[Qq]uote/],
    ["an empty CSV", "d.csv", async () => ({ "d.csv": "\n\n" }), "SF_DATA", /got none/],
    ["a header alone", "d.csv", async () => ({ "d.csv": "a,label\n" }), "SF_DATA", /at least one row/],
    ["bytes that are no text", "d.csv", async () => ({ "d.csv": new Uint8Array([0xff, 0xfe, 0xff]) }), "SF_DATA", /UTF-8/],
    ["measured numbers as labels", "d.csv", async () => ({ "d.csv": "a,label\n1,0.5\n" }), "SF_DATA", /line 2 has 0\.5/],
    ["no such column", "d.csv", async () => ({ "d.csv": "a,label\n1,0\n" }), "SF_DATA", /a column named z; the columns are a, label/, { labelColumn: "z" }],
    [
      "labels of another number",
      "x.npy",
      async () => ({ "x.npy": writeNpy(new Float32Array(4), [2, 2]), "y.npy": writeNpy(Int32Array.of(0), [1]) }),
      "SF_DATA",
      /y\.npy: expected a label for each of the 2 samples/,
    ],
    ["inputs without labels", "x.npy", async () => ({ "x.npy": writeNpy(new Float32Array(4), [2, 2]) }), "SF_DATA", /expected its labels beside it/],
    [
      "a label below 0",
      "x.npy",
      async () => ({ "x.npy": writeNpy(new Float32Array(2), [2, 1]), "y.npy": writeNpy(Int32Array.of(1, -1), [2]) }),
      "SF_DATA",
      /sample 1 has -1; write class 0 for −1/,
    ],
    [
      "NaN in an array",
      "x.npy",
      async () => ({ "x.npy": writeNpy(Float32Array.of(1, NaN), [2, 1]), "y.npy": writeNpy(Int32Array.of(1, 0), [2]) }),
      "SF_DATA",
      /sample 1 has NaN/,
    ],
    ["another shape than the model's", "d.npz", async () => ({ "d.npz": zip() }), "SF_DATA", /expected samples of shape \[3\].*got \[1\]/, { inputShape: [3] }],
    ["a cut .npz", "d.npz", async () => ({ "d.npz": zip().slice(0, -9) }), "SF_DATA", /complete \.npz file/],
    ["an .npz without arrays", "d.npz", async () => ({ "d.npz": zipSync({ "a.txt": new Uint8Array(1) }) }), "SF_DATA", /expected arrays/],
    ["a cut Parquet file", "d.parquet", async () => ({ "d.parquet": "PAR1 and nothing more" }), "SF_DATA", /complete Parquet file/],
    ["another kind of file", "d.txt", async () => ({ "d.txt": "1" }), "SF_DATA", /a file that ends in \.npz, \.csv/],
    ["a name of nothing", "nothing-there", async () => ({}), "SF_FILE", /it does not exist, and it is none of the datasets mnist, /],
    ["a limit of 0", "d.csv", async () => ({ "d.csv": "1,0\n" }), "SF_OPTION", /limit must be/, { limit: 0 }],
  ])("%s", async (_, name, files, code, message, options) => {
    await put(await files());
    const error = await rejectionOf(load(name, options));
    expect(error?.message).toMatch(message);
    expect(error?.code).toBe(code);
  });

  it("a picture that claims billions of pixels is refused before they are unpacked", async () => {
    const png = Buffer.from(plain(red));
    png.writeUInt32BE(100_000, 16);
    png.writeUInt32BE(100_000, 20);
    await put({ "a/1.png": png });
    expect((await rejectionOf(load("")))?.code).toBe("SF_DATA");
  });

  it("an archive that claims more than its bytes can hold is refused", async () => {
    const bytes = zip();
    const view = new DataView(bytes.buffer);
    // The unpacked size in the central directory's entries (signature PK\x01\x02).
    for (let i = 0; i + 28 < bytes.length; i++) if (view.getUint32(i) === 0x504b0102) view.setUint32(i + 24, 0xfffffffe, true);
    await put({ "d.npz": bytes });
    expect((await rejectionOf(load("d.npz")))?.message).toContain("claims 4294967294 bytes");
  });
});

it("a PNG file that is written is read again, with the same pixels", async () => {
  for (const channels of [1, 3, 4] as const) {
    const image = { width: 3, height: 2, channels, pixels: Uint8Array.from({ length: 6 * channels }, (_, i) => 40 * i) };
    await writePng(at(`${channels}.png`), image);
    const { readFile } = await import("node:fs/promises");
    expect(await decodePicture(await readFile(at(`${channels}.png`)), "p")).toEqual(image);
  }
  expect(() => pngOf({ width: 2, height: 2, channels: 1, pixels: new Uint8Array(3) })).toThrow("cannot have 3 values");
});
