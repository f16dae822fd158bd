import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { measureFlips, mnistFromIdx, trainLazily, twoLayer } from "../../../src/platform/node/index.ts";
import { imageFile, labelFile } from "../../data/files.ts";

/* The browser's entry as a page has it: bundled, served, and run in Chromium on ONNX Runtime's WebAssembly. */
const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
if (executablePath === undefined) console.log("note: there is no Chromium here; the browser's entry is bundled but not run");

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

let folder: string;
let bundle: Metafile;
let server: Server;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "signflip-web-"));
  const entry = join(folder, "program.ts");
  writeFileSync(entry, program);
  const result = await build({
    entryPoints: [entry],
    outfile: join(folder, "program.js"),
    bundle: true,
    format: "esm",
    platform: "browser",
    metafile: true,
    nodePaths: [join(root, "node_modules")],
    logLevel: "silent",
  });
  bundle = result.metafile;
  if (executablePath === undefined) return;
  server = createServer((request, response) => {
    const path = request.url!;
    const bytes = path === "/" ? Buffer.from('<!doctype html><script type="module" src="/program.js"></script>') : (served[path] ?? fileFor(path));
    const type = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" }[extname(path)] ?? "text/html";
    response.writeHead(bytes === undefined ? 404 : 200, { "content-type": path.startsWith("/data/") ? "application/octet-stream" : type }).end(bytes);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The bundle, and ONNX Runtime's .wasm, which it looks for beside itself. */
function fileFor(path: string): Buffer | undefined {
  const file = path.endsWith(".wasm") || path.endsWith(".mjs") ? join(root, "node_modules", "onnxruntime-web", "dist", path) : join(folder, path);
  return existsSync(file) ? readFileSync(file) : undefined;
}

const call = (name: "differentiate" | "flips" | "missing") => page.evaluate<any>(`${name}()`);

describe("the browser's entry", () => {
  test("bundles without anything of Node", () => {
    const inputs = Object.keys(bundle.inputs);
    expect(inputs.some((path) => path.endsWith("src/platform/web/engine.ts"))).toBe(true);
    expect(inputs.filter((path) => path.includes("platform/node/") || path.includes("onnxruntime-node"))).toEqual([]);
    const outside = Object.values(bundle.inputs).flatMap(({ imports }) =>
      imports.filter(({ external, path }) => external && path !== "<runtime>").map(({ path }) => path),
    );
    expect(outside).toEqual([]);
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
    expect(await call("missing")).toEqual([
      true,
      "SF_FILE",
      "cannot fetch /nowhere/train-images-idx3-ubyte or /nowhere/train-images-idx3-ubyte.gz: 404 Not Found",
    ]);
  });
});
