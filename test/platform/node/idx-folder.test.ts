import { execFileSync } from "node:child_process";
import { mkdtemp, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mnist } from "../../../src/platform/node/idx-folder.ts";
import { imageFile, labelFile, rejectionOf } from "../../data/files.ts";

describe("the package's MNIST", () => {
  test("has the paper's counts and the published order", async () => {
    const { train, test: held } = await mnist({ size: 5 });
    expect(train).toMatchObject({ name: "mnist 0-vs-1, 5×5", n: 12_665, d: 25 });
    expect(held).toMatchObject({ name: "mnist 0-vs-1, 5×5", n: 2115, d: 25 });
    expect(train.y.filter((y) => y === 0).length).toBe(5923);
    expect(held.y.filter((y) => y === 0).length).toBe(980);
    expect(Array.from(train.y.subarray(0, 4))).toEqual([0, 1, 1, 1]); // the file begins 5 0 4 1 9 2 1 3 1
  });

  test("has pixels in [0, 1] at full size, and can be normalised at every size of the paper", async () => {
    const { train } = await mnist({});
    expect(train.d).toBe(784);
    expect(train.x.reduce((a, b) => Math.min(a, b), 1)).toBe(0);
    expect(train.x.reduce((a, b) => Math.max(a, b), 0)).toBe(1);
    for (const size of [5, 10, 20]) {
      const { test: held } = await mnist({ size, normalize: true });
      for (let i = 0; i < 50; i++) expect(Math.hypot(...held.x.subarray(i * held.d, (i + 1) * held.d))).toBeCloseTo(1, 6);
    }
  });

  test("takes other digits", async () => {
    const { train, test: held } = await mnist({ digits: [3, 8], size: 2 });
    expect([train.n, held.n]).toEqual([6131 + 5851, 1010 + 974]);
    expect(await rejectionOf(mnist({ size: 40 }))).toMatchObject({
      code: "SF_SIZE",
      message: "size must be a whole number from 2 to 28 (MNIST images are 28×28); got 40",
    });
  });
});

describe("a folder of IDX files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "signflip-idx-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const contents = {
    "train-images": imageFile(3, 4, 4),
    "train-labels": labelFile([0, 1, 1]),
    "t10k-images": imageFile(2, 4, 4),
    "t10k-labels": labelFile([1, 0]),
  };
  const fill = (spell: (name: string, kind: string) => string, pack: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes) =>
    Promise.all(Object.entries(contents).map(([name, bytes]) => writeFile(join(folder, spell(name, name.endsWith("images") ? "idx3" : "idx1")), pack(bytes))));

  test.each([
    ["as published", (name: string, kind: string) => `${name}-${kind}-ubyte`, undefined],
    ["with a dot", (name: string, kind: string) => `${name}.${kind}-ubyte`, undefined],
    ["packed", (name: string, kind: string) => `${name}-${kind}-ubyte.gz`, gzipSync],
    ["packed, with a dot", (name: string, kind: string) => `${name}.${kind}-ubyte.gz`, gzipSync],
  ])("is read: %s", async (_, spell, pack) => {
    await fill(spell, pack);
    const { train, test: held } = await mnist({ folder, size: 3 });
    expect(train).toMatchObject({ name: `${basename(folder)} 0-vs-1, 3×3`, n: 3, d: 9, y: Uint8Array.of(0, 1, 1) });
    expect(held.y).toEqual(Uint8Array.of(1, 0));
  });

  test("that lacks files says which", async () => {
    await fill((name, kind) => (name === "t10k-images" ? "unrelated" : `${name}-${kind}-ubyte`));
    expect(await rejectionOf(mnist({ folder }))).toMatchObject({
      code: "SF_DATA",
      message: `the folder ${folder}: expected the four IDX files of MNIST (with or without .gz); got none named t10k-images-idx3-ubyte`,
    });
  });

  test("that does not exist, is a file, or has empty folders for files, is SF_FILE", async () => {
    const missing = join(folder, "nowhere");
    expect(await rejectionOf(mnist({ folder: missing }))).toMatchObject({
      code: "SF_FILE",
      message: `cannot read the folder ${missing}: it does not exist`,
    });
    const file = join(folder, "file");
    await writeFile(file, "");
    expect(await rejectionOf(mnist({ folder: file }))).toMatchObject({
      code: "SF_FILE",
      message: `cannot read the folder ${file}: a part of its path is a file, not a folder`,
    });
    await fill((name, kind) => `${name}-${kind}-ubyte`);
    const images = join(folder, "train-images-idx3-ubyte");
    await rm(images);
    await mkdir(images);
    expect(await rejectionOf(mnist({ folder }))).toMatchObject({ code: "SF_FILE", message: `cannot read ${images}: it is a folder` });
  });

  const standard = (name: string, kind: string) => `${name}-${kind}-ubyte`;
  const dotted = (name: string, kind: string) => `${name}.${kind}-ubyte`;
  const put = async (path: string, bytes: Uint8Array | string) => {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), bytes);
  };
  const images = contents["train-images"];
  test.each<[string, () => Promise<unknown>]>([
    ["an empty folder with the name of a file beside it", () => fill(dotted).then(() => mkdir(join(folder, "train-images-idx3-ubyte")))],
    [
      "folders with the files in them, under either spelling",
      async () => {
        for (const [name, bytes] of Object.entries(contents)) {
          const kind = name.endsWith("images") ? "idx3" : "idx1";
          await put(`${standard(name, kind)}/${dotted(name, kind)}`, bytes);
        }
      },
    ],
    ["a packed file in a folder", () => fill(standard).then(() => replaceWith("train-images-idx3-ubyte/train-images-idx3-ubyte.gz", gzipSync(images)))],
    ["a link to a file", () => fill((...of) => `real-${standard(...of)}`).then(() => linkAll())],
    ["an empty file beside a good .gz", () => fill((...of) => `${standard(...of)}.gz`, gzipSync).then(() => put("train-images-idx3-ubyte", ""))],
    ["labels under the name of the images beside the images", () => fill(dotted).then(() => put("train-images-idx3-ubyte", contents["train-labels"]))],
    ["a file cut short beside a whole one", () => fill(dotted).then(() => put("train-images-idx3-ubyte", images.subarray(0, -1)))],
    ["a damaged .gz beside a whole file", () => fill(dotted).then(() => put("train-images-idx3-ubyte.gz", gzipSync(images).subarray(0, 20)))],
    ["a link that leads nowhere beside a good file", () => fill(dotted).then(() => symlink("nowhere", join(folder, "train-images-idx3-ubyte")))],
    [
      "a pipe beside a good file",
      () => fill(dotted).then(() => process.platform !== "win32" && execFileSync("mkfifo", [join(folder, "train-images-idx3-ubyte")])),
    ],
  ])("takes the good file from %s", async (_, arrange) => {
    await arrange();
    const { train, test: held } = await mnist({ folder, size: 3 });
    expect([train.n, held.n]).toEqual([3, 2]);
    expect([...train.y]).toEqual([0, 1, 1]);
  });

  async function replaceWith(path: string, bytes: Uint8Array): Promise<void> {
    await rm(join(folder, path, ".."));
    await put(path, bytes);
  }
  async function linkAll(): Promise<void> {
    for (const name of await readdir(folder)) await symlink(name, join(folder, name.replace("real-", "")));
  }

  test("says what was tried where nothing is good", async () => {
    await fill(dotted);
    await put("train-images-idx3-ubyte", "");
    await put("train-images.idx3-ubyte", "not images, whatever it is called");
    await put("train-images-idx3-ubyte.gz/readme", "");
    expect(await rejectionOf(mnist({ folder }))).toMatchObject({
      code: "SF_DATA",
      message:
        `the folder ${folder}: none of the files for train-images-idx3-ubyte is usable: ` +
        "train-images-idx3-ubyte: expected an IDX image file, which begins with 16 bytes of header; got 0 bytes; " +
        "cannot read train-images-idx3-ubyte.gz: it is a folder; " +
        "train-images.idx3-ubyte: expected an IDX image file, which begins with the number 2051; got 1852797984",
    });
  });

  test("with a damaged file names its path", async () => {
    await fill(
      (name, kind) => `${name}-${kind}-ubyte.gz`,
      (bytes) => gzipSync(bytes).subarray(0, 20),
    );
    expect((await rejectionOf(mnist({ folder })))?.message).toMatch(/^\/.*-ubyte\.gz: expected a complete gzip file/);
    for (const name of await readdir(folder)) await rm(join(folder, name));
    await fill(
      (name, kind) => `${name}-${kind}-ubyte`,
      (bytes) => bytes.subarray(0, -1),
    );
    expect((await rejectionOf(mnist({ folder })))?.message).toBe(
      `${join(folder, "train-images-idx3-ubyte")}: expected 64 bytes (a header and 3 images of 4×4); got 63 bytes`,
    );
  });
});
