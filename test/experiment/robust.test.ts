import { isRobust, type RobustConfig } from "../../src/experiment/robust/config.ts";
import { runCell } from "../../src/study/serve.ts";
import { beforeAll, describe, expect, it } from "vitest";
import type { Split } from "../../src/data/dataset.ts";
import { mnist } from "../../src/platform/node/idx-folder.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { robustConfig } from "../study/example.ts";

let split: Split;
beforeAll(async () => {
  useNodeEngine();
  split = await mnist({ digits: [0, 1], size: 5, normalize: true });
});

const config = (training: Partial<RobustConfig["training"]>): RobustConfig => ({
  ...robustConfig,
  data: { ...robustConfig.data, size: 5 },
  network: { ...robustConfig.network, m: 30 },
  training: { ...robustConfig.training, epochs: 2, steps: 10, lr: 0.1, ...training },
});
async function run(training: Partial<RobustConfig["training"]>) {
  const { result } = await runCell(config(training), split, { threads: 1 });
  if (!isRobust(result)) throw new Error("not a robust cell");
  return result;
}

describe("a cell of adversarial training", () => {
  it("has the robust accuracy of the measurement, not of the training's attack", async () => {
    const { row, history } = await run({ eps: 0.3, steps: 1 });
    expect(row).toMatchObject({ kind: "robust", d: 25, m: 30, eps: 0.3, trainPoints: 12_665, epochs: 2, exitReason: "epochs", forward: 6, backward: 2 });
    expect(row.robustTestAccuracy).toBeLessThanOrEqual(history.at(-1)!.robustTestAccuracy!);
    expect(row.testAccuracy).toBe(history.at(-1)!.testAccuracy);
  });

  it("of the faithful method agrees with its own last epoch", async () => {
    const { row, history } = await run({ steps: 100, epochs: 1 });
    expect(row.robustTestAccuracy).toBe(history[0]!.robustTestAccuracy);
  });

  it("learns from the first points of its seed's order where it is told to", async () => {
    const { row, history } = await run({ method: "fast", train: 500, batch: 50 });
    expect(row.trainPoints).toBe(500);
    expect(history.map(({ steps }) => steps)).toEqual([10, 20]);
    expect(history[0]).not.toHaveProperty("robustTestAccuracy");
    const all = await run({ method: "fast", train: 1e6 });
    expect(all.row.trainPoints).toBe(12_665);
  });

  it("is the same every time", async () => {
    const timeless = ({ row, history, ...rest }: Awaited<ReturnType<typeof run>>) => ({
      ...rest,
      row: { ...row, seconds: 0 },
      history: history.map((epoch) => ({ ...epoch, seconds: 0 })),
    });
    const cell = { method: "fast", train: 300 } as const;
    expect(timeless(await run(cell))).toEqual(timeless(await run(cell)));
  });
});
