import type { Dataset } from "../../data/dataset.ts";
import type { Points } from "../../data/points.ts";
import type { FlipSummary } from "../../measure/flip-row.ts";
import { measureFlips } from "../../measure/flips.ts";
import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { predictor } from "../../model/two-layer/predict.ts";
import { twoLayer } from "../../model/two-layer/two-layer.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { checkMemory } from "../../runtime/memory.ts";
import { checkStatements } from "../../theory/check.ts";
import { measureStepShares } from "../../theory/rays/step-shares.ts";
import type { Training } from "../../training/sgd.ts";
import { SignflipError } from "../../util/errors.ts";
import type { FinishedCell, RunContext } from "../experiment.ts";
import { rowStart } from "../network-cells.ts";
import { engineOf, saverOf, trainCell } from "../sgd.ts";
import type { TheoryConfig, TheoryResult } from "./config.ts";

/** Most numbers that one array may hold, W `[m, d]` or the pre-activations of all points `[n, m]`: just below 2 GiB of float32, the most the engine takes. */
const mostNumbers = 2 ** 29 - 1;

/** @throws SF_OPTION where a cell's arrays would not fit into memory. Found out before any is made. */
export function checkTheorySize({ d, m, points }: { readonly d: number; readonly m: number; readonly points: number }): void {
  const fail = (what: string, count: number) => {
    const limit = mostNumbers.toLocaleString("en-US");
    throw new SignflipError("SF_OPTION", `theory: ${what} must be at most ${limit}; got ${count.toLocaleString("en-US")}`, { usage: true });
  };
  if (m * d > mostNumbers) fail("the width m times the dimension d", m * d);
  if (m * points > mostNumbers) fail("the width m times the points", m * points);
}

/**
 * Computes one cell of the theory: draw the network, train it within its lazy ball, check every statement on both and on fresh
 * draws, measure how far their predictions are from flipping. The network trained is the drawn one itself where the ball has
 * radius 0 or there are no epochs.
 */
export async function* runTheory([config]: readonly [TheoryConfig, ...TheoryConfig[]], context: RunContext): AsyncGenerator<FinishedCell<TheoryResult>> {
  const {
    network: { m, bias },
    training: { c0, epochs },
    measure: { theory },
    seed,
  } = config;
  const split = await context.load(config.data);
  const { train, test } = split;
  const began = performance.now();
  const { d } = train;
  const points = firstOf(test, theory.points);
  checkTheorySize({ d, m, points: points.y.length });
  // Of W there are the drawn one, the trained one and what training and searches hold of it: 10 copies at the peak were measured (m 100,000, d 4,096).
  await checkMemory(`theory: networks of width ${m} on ${d} inputs`, 4 * (8 * m * d + 3 * m * points.y.length));
  const { signal } = context;
  const engine = engineOf(context);
  const initial = twoLayer({ d, m, bias, seed });
  let training: Training = { network: initial, history: [], exitReason: c0 === 0 ? "left-ball" : "epochs" };
  if (c0 > 0 && epochs > 0) for await (const trained of trainCell(config, split, [c0], context)) training = trained;
  const { network, history, exitReason } = training;
  const moved = history.length > 0;
  /** Of the network as drawn and as trained; once where they are the same. */
  const ofBoth = async <T>(measure: (network: TwoLayerNetwork) => Promise<T>): Promise<{ readonly fresh: T; readonly trained: T }> => {
    if (signal?.aborted) throw new SignflipError("SF_STOPPED", "the check of the theory was stopped");
    const fresh = await measure(initial);
    return { fresh, trained: moved ? await measure(network) : fresh };
  };
  const flips = await ofBoth((one) => signFlips(one, points, engine));
  const shares = await ofBoth((one) => measureStepShares(one, points.x, engine));
  const statements = await checkStatements({ initial, trained: moved ? network : initial }, points.x, {
    c0,
    gamma: theory.gamma,
    constants: { c1: theory.c1 },
    draws: theory.draws,
    searched: theory.searches,
    seed,
    ...(signal ? { signal } : {}),
    ...engine,
  });
  const last = history.at(-1);
  yield {
    result: {
      config,
      history,
      row: {
        kind: config.kind,
        ...rowStart(config),
        c0,
        gamma: theory.gamma,
        draws: theory.draws,
        points: points.y.length,
        epochs: history.length,
        steps: last?.steps ?? 0,
        exitReason,
        deviation: last?.deviation ?? 0,
        testAccuracy: last?.testAccuracy ?? (await accuracy(initial, test, engine)),
        statements,
        fresh: flips.fresh,
        trained: flips.trained,
        freshShares: shares.fresh,
        trainedShares: shares.trained,
        seconds: (performance.now() - began) / 1000,
      },
    },
    save: saverOf(network, config, history),
  };
}

/**
 * Flips of points labeled by the network's own sign, so that none counts as misclassified but one at which f is exactly 0 (or
 * rounds to either side of it from one batch to another): it lies on the boundary, at distance 0.
 */
async function signFlips(network: TwoLayerNetwork, { x, y }: Points, engine: EngineOptions): Promise<FlipSummary> {
  const predict = await predictor(network, engine);
  try {
    const outputs = await predict.outputs(network, x, y.length);
    const { samples: _, ...summary } = await measureFlips(network, { x, y: Uint8Array.from(outputs, (f) => +(f > 0)) }, engine);
    return summary;
  } finally {
    await predict.dispose();
  }
}

async function accuracy(network: TwoLayerNetwork, test: Points, engine: EngineOptions): Promise<number> {
  const predict = await predictor(network, engine);
  try {
    return await predict.accuracy(network, test);
  } finally {
    await predict.dispose();
  }
}

/** The first points of a dataset, not copied. */
function firstOf({ x, y, d }: Dataset, most: number): Points {
  return { x: x.subarray(0, most * d), y: y.subarray(0, most) };
}
