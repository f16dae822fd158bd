import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signflip, runHere } from "./run.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "signflip-flip-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("signflip flip", () => {
  it("prints exactly one JSON object with a row per seed", async () => {
    const line = "flip --dataset mnist --digits 0,1 --size 5 --width 1000 --c0 10 --bias --exit epoch --seeds 2 --json";
    const { code, stdout } = await signflip(line.split(" "));
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    const { rows } = JSON.parse(stdout) as { rows: Record<string, any>[] };
    expect(rows.map(({ seed }) => seed)).toEqual([0, 1]);
    for (const row of rows) {
      expect(row).toMatchObject({ d: 25, m: 1000, c0: 10 });
      expect(row["testAccuracy"]).toBeGreaterThan(0.98);
      expect(row["deviation"]).toBeGreaterThan(10 / Math.sqrt(1000));
      for (const quantity of ["gradientNorm", "step", "perturbation", "perturbationRelative"]) {
        expect(Object.keys(row[quantity])).toEqual(["mean", "sd"]);
        expect(row[quantity].mean).toBeGreaterThan(0);
      }
      expect(row["flipped"] + row["neverFlipped"] + row["misclassified"]).toBe(2115);
      expect(row["testAccuracy"]).toBeCloseTo(1 - row["misclassified"] / 2115, 12);
    }
  });

  it("measures a saved network as it measured it when trained", async () => {
    const out = join(folder, "network.onnx");
    const trained = await runHere([
      "flip",
      "--size",
      "14",
      "--width",
      "50",
      "--normalize",
      "--no-bias",
      "--epochs",
      "2",
      "--seed",
      "7",
      "--out",
      out,
      "--json",
    ]);
    expect(trained.code).toBe(0);
    const saved = await runHere(["flip", out, "--json"]);
    expect(saved.code).toBe(0);
    expect(saved.stderr).toBe("");
    const row = ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as { rows: Record<string, unknown>[] }).rows[0]!;
    const { deviation, ...same } = row(saved);
    expect(row(trained)).toMatchObject(same);
    expect(deviation).toBeCloseTo(row(trained)["deviation"] as number, 6);
    expect(await runHere(["flip", out, "--size", "5"])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error SF_SIZE: the images must fit the network: .* takes d = 196 inputs, but the given size makes 25\n$/) as string,
    });
  });

  it("shows a table with the mean over seeds", async () => {
    const { stdout } = await runHere(["flip", "--size", "3", "--width", "20", "--epochs", "1", "--seeds", "2"]);
    expect(stdout).toMatch(/^seed +epochs +deviation +test +‖∇f‖ +\|η\|/);
    expect(stdout).toContain("mean over 2 seeds, with its 95 % interval:");
  });
});

describe("signflip train", () => {
  it("saves a network per seed and prints its history as JSON", async () => {
    const { stdout, stderr, code } = await runHere([
      "train",
      "--size",
      "3",
      "--width",
      "20",
      "--epochs",
      "3",
      "--seeds",
      "2",
      "--seed",
      "5",
      "--out",
      join(folder, "many.onnx"),
      "--json",
    ]);
    expect(code).toBe(0);
    const { rows } = JSON.parse(stdout) as { rows: Record<string, any>[] };
    expect(rows.map(({ seed }) => seed)).toEqual([5, 6]);
    for (const row of rows) {
      expect(row).toMatchObject({ d: 9, m: 20, c0: 10 });
      expect(row["history"]).toHaveLength(row["epochs"]);
      expect(["left-ball", "epochs"]).toContain(row["exitReason"]);
      expect(row["trainAccuracy"]).toBe(row["history"].at(-1).trainAccuracy);
    }
    const lines = stderr.trim().split("\n");
    expect(lines).toHaveLength(2 + rows[0]!["epochs"] + rows[1]!["epochs"]);
    // Said before the first epoch, which may take minutes.
    expect(lines[0]).toBe("training MNIST 0, 1 · size 3 · m 20 · seed 5");
    expect((await readdir(folder)).filter((name) => name.startsWith("many"))).toEqual(["many-seed-5.onnx", "many-seed-6.onnx"]);
  });
});
