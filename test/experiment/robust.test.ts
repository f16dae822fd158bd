import { beforeAll, describe, expect, it } from "vitest";
import type { AdversarialConfig, RobustResult, SgdRobustConfig } from "../../src/experiment/robust/config.ts";
import { runFlips } from "../../src/experiment/flips/run.ts";
import { runRobust } from "../../src/experiment/robust/run.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { exampleConfig, robustConfig, sgdRobustConfig } from "../study/example.ts";
import { collect, context, only, timeless } from "./support.ts";

beforeAll(useNodeEngine);

type Training = Partial<AdversarialConfig["training"]>;
const config = ({ eps = 0.2, ...training }: Training): AdversarialConfig => ({
  ...robustConfig,
  data: { ...robustConfig.data, size: 5 },
  network: { ...robustConfig.network, m: 30 },
  training: { ...robustConfig.training, epochs: 2, steps: 10, lr: 0.1, eps, ...training },
  measure: { robust: { ...robustConfig.measure.robust, eps } },
});
const run = async (training: Training) => (await only(runRobust([config(training)], context))).result;
const epochsOf = (history: RobustResult["history"]) => history.flatMap((record) => ("robustTrainAccuracy" in record ? [record] : []));

describe("a cell of adversarial training", () => {
  it("has the robust accuracy of the measurement, not of the training's attack", async () => {
    const { row, history } = await run({ eps: 0.3, steps: 1 });
    expect(row).toMatchObject({ kind: "robust", d: 25, m: 30, eps: 0.3, trainPoints: 12_665, epochs: 2, exitReason: "epochs", forward: 6, backward: 2 });
    expect(row.robustTestAccuracy).toBeLessThanOrEqual(epochsOf(history).at(-1)!.robustTestAccuracy!);
    expect(row.testAccuracy).toBe(history.at(-1)!.testAccuracy);
  });

  it("of the faithful method agrees with its own last epoch", async () => {
    const { row, history } = await run({ steps: 100, epochs: 1 });
    expect(row.robustTestAccuracy).toBe(epochsOf(history)[0]!.robustTestAccuracy);
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
    const cell = { method: "fast", train: 300 } as const;
    expect(timeless(await run(cell))).toEqual(timeless(await run(cell)));
  });
});

type Measure = SgdRobustConfig["measure"]["robust"];
const pgd = { attack: "pgd", norm: "l2", steps: 10, box: true, eps: 0.2 } as const;
const measures = (robust: Measure): SgdRobustConfig => ({
  ...sgdRobustConfig,
  data: { ...sgdRobustConfig.data, size: 5 },
  network: { ...sgdRobustConfig.network, m: 30 },
  training: { ...sgdRobustConfig.training, epochs: 2 },
  measure: { robust },
});

describe("robust accuracy of a network trained by SGD", () => {
  it("is measured for every attack, norm and budget after one training", async () => {
    const fgsm = { attack: "fgsm", norm: "linf", box: true, eps: 0.05 } as const;
    const apgd = { ...fgsm, attack: "apgd", steps: 10 } as const;
    const measured = [...[0, 0.1, 0.5].map((eps) => ({ ...pgd, eps })), apgd, fgsm].map(measures);
    const epochs: number[] = [];
    const cells = await collect(runRobust([measured[0]!, ...measured.slice(1)], { ...context, onEpoch: ({ epoch }) => epochs.push(epoch) }));
    expect(epochs).toEqual([1, 2]);
    expect(cells.map(({ result }) => result.config)).toEqual(measured);
    const [none, little, much, best, single] = cells.map(({ result }) => result.row);
    // With nothing to spend an attack changes nothing.
    expect(none!.robustTestAccuracy).toBe(none!.testAccuracy);
    expect(little!.robustTestAccuracy).toBeLessThan(none!.robustTestAccuracy);
    expect(much!.robustTestAccuracy).toBeLessThan(little!.robustTestAccuracy);
    expect(best!.robustTestAccuracy).toBeLessThanOrEqual(single!.robustTestAccuracy);
    for (const { result } of cells) {
      expect(result.row).toMatchObject({ kind: "robust", method: "sgd", c0: 10, epochs: 2, trainPoints: 12_665, testAccuracy: none!.testAccuracy });
      expect(result.row.eps).toBe(result.config.measure.robust.eps);
      expect(result.row.radius).toBeCloseTo(10 / Math.sqrt(30), 12);
      expect(result.row).not.toHaveProperty("onSurface");
    }
  });

  it("is of the network whose flips are measured", async () => {
    const { measure: _, ...network } = measures(pgd);
    const flips = await only(runFlips([{ ...network, kind: "flips", measure: exampleConfig.measure }], context));
    const robust = await only(runRobust([measures({ ...pgd, eps: 0.1 })], context));
    expect(robust.save!()).toEqual(flips.save!());
    const { deviation, epochs, exitReason, testAccuracy } = flips.result.row;
    expect(robust.result.row).toMatchObject({ deviation, epochs, exitReason, testAccuracy });
  });

  it("keeps perturbed pixels in the box unless told otherwise", async () => {
    const [inside, outside] = await collect(runRobust([measures({ ...pgd, eps: 1 }), measures({ ...pgd, eps: 1, box: false })], context));
    expect(outside!.result.row.robustTestAccuracy).toBeLessThan(inside!.result.row.robustTestAccuracy);
  });

  it("is the same every time, alone or beside others", async () => {
    const [one, other] = [measures({ ...pgd, eps: 0.1 }), measures({ ...pgd, eps: 0.2 })];
    const alone = await only(runRobust([other], context));
    const [, beside] = await collect(runRobust([one, other], context));
    expect(timeless(beside!.result)).toEqual(timeless(alone.result));
  });
});
