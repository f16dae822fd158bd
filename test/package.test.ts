import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
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
const tiny = ["flip", "--size", "4", "--width", "20", "--epochs", "1", "--json"];

describe.sequential("the package", () => {
  test("holds what it needs and nothing else", () => {
    expect(readdirSync(packed).toSorted()).toEqual(["CHANGELOG.md", "CITATION.cff", "LICENSE", "README.md", "assets", "bin", "dist", "package.json", "src"]);
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
    const options = ["--strict", "--noEmit", "--target", "es2023", "--module", "nodenext", "--lib", "es2023,dom", "--types", "node"];
    const tsc = run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), ...options, "program.ts"], { cwd: user });
    expect(
      await tsc.then(
        () => "",
        (error: { stdout: string }) => error.stdout,
      ),
    ).toBe("");
  });

  test("packed without a build it still runs, from its sources", async () => {
    rmSync(join(packed, "dist"), { recursive: true });
    expect(await signflip("--version")).toBe(`${manifest.version}\n`);
    expect(JSON.parse(await signflip(...tiny))).toHaveProperty("rows.0.d", 16);
  });
});
