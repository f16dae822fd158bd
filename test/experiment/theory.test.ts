import { beforeAll, describe, expect, it } from "vitest";
import { loadData } from "../../src/data/index.ts";
import { sphere } from "../../src/data/sphere.ts";
import type { RunContext } from "../../src/experiment/experiment.ts";
import type { TheoryConfig } from "../../src/experiment/theory/config.ts";
import { checkTheorySize, runTheory } from "../../src/experiment/theory/run.ts";
import { deviation } from "../../src/model/two-layer/lazy-ball.ts";
import { loadNetwork } from "../../src/model/two-layer/onnx.ts";
import { initialOf } from "../../src/model/two-layer/two-layer.ts";
import { useNodeEngine } from "../../src/platform/node/engine.ts";
import { engine, useEngine } from "../../src/runtime/engine.ts";
import { statementIds } from "../../src/theory/statements/statement.ts";
import { theoryConfig } from "../study/example.ts";
import { only } from "./support.ts";

beforeAll(useNodeEngine);
const refused = () => Promise.reject(new Error("no files are read"));
const nowhere = { idx: refused, folder: refused };

async function run(config: TheoryConfig, options: Partial<RunContext> = {}) {
  const { result, save } = await only(runTheory([config], { threads: 1, load: (data) => loadData(data, nowhere), ...options }));
  return { ...result, network: loadNetwork(save!(), "saved.onnx").network };
}
const still = (training: Partial<TheoryConfig["training"]>) => run({ ...theoryConfig, training: { ...theoryConfig.training, ...training } });
const withoutTime = ({ seconds: _, ...row }: Awaited<ReturnType<typeof run>>["row"]) => row;

describe("data of the sphere", () => {
  it("is the same for every network's seed", async () => {
    const split = await loadData({ dataset: "sphere", d: 7, points: 5 }, nowhere);
    expect(split.train).toMatchObject({ n: 5, d: 7 });
    expect(split.test.fingerprint).toBe(sphere({ d: 7, n: 5, testN: 5, seed: 0 }).test.fingerprint);
  });
});

describe("a cell of the theory", () => {
  it("has every statement, the flips of both networks and the shares of one step", async () => {
    const epochs: number[] = [];
    const { row, network, history } = await run(theoryConfig, { onEpoch: ({ epoch }) => void epochs.push(epoch) });
    expect(row).toMatchObject({ kind: "theory", seed: 3, d: 16, m: 50, c0: 2, gamma: 0.1, draws: 40, points: 6, bias: false, normalize: true });
    expect(row).not.toHaveProperty("size");
    expect(row.statements.map(({ id }) => id)).toEqual([...statementIds]);
    for (const { simulation } of row.statements) if (simulation) expect(simulation.draws).toBe(40);
    // No label counts: each network's own sign is right.
    for (const flips of [row.fresh, row.trained]) {
      expect(flips.misclassified).toBe(0);
      expect(flips.flipped + flips.neverFlipped).toBe(6);
    }
    expect(row.freshShares.share).toHaveLength(row.freshShares.c1.length);
    expect(epochs).toEqual(history.map(({ epoch }) => epoch));
    expect(row.deviation).toBeGreaterThan(0);
    expect(deviation(network, initialOf(network))).toBeCloseTo(row.deviation, 6);
    expect(row.deviation).toBeLessThanOrEqual((2 / Math.sqrt(50)) * (1 + 1e-6));
  });

  it("is the same again, and another with another seed", async () => {
    const [first, again, other] = [await run(theoryConfig), await run(theoryConfig), await run({ ...theoryConfig, seed: 4 })];
    expect(withoutTime(again.row)).toEqual(withoutTime(first.row));
    expect(other.row.statements[0]!.simulation).not.toEqual(first.row.statements[0]!.simulation);
  });

  it("trains nothing in a ball of radius 0 or in no epochs: both networks are the drawn one", async () => {
    for (const [training, exitReason] of [
      [{ c0: 0 }, "left-ball"],
      [{ epochs: 0 }, "epochs"],
    ] as const) {
      const { row, network, history } = await still(training);
      expect(history).toEqual([]);
      expect(row).toMatchObject({ epochs: 0, steps: 0, deviation: 0, exitReason });
      expect(deviation(network, initialOf(network))).toBe(0);
      expect(row.trained).toEqual(row.fresh);
      expect(row.trainedShares).toEqual(row.freshShares);
      expect(row.testAccuracy).toBeGreaterThan(0);
    }
  });

  it("measures all points where there are fewer than asked for", async () => {
    const { row } = await run({ ...theoryConfig, measure: { theory: { ...theoryConfig.measure.theory, points: 500, draws: 1 } } });
    expect(row.points).toBe(100);
  });

  it("stops when told to", async () => {
    const stop = new AbortController();
    const stopped = run(theoryConfig, { signal: stop.signal, onEpoch: () => stop.abort() });
    await expect(stopped).rejects.toMatchObject({ code: "SF_STOPPED" });
  });

  it("refuses what does not fit before it begins", () => {
    expect(() => checkTheorySize({ d: 65_536, m: 1_000_000, points: 1 })).toThrow(
      "the width m times the dimension d must be at most 536,870,911; got 65,536,000,000",
    );
    expect(() => checkTheorySize({ d: 1, m: 1_000_000, points: 1000 })).toThrow("the width m times the points must be at most 536,870,911");
    expect(() => checkTheorySize({ d: 784, m: 100_000, points: 200 })).not.toThrow();
  });

  it("refuses networks that the machine cannot hold", async () => {
    const small = { ...(await engine()), memory: 10_000 };
    useEngine(() => Promise.resolve(small));
    try {
      const { d } = await loadData(theoryConfig.data, nowhere).then(({ train }) => train);
      await expect(run(theoryConfig)).rejects.toMatchObject({
        code: "SF_MEMORY",
        message: expect.stringContaining(`theory: networks of width ${theoryConfig.network.m} on ${d} inputs need at least`),
      });
    } finally {
      useNodeEngine();
    }
  });
});
