import { beforeAll, describe, expect, it } from "vitest";
import type { Split } from "../../src/data/dataset.ts";
import type { ConeConfig } from "../../src/experiment/cone/config.ts";
import { runCone } from "../../src/experiment/cone/run.ts";
import { deviation, lazyRadius } from "../../src/model/two-layer/lazy-ball.ts";
import { loadNetwork } from "../../src/model/two-layer/onnx.ts";
import { initialOf, twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { mnist } from "../../src/platform/node/idx-folder.ts";
import { coneDistance } from "../../src/theory/ball/cone.ts";
import { trainLazily } from "../../src/training/sgd.ts";
import { only, timeless } from "./support.ts";

let split: Split;
beforeAll(async () => {
  useNodeEngine();
  split = await mnist({ digits: [0, 1], size: 5, normalize: true });
});

const m = 50;
type Changes = Partial<Omit<ConeConfig["training"], "c0">> & { readonly c0?: readonly number[]; readonly seed?: number; readonly bias?: boolean };
const config = ({ c0 = [5, 6, 8, 1000], seed = 0, bias = false, ...training }: Changes = {}): ConeConfig => ({
  kind: "cone",
  data: { dataset: "mnist", digits: [0, 1], size: 5, normalize: true },
  network: { kind: "two-layer", m, bias },
  training: { method: "sgd", c0: Math.max(...c0), lr: 1, batch: 64, exit: "step", epochs: 3, ...training },
  measure: { cone: { c0 } },
  seed,
});

async function run(config: ConeConfig) {
  const { result, save } = await only(runCone([config], { threads: 1, load: async () => split }));
  return { ...result, network: loadNetwork(save!(), "saved.onnx").network };
}

describe("a cell of Figure 1", () => {
  it("has a step where training leaves each ball and one where it ends", async () => {
    const { row, history, network } = await run(config());
    expect(row).toMatchObject({ kind: "cone", seed: 0, d: 25, size: 5, m, c0: 5, bias: false, normalize: true, epochs: 3, exitReason: "epochs" });
    expect(row.path.map(({ c0 }) => c0)).toEqual([5, 6, 8, 1000]);
    expect(row.path.map(({ steps }) => steps)).toEqual(row.path.map(({ steps }) => steps).toSorted((a, b) => a - b));
    for (const step of row.path.slice(0, -1)) {
      expect(step.deviation).toBeLessThanOrEqual(lazyRadius(step.c0, m));
      expect(step.deviation).toBeGreaterThan(0.9 * lazyRadius(step.c0, m));
    }
    for (const step of row.path) {
      expect(step.coneDistance).toBeLessThanOrEqual(step.deviation);
      expect(step.rows).toHaveLength(50);
      expect(step.testAccuracy).toBeGreaterThan(0.9);
    }
    const initial = initialOf(network);
    const last = row.path.at(-1)!;
    expect(last.deviation).toBe(deviation(network, initial));
    expect(last.coneDistance).toBe(coneDistance(network, initial).distance);
    expect(row.deviation).toBe(last.deviation);
    expect(row.testAccuracy).toBe(history.at(-1)!.testAccuracy);
    expect(history).toHaveLength(3);
  });

  it("leaves each ball where a run of its own would end", async () => {
    const { row } = await run(config());
    const initial = twoLayer({ d: 25, m, seed: 0 });
    const alone = await trainLazily(initial, split.train, { c0: 6, lr: 1, epochs: 3, test: split.test, threads: 1 });
    const step = row.path[1]!;
    expect(step).toMatchObject({
      steps: alone.history.at(-1)!.steps,
      deviation: deviation(alone.network, initial),
      coneDistance: coneDistance(alone.network, initial).distance,
      testAccuracy: alone.history.at(-1)!.testAccuracy,
    });
  });

  it("ends at the last ball's edge where training leaves that too", async () => {
    const { row } = await run(config({ c0: [8, 5] }));
    expect(row).toMatchObject({ c0: 5, exitReason: "left-ball" });
    expect(row.path.map(({ c0 }) => c0)).toEqual([5, 8]);
  });

  it("gives no network twice: several balls that hold the end are one step, and so are several left at once", async () => {
    const inside = await run(config({ c0: [5, 900, 1000], epochs: 1 }));
    expect(inside.row.path.map(({ c0 }) => c0)).toEqual([5, 1000]);
    const never = await run(config({ c0: [900, 1000], epochs: 1 }));
    expect(never.row.path.map(({ c0 }) => c0)).toEqual([1000]);
    const atOnce = await run(config({ c0: [5, 5.0001, 8] }));
    expect(atOnce.row.path.map(({ c0 }) => c0)).toEqual([5, 8]);
  });

  it("has biases in its rows, and epochs' ends as its exits, where they are asked for", async () => {
    const { row } = await run(config({ bias: true, exit: "epoch", c0: [3, 4, 1000], epochs: 2 }));
    expect(row.bias).toBe(true);
    expect(row.path[0]!.deviation).toBeGreaterThan(lazyRadius(3, m));
    expect(new Set(row.path.map(({ steps }) => steps)).size).toBe(row.path.length);
  });

  it("is the same every time", async () => {
    expect(timeless(await run(config({ seed: 3 })))).toEqual(timeless(await run(config({ seed: 3 }))));
  });
});
