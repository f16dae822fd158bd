import { beforeAll, describe, expect, test } from "vitest";
import { sphere } from "../../src/data/sphere.ts";
import { deviation, lazyRadius } from "../../src/model/two-layer/lazy-ball.ts";
import { twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { type AdversarialOptions, trainAdversarially } from "../../src/training/adversarial.ts";
import { trainLazily } from "../../src/training/sgd.ts";

beforeAll(() => useNodeEngine());

const data = sphere({ d: 10, n: 300, testN: 100, seed: 5, labels: "linear" });
const fresh = twoLayer({ d: 10, m: 64, bias: true, seed: 2 });
const train = (options: Partial<AdversarialOptions> = {}) =>
  trainAdversarially(fresh, data.train, { eps: 0.1, box: undefined, lr: 0.1, epochs: 4, test: data.test, steps: 20, ...options });

describe("projected adversarial training", () => {
  test.each(["epoch", "step"] as const)("projecting per %s keeps every iterate in the ball, and says how many rows are on its surface", async (project) => {
    const { network, history } = await train({ c0: 0.4, project, lr: 0.5 });
    const radius = lazyRadius(0.4, 64);
    expect(deviation(network, fresh)).toBeLessThanOrEqual(radius * (1 + 1e-6));
    for (const record of history) expect(record.deviation).toBeLessThanOrEqual(radius * (1 + 1e-6));
    expect(history.at(-1)!.onSurface).toBeGreaterThan(0.2);
  });

  test("never projecting leaves the ball, and a radius can be given as a number", async () => {
    const { history } = await train({ radius: 0.01, project: "never", lr: 0.5 });
    expect(history.at(-1)!.deviation).toBeGreaterThan(0.01);
    const { history: inside } = await train({ radius: 0.01, lr: 0.5 });
    expect(inside.at(-1)!.deviation).toBeLessThanOrEqual(0.01 * (1 + 1e-6));
  });

  test("with eps 0 and an endless ball it is plain SGD, bit for bit", async () => {
    const adversarial = await train({ eps: 0, c0: 1e6 });
    const plain = await trainLazily(fresh, data.train, { lr: 0.1, batch: 32, epochs: 4, c0: 1e6, exit: "epoch", test: data.test });
    expect(adversarial.network.weights).toEqual(plain.network.weights);
    expect(adversarial.history.map(({ testAccuracy }) => testAccuracy)).toEqual(plain.history.map(({ testAccuracy }) => testAccuracy));
    for (const { robustTestAccuracy, testAccuracy } of adversarial.history) expect(robustTestAccuracy).toBe(testAccuracy);
  });

  test("robust accuracy never exceeds clean accuracy, and training raises it", async () => {
    const { history } = await train({ epochs: 15, lr: 0.5, c0: 50 });
    for (const record of history) expect(record.robustTestAccuracy!).toBeLessThanOrEqual(record.testAccuracy! + 1e-12);
    expect(history.at(-1)!.robustTrainAccuracy).toBeGreaterThan(history[0]!.robustTrainAccuracy);
  });

  test("it ends when robust training accuracy rises no more", async () => {
    const { history, exitReason } = await train({ epochs: 50, lr: 1e-12, patience: 3 });
    expect(exitReason).toBe("no-rise");
    expect(history).toHaveLength(4);
  });

  test("fast needs a tenth of the passes of faithful and ends within a few points of it", async () => {
    const options = { epochs: 10, steps: undefined, lr: 0.5, c0: 5 } as const;
    const [faithful, fast] = [await train({ ...options, method: "faithful" }), await train({ ...options, method: "fast" })];
    expect(faithful.history[0]!.backward).toBe(100);
    expect(fast.history[0]!.backward).toBe(10);
    expect(Math.abs(faithful.history.at(-1)!.robustTestAccuracy! - fast.history.at(-1)!.robustTestAccuracy!)).toBeLessThanOrEqual(0.05);
  });

  test.each([
    [{ eps: -0.1 }, "eps"],
    [{ eps: Number.NaN }, "eps"],
    [{ steps: 0 }, "steps"],
    [{ radius: 0 }, "radius"],
    [{ patience: 0 }, "patience"],
    [{ method: "quick" as "fast" }, "method"],
  ])("refuses %o", async (options, name) => {
    await expect(train(options)).rejects.toMatchObject({ code: "SF_OPTION", usage: true, message: expect.stringContaining(name) as string });
  });

  test("a training that diverges says where", async () => {
    await expect(train({ lr: 1e38, c0: 1e38 })).rejects.toMatchObject({ code: "SF_DIVERGED", message: expect.stringContaining("m 64") as string });
  });
});
