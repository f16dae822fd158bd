import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { chromium, type Page } from "playwright-core";

/* A program bundled as a page has it, served, and run in Chromium on ONNX Runtime's WebAssembly. */
export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
if (executablePath === undefined) console.log("note: there is no Chromium here; the browser's entry is bundled but not run");

export interface Served {
  readonly bundle: Metafile;
  /** Absent where there is no browser. */
  readonly page: Page | undefined;
  close(): Promise<void>;
}

/** @param served files by their path on the server */
export async function openPage(program: string, served: Readonly<Record<string, Uint8Array>>): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), "signflip-web-"));
  const entry = join(folder, "program.ts");
  writeFileSync(entry, program);
  const { metafile: bundle } = await build({
    entryPoints: [entry],
    outfile: join(folder, "program.js"),
    bundle: true,
    format: "esm",
    platform: "browser",
    metafile: true,
    nodePaths: [join(root, "node_modules")],
    logLevel: "silent",
  });
  /** The bundle, and ONNX Runtime's .wasm, which it looks for beside itself. */
  const fileFor = (path: string): Buffer | undefined => {
    const file = path.endsWith(".wasm") || path.endsWith(".mjs") ? join(root, "node_modules", "onnxruntime-web", "dist", path) : join(folder, path);
    return existsSync(file) ? readFileSync(file) : undefined;
  };
  const clean = () => rmSync(folder, { recursive: true, force: true });
  if (executablePath === undefined) return { bundle, page: undefined, close: async () => clean() };
  const server = createServer((request, response) => {
    const path = request.url!;
    const bytes = path === "/" ? Buffer.from('<!doctype html><script type="module" src="/program.js"></script>') : (served[path] ?? fileFor(path));
    const type = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" }[extname(path)] ?? "text/html";
    response.writeHead(bytes === undefined ? 404 : 200, { "content-type": path in served ? "application/octet-stream" : type }).end(bytes);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    bundle,
    page,
    async close() {
      await browser.close();
      server.close();
      clean();
    },
  };
}

/** What of Node a bundle has in it, or leaves outside: nothing, if all is well. */
export function ofNode({ inputs }: Metafile): string[] {
  const inside = Object.keys(inputs).filter((path) => path.includes("platform/node/") || path.includes("onnxruntime-node"));
  const outside = Object.values(inputs).flatMap(({ imports }) =>
    imports.filter(({ external, path }) => external && path !== "<runtime>").map(({ path }) => path),
  );
  return [...inside, ...outside];
}
