import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../src/data/npy.ts";
import { load } from "../../src/platform/node/load.ts";
import { bars } from "../training/classifier-data.ts";
import { runHere } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "signflip-train-classifier-"));
  for (const [part, n] of Object.entries({ train: 240, test: 60 })) {
    const { x, y } = bars(n, n);
    const bytes = Uint8Array.from(x, (value) => Math.round(255 * value));
    await writeFile(join(folder, `x_${part}.npy`), writeNpy(bytes, [n, 1, 8, 8]));
    await writeFile(join(folder, `y_${part}.npy`), writeNpy(Int32Array.from(Array.from(y)), [n]));
  }
  await writeFile(
    join(folder, "table.csv"),
    `width,height,kind\n${Array.from({ length: 20 }, (_, i) => `${i % 2 ? `1,${2 + i}` : `${3 + i},1`},${i % 2 ? "tall" : "wide"}`).join("\n")}\n`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const train = (...options: string[]) => runHere(["train-classifier", ...options]);

describe("signflip train-classifier", () => {
  it("trains a network on images, says how it does, and saves a file that says what it was trained on", async () => {
    const out = join(folder, "bars.onnx");
    const { code, stdout, stderr } = await train("--data", folder, "--epochs", "6", "--batch", "32", "--lr", "0.01", "--out", out);
    expect(code).toBe(0);
    expect(stderr).toContain("training conv on 240 samples");
    expect(stderr.match(/^epoch \d {2}loss [\d.]+ {2}train [\d.]+ % {2}test [\d.]+ % {2}[\d.]+ s$/gm)).toHaveLength(6);
    const [, accuracy] = /^6 epochs in \d+ s, loss [\d.]+, test ([\d.]+) %\n.*bars\.onnx\n$/.exec(stdout)!;
    expect(Number(accuracy)).toBeGreaterThan(85);
    const model = await load(out);
    expect(model).toMatchObject({ classes: 3, inputShape: [1, 8, 8], domain: { low: 0, high: 1 } });
    const right = (await model.predictOriginal(bars(60, 60).x)).filter((said, i) => said.class === bars(60, 60).y[i]).length;
    // The file's images are rounded to bytes.
    expect(Math.abs(right / 60 - Number(accuracy) / 100)).toBeLessThan(0.05);
    await model.dispose();
  });

  it("trains adversarially, and on from a file, with weights frozen", async () => {
    const [first, second] = [join(folder, "first.onnx"), join(folder, "second.onnx")];
    const once = ["--data", folder, "--epochs", "1", "--method", "adversarial", "--eps", "0.05", "--steps", "2", "--json"];
    const { stdout } = await train(...once, "--network", "mlp", "--out", first);
    expect(JSON.parse(stdout)).toMatchObject({ method: "adversarial", network: first, eps: 0.05, steps: 2, norm: "linf", samples: 240, robustSamples: 60 });
    const { code, stdout: on } = await train(first, ...once, "--freeze", "hidden1.weight,hidden1.bias", "--out", second);
    expect(code).toBe(0);
    const { history, robustTestAccuracy } = JSON.parse(on) as { history: Record<string, number>[]; robustTestAccuracy: number };
    expect(Object.keys(history[0]!)).toEqual(["epoch", "loss", "robustTrainAccuracy", "testAccuracy", "seconds"]);
    expect(robustTestAccuracy).toBeLessThanOrEqual(history[0]!["testAccuracy"]!);
    expect((await readFile(second)).equals(await readFile(first))).toBe(false);
  });

  it("trains on a table, whose columns are standardized, without a test where there is none", async () => {
    const { stdout, stderr } = await train("--data", join(folder, "table.csv"), "--epochs", "30", "--lr", "0.01");
    expect(stderr).toContain("2 classes\n");
    expect(stderr).toContain("not saved; use --out");
    expect(stdout).toMatch(/^30 epochs in \d+ s, loss [\d.]+(e-\d+)?\n$/);
  });

  it.each<[string[], string]>([
    [[], "error SF_OPTION: --data is missing: say what to train on, for example --data mnist"],
    [["--data", "DIR", "--eps", "1"], "error SF_OPTION: training: the method plain perturbs nothing and takes no eps; use adversarial or trades"],
    [["--data", "DIR", "--steps", "3"], "error SF_OPTION: --steps is for methods that perturb: add --method adversarial or trades"],
    [["--data", "DIR", "--optimizer", "adan"], "error SF_OPTION: --optimizer must be sgd or adam; got adan"],
    [["DIR/none.onnx", "--data", "DIR", "--network", "mlp"], "error SF_OPTION: --network is for a new network; DIR/none.onnx brings its own"],
    [["--data", "DIR/table.csv", "--network", "conv"], "error SF_OPTION: network: the layer conv1 takes samples of shape [channels, height, width]; got [2]"],
    [
      ["--data", "DIR", "--optimizer", "sgd", "--lr", "1e30", "--out", "DIR/diverged.onnx"],
      "error SF_DIVERGED: training of conv diverged in epoch 1, near step",
    ],
  ])("%j ends in one line, and nothing is written", async (args, message) => {
    const before = await readdir(folder);
    const { code, stdout, stderr } = await train(...args.map((arg) => arg.replace("DIR", folder)));
    expect(code).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n").at(-1)).toContain(message.replace("DIR", folder));
    expect(await readdir(folder)).toEqual(before);
  });
});
