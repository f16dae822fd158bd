import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/* A checkout of its own, whose sources can be edited and whose packages are links to ours. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const run = promisify(execFile);

let checkout: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), "signflip-checkout-"));
  for (const name of ["bin", "scripts", "src", "package.json"]) cpSync(join(root, name), join(checkout, name), { recursive: true });
  const modules = join(checkout, "node_modules");
  const link = (name: string) => {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name), "junction");
  };
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name.startsWith("@")) for (const inner of readdirSync(join(root, "node_modules", name))) link(`${name}/${inner}`);
    else if (!name.startsWith(".")) link(name);
  }
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

const signflip = async (...args: string[]) => {
  const { stdout, stderr } = await run(process.execPath, [join(checkout, "bin", "signflip.js"), ...args], { env: { ...process.env, SIGNFLIP_DEBUG: "1" } });
  return stdout + stderr;
};
const bundles = () => readdirSync(join(checkout, "node_modules", ".cache", "signflip"));
const edit = (file: string, change: (text: string) => string) =>
  writeFileSync(join(checkout, "src", file), change(readFileSync(join(checkout, "src", file), "utf8")));

describe.sequential("the launcher in a checkout", () => {
  test("first starts at the same time all work, and leave one bundle and no halves", async () => {
    const all = await Promise.all([0, 1, 2, 3].map(() => signflip("--version")));
    for (const text of all) expect(text).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(bundles()).toHaveLength(1);
  });

  test("the next start uses it", async () => {
    const [name] = bundles();
    writeFileSync(join(checkout, "node_modules", ".cache", "signflip", name!, "cli", "main.js"), "export const main = () => console.log('the bundle');");
    expect(await signflip("--version")).toBe("the bundle\n");
  });

  test("an edited source is seen at once, even one that has kept its length", async () => {
    edit("cli/commands.ts", (text) => text.replace("two-layer network within", "TWO-LAYER network within"));
    expect(await signflip("--help")).toContain("TWO-LAYER network within");
    edit("cli/commands.ts", (text) => text.replace("TWO-LAYER network within", "Two-layer network within"));
    expect(await signflip("--help")).toContain("Two-layer network within");
    expect(bundles()).toHaveLength(3);
  });

  test("a file beside the sources is found from the bundle", async () => {
    writeFileSync(join(checkout, "package.json"), readFileSync(join(checkout, "package.json"), "utf8").replace(/"version": "[^"]+"/, '"version": "7.8.9"'));
    expect(await signflip("--version")).toBe("7.8.9\n");
  });

  test("where no bundle can be made, the sources run as they are", async () => {
    rmSync(join(checkout, "node_modules", ".cache"), { recursive: true });
    writeFileSync(join(checkout, "node_modules", ".cache"), "a file in the way");
    const text = await signflip("--version");
    expect(text).toContain("7.8.9\n");
    expect(text).toContain("no bundle: ");
  });

  test("a source that does not parse is named", async () => {
    edit("cli/main.ts", (text) => `${text}\nconst = ;`);
    await expect(signflip("--version")).rejects.toMatchObject({ stderr: expect.stringContaining("main.ts") as string });
  });
});
