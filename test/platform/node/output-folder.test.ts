import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { manifestName, OutputFolder, readManifest } from "../../../src/platform/node/output-folder.ts";
import { takeLock } from "../../../src/platform/node/lock.ts";

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "signflip-output-"));
  folder = join(parent, "out");
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const whole = { done: 2, total: 2 };
const part = { done: 1, total: 2 };

/** A run that writes some files, each with its own name as its content. */
async function runOf(files: readonly string[], cells = whole, command = "signflip reproduce"): Promise<void> {
  const output = await OutputFolder.open(folder, command);
  await output.begin(cells);
  for (const file of files) await output.write(file, file);
  await output.settle(cells);
  await output.close();
}
const filesOf = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((one) => one.isFile())
    .map(({ name }) => name)
    .sort();

describe("an output folder", () => {
  it("has a manifest of what the run wrote, and no lock after it", async () => {
    await runOf(["report.html", "rows/a.csv"]);
    expect(await filesOf()).toEqual(["a.csv", "report.html", manifestName]);
    expect(await readManifest(folder)).toEqual({
      format: "signflip-manifest/1",
      version: expect.stringMatching(/^\d/) as string,
      command: "signflip reproduce",
      complete: true,
      cells: whole,
      files: {
        "report.html": { bytes: 11, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        "rows/a.csv": { bytes: 10, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      },
    });
  });

  it("loses what the run before wrote and this one does not, and nothing else", async () => {
    await runOf(["report.html", "figures/figure-2.svg", "figures/figure-3.svg", "networks/a.onnx"]);
    await writeFile(join(folder, "notes.txt"), "mine");
    await writeFile(join(folder, "figures", "mine.svg"), "mine");
    await writeFile(join(folder, "figures", "figure-3.svg"), "edited since");
    await runOf(["report.html", "figures/figure-4.svg"]);
    expect(await filesOf()).toEqual(["figure-3.svg", "figure-4.svg", "mine.svg", "notes.txt", "report.html", manifestName]);
    expect(existsSync(join(folder, "networks"))).toBe(false);
    expect(Object.keys((await readManifest(folder))!.files)).toEqual(["figures/figure-4.svg", "report.html"]);
  });

  it("says it is partial until all cells are there, and while files are being written", async () => {
    await runOf(["report.html"], part);
    expect(await readManifest(folder)).toMatchObject({ complete: false, cells: part });
    await runOf(["report.html"]);
    expect(await readManifest(folder)).toMatchObject({ complete: true });
    const output = await OutputFolder.open(folder, "signflip reproduce");
    expect(await readManifest(folder)).toMatchObject({ complete: true });
    await output.begin(part);
    expect(await readManifest(folder)).toMatchObject({ complete: false, files: { "report.html": {} } });
    await output.close();
  });

  it("that is as it was found is left as it was, and not left at all where it is new", async () => {
    await (await OutputFolder.open(folder, "a")).close();
    expect(existsSync(folder)).toBe(false);
    await runOf(["report.html"]);
    const before = await readFile(join(folder, manifestName));
    await (await OutputFolder.open(folder, "b")).close();
    expect(await readFile(join(folder, manifestName))).toEqual(before);
  });

  it("never has files removed outside of it, whatever its manifest says", async () => {
    await runOf(["report.html"]);
    await writeFile(join(parent, "outside"), "report.html");
    const manifest = (await readManifest(folder))!;
    const stamp = manifest.files["report.html"]!;
    await writeFile(join(folder, manifestName), JSON.stringify({ ...manifest, files: { "../outside": stamp, [join(parent, "outside")]: stamp } }));
    await runOf(["report.html"]);
    expect(existsSync(join(parent, "outside"))).toBe(true);
  });

  it.each(["", "{", '{"format":"another"}', "null"])("with a manifest that is not one (%j) is written over, and nothing is removed", async (text) => {
    await mkdir(folder);
    await writeFile(join(folder, manifestName), text);
    await writeFile(join(folder, "other"), "");
    await runOf(["report.html"]);
    expect(await filesOf()).toEqual(["other", "report.html", manifestName]);
  });

  const canMount = process.platform === "linux" && process.getuid?.() === 0 && mounts();
  it.skipIf(!canMount)("on a disk that fills up says it is partial, or is what it was", async () => {
    await mkdir(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", folder]);
    try {
      await runOf(["report.html"]);
      const output = await OutputFolder.open(folder, "signflip reproduce");
      await output.begin(whole);
      await output.write("figures/a.svg", "x".repeat(100_000));
      await expect(output.write("report.html", "x".repeat(300_000))).rejects.toMatchObject({
        code: "SF_FILE",
        message: `cannot write ${join(folder, "report.html")}: no space is left on the disk`,
      });
      await output.close();
      expect(await readManifest(folder)).toMatchObject({ complete: false, files: { "report.html": { bytes: 11 } } });
      expect(await readFile(join(folder, "report.html"), "utf8")).toBe("report.html");
      // Not even the manifest fits: nothing changes.
      await runOf(["report.html"]);
      await writeFile(join(folder, "full"), Buffer.alloc(1 << 20)).catch(() => undefined);
      await expect(OutputFolder.open(folder, "signflip reproduce").then((one) => one.begin(part))).rejects.toMatchObject({ code: "SF_FILE" });
      expect(await readManifest(folder)).toMatchObject({ complete: true });
    } finally {
      execFileSync("umount", [folder]);
    }
  });
});

/** Whether this machine lets a file system be mounted. */
function mounts(): boolean {
  try {
    execFileSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("a lock", () => {
  const file = () => join(parent, "lock");
  const holder = (changes: object) => JSON.stringify({ pid: 1, host: hostname(), since: new Date().toISOString(), command: "signflip theory", ...changes });
  const refused =
    /^cannot write to .*: another run is writing there \(process \d+.* since 2.*: signflip .*\); wait for it, or choose another folder\. If it is gone, delete .*lock$/;

  it("keeps a second run out, in this process and from another, until it is released", async () => {
    const lock = await takeLock(file(), "signflip reproduce");
    await expect(takeLock(file(), "b")).rejects.toMatchObject({ code: "SF_FILE", message: expect.stringMatching(refused) as string });
    await lock.release();
    const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    await writeFile(file(), holder({ pid: other.pid }));
    await expect(takeLock(file(), "b")).rejects.toMatchObject({ message: expect.stringMatching(refused) as string });
    other.kill("SIGKILL");
    await new Promise((gone) => other.once("exit", gone));
    await (await takeLock(file(), "b")).release();
    expect(await readdir(parent)).toEqual([]);
  });

  it.each([
    ["of a process with this one's number", { pid: process.pid }],
    ["from before the machine was started", { since: "2001-01-01T00:00:00.000Z" }],
  ])("%s is taken over", async (_, changes) => {
    await writeFile(file(), holder(changes));
    const lock = await takeLock(file(), "signflip reproduce");
    expect(JSON.parse(await readFile(file(), "utf8"))).toMatchObject({ pid: process.pid, command: "signflip reproduce" });
    await lock.release();
  });

  it("that is damaged is taken over; of another machine nothing can be known", async () => {
    await writeFile(file(), "{");
    await (await takeLock(file(), "a")).release();
    await writeFile(file(), holder({ host: "elsewhere", pid: 2 ** 22 + 7 }));
    await expect(takeLock(file(), "a")).rejects.toMatchObject({ message: expect.stringMatching(/process \d+ on elsewhere since/) as string });
  });

  it("is one run's alone when many ask at once", async () => {
    await writeFile(file(), "{");
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(file(), "a")));
    expect(taken.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});
