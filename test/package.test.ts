import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/* The tarball that npm publishes, unpacked in a folder of its own beside links to our dependencies: what a user has. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const run = promisify(execFile);
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string; dependencies: Record<string, string> };

let user: string;
let packed: string;
beforeAll(async () => {
  user = mkdtempSync(join(tmpdir(), "signflip-user-"));
  const npm = ["run", "--silent", "pack", "--", "--pack-destination", user, "--loglevel=error"];
  await (process.env["npm_execpath"] ? run(process.execPath, [process.env["npm_execpath"], ...npm], { cwd: root }) : run("npm", npm, { cwd: root }));
  const modules = join(user, "node_modules");
  packed = join(modules, "signflip");
  mkdirSync(packed, { recursive: true });
  await run("tar", ["-xzf", join(user, `signflip-${manifest.version}.tgz`), "-C", packed, "--strip-components=1"]);
  for (const name of [...Object.keys(manifest.dependencies), "@types/node"]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name), "junction");
  }
  writeFileSync(join(user, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
}, 180_000);
afterAll(() => rmSync(user, { recursive: true, force: true }));

const signflip = async (...args: string[]) => (await run(process.execPath, [join(packed, "bin", "signflip.js"), ...args], { cwd: user })).stdout;
const compile = (file: string, ...options: string[]) => {
  const tsc = [join(root, "node_modules", "typescript", "bin", "tsc"), "--strict", "--noEmit", "--target", "es2023", "--lib", "es2023,dom"];
  return run(process.execPath, [...tsc, ...options, file], { cwd: user }).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
};
const tiny = ["flip", "--size", "4", "--width", "20", "--epochs", "1", "--json"];

describe.sequential("the package", () => {
  test("holds what it needs and nothing else", () => {
    expect(readdirSync(packed).toSorted()).toEqual([
      "CHANGELOG.md",
      "CITATION.cff",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "assets",
      "bin",
      "dist",
      "docs",
      "examples",
      "package.json",
      "src",
    ]);
  });

  test("holds every page and picture that its README and its docs link to", () => {
    const pages = ["README.md", ...readdirSync(join(packed, "docs")).map((name) => `docs/${name}`)].filter((name) => name.endsWith(".md"));
    expect(pages).toContain("docs/cli.md");
    const dead = pages.flatMap((page) => {
      const text = readFileSync(join(packed, page), "utf8").replaceAll(/^```[^]*?^```$/gm, "");
      const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link]) => link!).filter((link) => !/^https?:/.test(link));
      return links.filter((link) => !existsSync(join(packed, dirname(page), link))).map((link) => `${page}: ${link}`);
    });
    expect(dead).toEqual([]);
  });

  test("runs from dist, where a user installs it", async () => {
    expect(await signflip("--version")).toBe(`${manifest.version}\n`);
    expect(JSON.parse(await signflip(...tiny))).toHaveProperty("rows.0.d", 16);
  });

  test("is a library: its main entry and its subpaths, at run time", async () => {
    writeFileSync(
      join(user, "program.js"),
      `import { sphere, twoLayer, trainLazily, measureFlips, buildGraph } from "signflip";
       import { buildGraph as alone } from "signflip/graph";
       import { Session } from "signflip/runtime";
       const { train, test } = sphere({ d: 10, n: 50, testN: 20, seed: 0, labels: "linear" });
       const { network } = await trainLazily(twoLayer({ d: 10, m: 20 }), train, { epochs: 1 });
       const { samples } = await measureFlips(network, test);
       console.log(samples.step.length, buildGraph === alone, typeof Session.create);`,
    );
    expect((await run(process.execPath, ["program.js"], { cwd: user })).stdout).toBe("20 true function\n");
  });

  test("its main entry is another one for a browser, with the same names and a few of its own", async () => {
    writeFileSync(join(user, "page.js"), `export * from "signflip";`);
    const options = { absWorkingDir: user, bundle: true, write: false, metafile: true, format: "esm", logLevel: "silent" } as const;
    const { metafile } = await build({ ...options, entryPoints: ["page.js"], platform: "browser", external: ["onnxruntime-web/*"] });
    const inputs = Object.keys(metafile.inputs).map((path) => path.replaceAll("\\", "/"));
    expect(inputs.some((path) => path.endsWith("signflip/dist/platform/web/index.js"))).toBe(true);
    expect(inputs.filter((path) => /signflip\/dist\/(platform\/node|cli)\/|onnxruntime-node/.test(path))).toEqual([]);

    writeFileSync(join(user, "names.js"), `import * as names from "signflip"; console.log(JSON.stringify(Object.keys(names)));`);
    const ofNode = JSON.parse((await run(process.execPath, ["names.js"], { cwd: user })).stdout) as string[];
    const ofPage = Object.values(metafile.outputs)[0]!.exports;
    expect(ofPage.filter((name) => !ofNode.includes(name)).toSorted()).toEqual(["urlSource", "useWebEngine"]);
    expect(ofNode.filter((name) => !ofPage.includes(name))).toEqual(["loadDataset", "useNodeEngine", "writePng"]);
  });

  test("help loads the program's frame and commander, and no command", async () => {
    const entry = join(packed, "dist", "cli", "main.js");
    const options = { bundle: true, splitting: true, write: false, metafile: true, format: "esm", platform: "node", packages: "external" } as const;
    const { outputs } = (await build({ ...options, absWorkingDir: packed, entryPoints: [entry], outdir: join(user, "unused") })).metafile;
    const first = Object.keys(outputs).find((path) => outputs[path]!.entryPoint === "dist/cli/main.js")!;
    const reached = new Set([first]);
    const packages = new Set<string>();
    for (const path of reached) {
      for (const { path: to, kind, external } of outputs[path]!.imports) {
        if (kind !== "import-statement") continue;
        if (external) packages.add(to);
        else reached.add(to);
      }
    }
    expect([...packages].filter((name) => !name.startsWith("node:"))).toEqual(["commander"]);
    const modules = [...reached].flatMap((path) => Object.keys(outputs[path]!.inputs));
    expect(modules).toContain("dist/cli/commands.js");
    expect(modules.filter((path) => path.endsWith("/command.js"))).toEqual([]);
  });

  test("and at compile time, with the library's own declarations checked", async () => {
    writeFileSync(
      join(user, "program.ts"),
      `import { mnist, twoLayer, type Flips } from "signflip";
       import { f32, type Model } from "signflip/graph";
       import { withSession } from "signflip/runtime";
       const d: number = (await mnist({ digits: [0, 1] })).train.d;
       export const used = [twoLayer({ d, m: 10 }).weights.length, f32([1]), withSession] as const;
       export type Used = Flips | Model;
       // @ts-expect-error: the width is missing
       twoLayer({ d: 1 });`,
    );
    expect(await compile("program.ts", "--module", "nodenext", "--types", "node")).toBe("");
  });

  test("and for a browser, without the types of Node", async () => {
    writeFileSync(
      join(user, "page.ts"),
      `import { mnist, useWebEngine, twoLayer, type WebEngineOptions } from "signflip";
       const options: WebEngineOptions = { gpu: true };
       useWebEngine(options);
       export const d: number = (await mnist({ url: "/data" })).train.d + twoLayer({ d: 1, m: 1 }).d;
       // @ts-expect-error: there are no folders in a page
       await mnist({ folder: "data" });`,
    );
    expect(await compile("page.ts", "--module", "esnext", "--moduleResolution", "bundler")).toBe("");
  });

  test("packed without a build it still runs, from its sources", async () => {
    rmSync(join(packed, "dist"), { recursive: true });
    expect(await signflip("--version")).toBe(`${manifest.version}\n`);
    expect(JSON.parse(await signflip(...tiny))).toHaveProperty("rows.0.d", 16);
  });
});
