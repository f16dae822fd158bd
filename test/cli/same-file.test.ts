import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeLock } from "../../src/platform/node/lock.ts";
import { readManifest } from "../../src/platform/node/output-folder.ts";
import { runHere, signflip } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "signflip-same-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the same command gives the same file", () => {
  // At this width and dimension two threads used to round differently from one.
  it.each([
    ["train", "train --size 28 --width 100 --epochs 1 --c0 1000"],
    ["train --adversarial", "train --adversarial --method fast --size 14 --width 60 --epochs 1 --pgd-steps 2 --batch 512"],
  ])("%s, byte for byte, at another time and with any number of threads", async (_, line) => {
    const files: Buffer[] = [];
    for (const threads of [[], [], ["--threads", "1"], ["--threads", "4"]]) {
      const out = join(folder, "network.onnx");
      expect(await runHere([...line.split(" "), ...threads, "--out", out])).toMatchObject({ code: 0 });
      files.push(await readFile(out));
    }
    for (const file of files) expect(file.equals(files[0]!)).toBe(true);
  });
});

describe("two runs into one folder", () => {
  const out = () => join(folder, "out");
  const reproduce = async (name: string, size: number) => {
    const study = join(folder, `${name}.yaml`);
    await writeFile(study, `name: ${name}\nfigures: [2]\ndata: { size: ${size} }\nnetwork: { m: 30 }\ntraining: { epochs: 1 }\nseeds: 2\n`);
    return signflip(["reproduce", "--study", study, "--out", out(), "--cache", join(folder, "cache"), "--workers", "1", "--json"]);
  };

  it("after one another leave the second's files, and the user's", async () => {
    expect(await reproduce("first", 3)).toMatchObject({ code: 0 });
    await writeFile(join(out(), "notes.txt"), "mine");
    expect(await reproduce("second", 4)).toMatchObject({ code: 0 });
    expect((await readdir(out())).sort()).toEqual(["figures", "networks", "notes.txt", "report.html", "rows", "signflip-manifest.json"]);
    expect((await readdir(join(out(), "rows"))).sort()).toEqual(["second.csv", "second.parquet"]);
    expect(await readdir(join(out(), "networks"))).toHaveLength(1);
    const manifest = (await readManifest(out()))!;
    expect(manifest).toMatchObject({ complete: true, cells: { done: 2, total: 2 } });
    expect(Object.keys(manifest.files)).toHaveLength(6);
  }, 180_000);

  it("cannot be at once: the second says in one line which is the first", async () => {
    await mkdir(join(folder, "taken"));
    const lock = await takeLock(join(folder, "taken", ".signflip-lock"), "signflip reproduce --figure 2");
    const line = ["reproduce", "--figure", "2", "--preset", "smoke", "--out", join(folder, "taken"), "--cache", join(folder, "cache")];
    const refused = await signflip(line);
    await lock.release();
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      new RegExp(
        `^error SF_FILE: cannot write to .*taken: another run is writing there \\(process ${process.pid} since .*: signflip reproduce --figure 2\\); .*\\n$`,
      ),
    );
  }, 180_000);
});
