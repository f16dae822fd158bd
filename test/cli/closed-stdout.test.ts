import { spawn } from "node:child_process";
import { existsSync, openSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveNetwork } from "../../src/model/two-layer/onnx.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { launcher } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "signflip-closed-"));
  await writeFile(join(folder, "network.onnx"), saveNetwork(twoLayer({ d: 9, m: 4, seed: 0 })));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs the program with a stdout that nobody reads: `head` that has seen enough, or a disk that is full. */
function unread(args: readonly string[], stdout: "pipe" | number = "pipe"): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [launcher, ...args], { cwd: folder, stdio: ["ignore", stdout, "pipe"] });
    let stderr = "";
    child.stdout?.destroy();
    child.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stderr }));
  });
}

const small = ["--size", "3", "--width", "5", "--epochs", "1"];
const studies = ["--figure", "7", "--preset", "smoke", "--seeds", "1", "--cache", "cells"];

describe("a reader that goes away costs no file", () => {
  it.each([
    ["train", ["train", ...small, "--seeds", "3", "--out", "t.onnx"], ["t-seed-0.onnx", "t-seed-1.onnx", "t-seed-2.onnx"]],
    [
      "train --adversarial",
      ["train", "--adversarial", ...small, "--seeds", "2", "--method", "fast", "--pgd-steps", "1", "--out", "a.onnx"],
      ["a-seed-0.onnx", "a-seed-1.onnx"],
    ],
    ["flip", ["flip", ...small, "--seeds", "2", "--out", "f.onnx"], ["f-seed-0.onnx", "f-seed-1.onnx"]],
    ["attack", ["attack", "network.onnx", "--steps", "2", "--out", "records.csv"], ["records.csv"]],
    ["reproduce", ["reproduce", ...studies, "--out", "report"], ["report/report.html", "report/figures/figure-7.svg"]],
    ["report", ["report", ...studies, "--out", "again"], ["again/report.html", "again/figures/figure-7.svg"]],
  ] as const)("%s", async (_, args, files) => {
    const { code, stderr } = await unread(args);
    expect(stderr).not.toContain("error");
    expect(code).toBe(0);
    expect(files.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
  });

  it.skipIf(!existsSync("/dev/full"))("nor does a full disk under stdout, but the exit code says so", async () => {
    const { code, stderr } = await unread(["train", ...small, "--seeds", "2", "--out", "full.onnx"], openSync("/dev/full", "w"));
    expect(stderr).toContain("error SF_FILE: cannot write to stdout: no space is left on the disk\n");
    expect(stderr.match(/error/g)).toHaveLength(1);
    expect(code).toBe(1);
    expect(readdirSync(folder).filter((name) => name.startsWith("full"))).toEqual(["full-seed-0.onnx", "full-seed-1.onnx"]);
  });
});
