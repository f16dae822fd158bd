import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runHere } from "./run.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "signflip-adversarial-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const train = async (options: string) => {
  const outcome = await runHere(["train", "--adversarial", ...options.split(" ")]);
  expect(outcome.stderr).not.toContain("error");
  expect(outcome.code).toBe(0);
  return outcome;
};

describe("signflip train --adversarial", () => {
  it("prints a row per seed with the history of every epoch", async () => {
    const { stdout } = await train("--method faithful --size 5 --width 100 --c0 10 --eps 0.2 --epochs 2 --normalize --pgd-steps 10 --seeds 2 --json");
    const { training, measure, rows } = JSON.parse(stdout) as Record<string, any>;
    expect(training).toEqual({
      method: "faithful",
      eps: 0.2,
      c0: 10,
      radius: 1,
      lr: 0.01,
      batch: 32,
      epochs: 2,
      patience: 20,
      minRise: 1e-4,
      project: "epoch",
      box: true,
      steps: 10,
    });
    expect(measure).toEqual({ robust: { attack: "pgd", norm: "l2", eps: 0.2, steps: 100 } });
    expect(rows.map(({ seed }: { seed: number }) => seed)).toEqual([0, 1]);
    for (const { history, ...row } of rows) {
      expect(row).toMatchObject({ d: 25, m: 100, eps: 0.2, radius: 1, epochs: 2, exitReason: "epochs" });
      expect(history).toHaveLength(2);
      for (const [i, epoch] of history.entries()) {
        expect(epoch).toMatchObject({ epoch: i + 1, steps: 396 * (i + 1), forward: 12, backward: 10 });
        for (const share of ["robustTrainAccuracy", "testAccuracy", "robustTestAccuracy"]) {
          expect(epoch[share]).toBeGreaterThanOrEqual(0);
          expect(epoch[share]).toBeLessThanOrEqual(1);
        }
        expect(epoch.loss).toBeGreaterThan(0);
        expect(epoch.deviation).toBeLessThanOrEqual(1);
      }
      expect(row.forward).toBe(24);
      // Ten steps can only be as strong as a hundred.
      expect(row.robustTestAccuracy).toBeLessThanOrEqual(history[1].robustTestAccuracy + 0.01);
    }
  });

  it("takes the ball's radius itself, and learns without the box or never projecting", async () => {
    const { stdout } = await train("--method fast --size 3 --width 20 --radius 0.01 --epochs 3 --lr 0.5 --batch 100 --json");
    const { training, rows } = JSON.parse(stdout) as Record<string, any>;
    expect(training).toMatchObject({ radius: 0.01, lr: 0.5, batch: 100, steps: 10 });
    expect(training).not.toHaveProperty("c0");
    expect(rows[0].deviation).toBeLessThanOrEqual(0.01);
    expect(rows[0].onSurface).toBeGreaterThan(0.5);
    const free = JSON.parse(
      (await train("--method fast --size 3 --width 20 --radius 0.01 --epochs 1 --lr 0.5 --project never --no-box --step-size 0.1 --json")).stdout,
    ) as Record<string, any>;
    expect(free["training"]).toMatchObject({ project: "never", box: false, stepSize: 0.1 });
    expect(free["rows"][0].deviation).toBeGreaterThan(0.01);
  });

  it("saves a network that attack measures as it was measured", async () => {
    const out = join(folder, "robust.onnx");
    const trained = await train(`--method fast --size 5 --width 50 --normalize --epochs 2 --lr 0.2 --out ${out} --json`);
    const row = (JSON.parse(trained.stdout) as Record<string, any>)["rows"][0];
    expect(row.network).toBe(out);
    const attacked = await runHere(["attack", out, "--eps", "0.2", "--json"]);
    const again = (JSON.parse(attacked.stdout) as Record<string, any>)["rows"][0];
    expect(again.robustAccuracy).toBe(row.robustTestAccuracy);
    expect(again.cleanAccuracy).toBe(row.testAccuracy);
    const flipped = await runHere(["flip", out, "--json"]);
    expect((JSON.parse(flipped.stdout) as Record<string, any>)["rows"][0]).toMatchObject({ c0: 10, epochs: 2 });
  });

  it("says how it went", async () => {
    const { stdout, stderr } = await train("--method fast --size 3 --width 20 --epochs 2 --patience 1");
    expect(stdout).toMatch(/^seed 0: .*, \d epochs?, deviation .* of 2\.24, test .* %, robust at ε 0\.2 .* % \(PGD, 100 steps\)\n$/);
    expect(stderr).toMatch(
      /^training adversarially on MNIST 0, 1 · size 3 · m 20 · seed 0\nseed 0 {2}epoch 1 {2}loss .* {2}robust train .* {2}test .* {2}robust test .* {2}deviation .* of 2\.24\n/,
    );
    expect(stderr).toContain("not saved");
  });
});
