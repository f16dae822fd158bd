import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { signsOf } from "../../src/data/points.ts";
import { sphere } from "../../src/data/sphere.ts";
import { deviation, lazyRadius } from "../../src/model/two-layer/lazy-ball.ts";
import { parameters, twoLayer } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { Session, numberOf } from "../../src/runtime/session.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { trainAdversarially } from "../../src/training/adversarial.ts";
import { epochGraph } from "../../src/training/epoch-graph.ts";
import { type Training, shuffled, trainLazily, trainTrajectory } from "../../src/training/sgd.ts";

beforeAll(() => useNodeEngine());

interface Weights {
  W: Float64Array;
  b: Float64Array;
}

/** Minibatch SGD on the logistic loss with its gradient derived by hand, sample by sample, in float64. */
function byHand(
  network: { d: number; m: number; bias: boolean; outer: ArrayLike<number>; outerBias: number },
  start: Weights,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  batch: number,
  lr: number,
  c0: number,
) {
  const { d, m, outer, outerBias } = network;
  const scale = Math.fround(1 / Math.sqrt(m)); // an attribute of Gemm, and attributes are float32
  const now = { W: start.W.slice(), b: start.b.slice() };
  let loss = 0;
  let correct = 0;
  let seen = 0;
  let steps = 0;
  for (let from = 0; from < y.length; from += batch) {
    const count = Math.min(batch, y.length - from);
    const next = { W: now.W.slice(), b: now.b.slice() };
    let batchLoss = 0;
    let batchCorrect = 0;
    for (let i = from; i < from + count; i++) {
      const z = Array.from(
        { length: m },
        (_, s) => now.b[s]! + Array.from({ length: d }, (_, k) => now.W[s * d + k]! * x[i * d + k]!).reduce((p, q) => p + q, 0),
      );
      const f = scale * (z.reduce((sum, value, s) => sum + outer[s]! * Math.max(0, value), 0) + outerBias);
      const margin = y[i]! * f;
      batchLoss += Math.log1p(Math.exp(-margin));
      batchCorrect += +(margin > 0);
      const df = -y[i]! / (1 + Math.exp(margin)) / count;
      z.forEach((value, s) => {
        if (value <= 0) return;
        for (let k = 0; k < d; k++) next.W[s * d + k]! -= lr * df * scale * outer[s]! * x[i * d + k]!;
        if (network.bias) next.b[s]! -= lr * df * scale * outer[s]!;
      });
    }
    const moved = Math.max(
      ...Array.from({ length: m }, (_, s) =>
        Math.hypot(next.b[s]! - start.b[s]!, ...Array.from({ length: d }, (_, k) => next.W[s * d + k]! - start.W[s * d + k]!)),
      ),
    );
    if (moved > lazyRadius(c0, m)) return { ...now, loss, correct, seen, steps, left: 1 };
    Object.assign(now, next);
    loss += batchLoss;
    correct += batchCorrect;
    seen += count;
    steps++;
  }
  return { ...now, loss, correct, seen, steps, left: 0 };
}

const settings = fc.record({
  d: fc.integer({ min: 1, max: 6 }),
  m: fc.integer({ min: 1, max: 9 }),
  n: fc.integer({ min: 1, max: 40 }),
  batch: fc.integer({ min: 1, max: 17 }),
  bias: fc.boolean(),
  lr: fc.double({ min: 0.01, max: 1, noNaN: true }).map(Math.fround),
  c0: fc.double({ min: 0.02, max: 3, noNaN: true }),
  seed: fc.nat(1e6),
});

describe("an epoch of SGD as one graph", () => {
  test("agrees with a hand-derived one in float64, refused step and all, and its short cut changes nothing", async () => {
    let refused = 0;
    let saved = 0;
    await fc.assert(
      fc.asyncProperty(settings, async ({ d, m, n, batch, bias, lr, c0, seed }) => {
        const network = twoLayer({ d, m, bias, seed });
        const { train } = sphere({ d, n, testN: 1, seed, labels: "random" });
        const wide = (t: Tensor): Tensor => ({ element: "float64", shape: t.shape, data: Float64Array.from(t.data as Float32Array) });
        const inputs = Object.fromEntries(Object.entries(parameters(network)).map(([name, value]) => [name, wide(value)]));
        const feeds = {
          ...inputs,
          X: { element: "float64" as const, shape: [n, d], data: Float64Array.from(train.x) },
          y: { element: "float64" as const, shape: [n, 1], data: Float64Array.from(signsOf(train.y)) },
          W0: inputs["W"]!,
          ...(bias ? { b0: inputs["b"]! } : {}),
          deviation_before: { element: "float64" as const, shape: [], data: Float64Array.of(0) },
          loss_before: { element: "float64" as const, shape: [], data: Float64Array.of(0) },
          radius: { element: "float64" as const, shape: [], data: Float64Array.of(lazyRadius(c0, m)) },
          start: { element: "int64" as const, shape: [], data: BigInt64Array.of(0n) },
        };
        const options = { d, m, bias, n, batch, lr, exit: "step", element: "float64" } as const;
        const run = async (exactAlways: boolean) => {
          const session = await Session.create(epochGraph({ ...options, exactAlways }));
          const out = await session.run(feeds);
          await session.dispose();
          return out;
        };
        const [fast, exact] = [await run(false), await run(true)];
        for (const name of Object.keys(fast)) if (name !== "checks" && name !== "reach") expect(fast[name]!.data).toEqual(exact[name]!.data);
        expect(numberOf(fast, "checks")).toBeLessThanOrEqual(numberOf(exact, "checks"));
        saved += numberOf(exact, "checks") - numberOf(fast, "checks");

        const expected = byHand(
          network,
          { W: Float64Array.from(network.weights), b: Float64Array.from(network.hiddenBias) },
          train.x,
          signsOf(train.y),
          batch,
          lr,
          c0,
        );
        refused += expected.left;
        for (const name of ["left", "steps", "seen", "correct"] as const) expect(numberOf(fast, name)).toBe(expected[name]);
        expect(numberOf(fast, "loss")).toBeCloseTo(expected.loss, 9);
        (fast["W_after"]!.data as Float64Array).forEach((value, i) => expect(value).toBeCloseTo(expected.W[i]!, 10));
        if (bias) (fast["b_after"]!.data as Float64Array).forEach((value, i) => expect(value).toBeCloseTo(expected.b[i]!, 10));
      }),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(5);
    expect(saved).toBeGreaterThan(20);
  });
});

describe("lazy training", () => {
  const data = sphere({ d: 20, n: 600, testN: 200, seed: 3, labels: "linear" });
  const fresh = twoLayer({ d: 20, m: 128, bias: true, seed: 1 });

  test("exit step: the network returned is inside the ball, and the next step would have left it", async () => {
    const { network, history, exitReason } = await trainLazily(fresh, data.train, { c0: 1, lr: 0.05, epochs: 200, test: data.test });
    expect(exitReason).toBe("left-ball");
    const moved = deviation(network, fresh);
    expect(moved).toBeLessThanOrEqual(lazyRadius(1, 128) * (1 + 1e-6));
    expect(moved).toBeGreaterThan(0.9 * lazyRadius(1, 128));
    expect(history.at(-1)!.deviation).toBeCloseTo(moved, 6);
    expect(history.at(-1)!.testAccuracy).toBeGreaterThan(0);
    expect(history.map(({ epoch }) => epoch)).toEqual(history.map((_, i) => i + 1));
  });

  test("where the very first step would leave the ball, the network stays as it was and its record has no loss", async () => {
    const { network, history, exitReason } = await trainLazily(fresh, data.train, { c0: 1e-6, test: data.test });
    expect(exitReason).toBe("left-ball");
    expect(network.weights).toEqual(fresh.weights);
    expect(history).toHaveLength(1);
    expect(history[0]).toMatchObject({ epoch: 1, loss: NaN, trainAccuracy: NaN, deviation: 0, steps: 0, testAccuracy: expect.any(Number) as number });
    expect(JSON.parse(JSON.stringify(history[0]))).toMatchObject({ loss: null, trainAccuracy: null });
  });

  test("exit epoch: it ends after the first epoch that ends outside", async () => {
    const { network, history, exitReason } = await trainLazily(fresh, data.train, { c0: 1, lr: 0.5, epochs: 200, exit: "epoch" });
    expect(exitReason).toBe("left-ball");
    expect(deviation(network, fresh)).toBeGreaterThan(lazyRadius(1, 128));
    for (const { deviation } of history.slice(0, -1)) expect(deviation).toBeLessThanOrEqual(lazyRadius(1, 128));
    expect(history.at(-1)!.steps).toBe(history.length * Math.ceil(600 / 64));
  });

  test("the same seed gives the same bits, over thread counts as well", async () => {
    const run = (threads: number) => trainLazily(fresh, data.train, { c0: 5, epochs: 2, threads });
    const [one, again, two] = [await run(1), await run(1), await run(2)];
    expect(again.network.weights).toEqual(one.network.weights);
    expect(two.network.weights).toEqual(one.network.weights);
  });

  test("the order of the points is a permutation that keeps each with its label", () => {
    const { x, y } = shuffled(data.train, 7);
    const rows = (x: Float32Array, y: ArrayLike<number>) => Array.from(y, (label, i) => `${label} ${x.subarray(i * 20, i * 20 + 20).join()}`).sort();
    expect(rows(x, y)).toEqual(rows(data.train.x, data.train.y));
    expect(x).not.toEqual(data.train.x);
  });

  test("points of another size and labels that are no classes are refused, by either training", async () => {
    const signs = { x: data.train.x, y: signsOf(data.train.y) };
    const labels = /^training: labels must be class indices from 0 to 1; sample \d+ has -1; write class 0 for −1 and class 1 for \+1$/;
    await expect(trainLazily(fresh, signs)).rejects.toThrow(labels);
    await expect(trainLazily(fresh, data.train, { test: signs })).rejects.toThrow(labels);
    await expect(trainAdversarially(fresh, signs, { eps: 0.1 })).rejects.toThrow(labels);
    await expect(trainLazily(twoLayer({ d: 5, m: 3 }), data.train)).rejects.toThrow(
      "training: the two-layer network (m 3, d 5) has 5 inputs; got 600 samples of 20",
    );
  });

  test("a training that diverges stops with an error that says where", async () => {
    await expect(trainLazily(fresh, data.train, { lr: 1e38, c0: 1e38, epochs: 3 })).rejects.toMatchObject({
      code: "SF_DIVERGED",
      message: expect.stringContaining("epoch 1") as string,
    });
  });

  test.each([
    [{ c0: 0 }, "c0"],
    [{ lr: Number.NaN }, "lr"],
    [{ lr: -1 }, "lr"],
    [{ batch: 0 }, "batch"],
    [{ epochs: 1.5 }, "epochs"],
    [{ exit: "never" as "step" }, "exit"],
  ])("refuses %o", async (options, name) => {
    await expect(trainLazily(fresh, data.train, options)).rejects.toMatchObject({
      code: "SF_OPTION",
      usage: true,
      message: expect.stringContaining(name) as string,
    });
  });

  test.each(["step", "epoch"] as const)("one trajectory through several balls gives the same bits as a run for each (exit %s)", async (exit) => {
    const options = { lr: 0.2, epochs: 12, exit, test: data.test };
    const withoutSeconds = ({ network, history, exitReason }: Training) => ({
      network,
      exitReason,
      history: history.map((record) => ({ ...record, seconds: 0 })),
    });
    const c0s = [0.5, 0.51, 1, 2, 50];
    const together: Training[] = [];
    for await (const { c0, ...training } of trainTrajectory(fresh, data.train, { ...options, c0: c0s })) {
      expect(c0).toBe(c0s[together.length]);
      together.push(training);
    }
    const apart = await Promise.all(c0s.map((c0) => trainLazily(fresh, data.train, { ...options, c0 })));
    expect(together.map(withoutSeconds)).toEqual(apart.map(withoutSeconds));
    expect(new Set(apart.map(({ exitReason }) => exitReason)).size).toBe(2);
  });

  test("a signal stops it between epochs", async () => {
    const controller = new AbortController();
    const stopped = trainLazily(fresh, data.train, {
      c0: 1e6,
      epochs: 50,
      signal: controller.signal,
      onEpoch: ({ epoch }) => epoch === 2 && controller.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "SF_STOPPED" });
  });
});
