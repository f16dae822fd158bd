import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { measureFlips, mnistFromIdx, trainLazily, twoLayer } from "../../../src/platform/node/index.ts";
import { imageFile, labelFile } from "../../data/files.ts";
import { executablePath, ofNode, openPage, root, type Served } from "./page.ts";

/* The browser's entry as a page has it. */
/** Two classes of small images, as a server has them: one file plain, the others compressed. */
const images = { train: 8, test: 6, side: 4 };
const labels = (n: number) => labelFile(Array.from({ length: n }, (_, i) => i % 2));
const idx = {
  trainImages: imageFile(images.train, images.side, images.side),
  trainLabels: labels(images.train),
  testImages: imageFile(images.test, images.side, images.side),
  testLabels: labels(images.test),
};
const served: Record<string, Uint8Array> = {
  "/data/train-images-idx3-ubyte": idx.trainImages,
  "/data/train-labels-idx1-ubyte.gz": gzipSync(idx.trainLabels),
  "/data/t10k-images-idx3-ubyte.gz": gzipSync(idx.testImages),
  "/data/t10k-labels-idx1-ubyte.gz": gzipSync(idx.testLabels),
};

const program = `
  import { buildGraph, f32, gradient, measureFlips, mnist, Session, SignflipError, tensorOf, trainLazily, twoLayer } from ${JSON.stringify(join(root, "src/platform/web/index.ts"))};

  globalThis.differentiate = async () => {
    const model = buildGraph("cube", (g) => {
      const x = g.input("x", f32([3]));
      const [dx] = gradient(g, g.reduceSum(g.mul(x, g.mul(x, x))), [x]);
      return { dx };
    });
    const session = await Session.create(model);
    const { dx } = await session.run({ x: tensorOf("float32", [3], [1, -2, 3]) });
    await session.dispose();
    return [...dx.data];
  };
  globalThis.flips = async () => {
    const { train, test } = await mnist({ url: "/data", name: "small" });
    const { network } = await trainLazily(twoLayer({ d: train.d, m: 20, seed: 0 }), train, { epochs: 2 });
    const { gradientNorm, perturbation } = await measureFlips(network, test);
    return { n: train.n, gradientNorm: gradientNorm.mean, perturbation: perturbation.mean };
  };
  globalThis.missing = () => mnist({ url: "/nowhere/" }).catch((error) => [error instanceof SignflipError, error.code, error.message]);
`;

let opened: Served;
beforeAll(async () => {
  opened = await openPage(program, served);
}, 120_000);
afterAll(() => opened?.close());

const call = (name: "differentiate" | "flips" | "missing") => opened.page!.evaluate<any>(`${name}()`);

describe("the browser's entry", () => {
  test("bundles without anything of Node", () => {
    expect(Object.keys(opened.bundle.inputs).some((path) => path.endsWith("src/platform/web/engine.ts"))).toBe(true);
    expect(ofNode(opened.bundle)).toEqual([]);
  });

  test.skipIf(executablePath === undefined)("builds a graph, differentiates it and runs it in WebAssembly", async () => {
    expect(await call("differentiate")).toEqual([3, 12, 27]);
  });

  test.skipIf(executablePath === undefined)("trains on fetched images and measures flips as Node does", async () => {
    const { train, test: held } = mnistFromIdx(idx, { name: "small" });
    const { network } = await trainLazily(twoLayer({ d: train.d, m: 20, seed: 0 }), train, { epochs: 2 });
    const flips = await measureFlips(network, held);
    const inPage = await call("flips");
    expect(inPage.n).toBe(train.n);
    expect(inPage.gradientNorm).toBeCloseTo(flips.gradientNorm.mean, 4);
    expect(inPage.perturbation).toBeCloseTo(flips.perturbation.mean, 4);
  });

  test.skipIf(executablePath === undefined)("says what cannot be fetched", async () => {
    // The four files are fetched at once: any of them may be the first to fail.
    const file = String.raw`/nowhere/(train|t10k)-(images-idx3|labels-idx1)-ubyte`;
    expect(await call("missing")).toEqual([true, "SF_FILE", expect.stringMatching(new RegExp(`^cannot fetch ${file} or ${file}\\.gz: 404 Not Found$`))]);
  });
});
