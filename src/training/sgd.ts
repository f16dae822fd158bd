import { type Points, signsOf } from "../data/points.ts";
import { deviation, lazyRadius } from "../model/two-layer/lazy-ball.ts";
import { initialOf, parameters } from "../model/two-layer/two-layer.ts";
import type { TwoLayerNetwork } from "../model/two-layer/network.ts";
import { predictor } from "../model/two-layer/predict.ts";
import { type EngineOptions } from "../runtime/engine.ts";
import { Session, dataOf, numberOf } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { SignflipError, internal } from "../util/errors.ts";
import { timed } from "../util/timing.ts";
import { random } from "../util/random.ts";
import { checkMinibatch, checkTraining, trainingError } from "./check.ts";
import { epochGraph } from "./epoch-graph.ts";
import { index, scalar } from "./feeds.ts";
import type { EpochRecord, ExitReason } from "./record.ts";

export interface TrainingOptions extends EngineOptions {
  /** The lazy ball has radius C_0/√m. */
  readonly c0?: number;
  /** Learning rate. */
  readonly lr?: number;
  /** Points per minibatch. */
  readonly batch?: number;
  /**
   * When to check the ball: `step` ends at the last iterate inside it (as in the paper's text), `epoch` after the first
   * epoch that ends outside (as in the authors' code).
   */
  readonly exit?: "step" | "epoch";
  /** The largest number of epochs. */
  readonly epochs?: number;
  /** Measured after every epoch. */
  readonly test?: Points;
  /** Seed of the order of the points: they are shuffled once and then visited in that order in every epoch. */
  readonly seed?: number;
  readonly onEpoch?: (record: EpochRecord) => void;
  /** Stops between two epochs with SF_STOPPED. */
  readonly signal?: AbortSignal;
}

export interface Training {
  readonly network: TwoLayerNetwork;
  readonly history: readonly EpochRecord[];
  readonly exitReason: ExitReason;
}

/** Trains inside the lazy ball, with the defaults of Sect. 5.1. */
export function trainLazily(network: TwoLayerNetwork, train: Points, options: TrainingOptions = {}): Promise<Training> {
  return timed("training", () => trainToTheEnd(network, train, options));
}

async function trainToTheEnd(network: TwoLayerNetwork, train: Points, options: TrainingOptions): Promise<Training> {
  const { c0 = 10, ...rest } = options;
  for await (const { network: trained, history, exitReason } of trainTrajectory(network, train, { ...rest, c0: [c0] }))
    return { network: trained, history, exitReason };
  throw internal("a trajectory through one ball gave no network");
}

/**
 * Trains once through several lazy balls, from the smallest C_0 to the largest. Up to the step at which it would leave
 * a ball, training does not depend on its radius, so each network is, bit for bit, the one that a run of its
 * own would have ended with.
 */
export async function* trainTrajectory(
  network: TwoLayerNetwork,
  train: Points,
  options: Omit<TrainingOptions, "c0"> & { readonly c0: readonly number[] },
): AsyncGenerator<Training & { readonly c0: number }> {
  const { lr = 0.1, batch = 64, exit = "step", epochs = 1000, test, seed = network.seed, onEpoch, signal, c0: wanted, ...engine } = options;
  for (const c0 of wanted) checkTraining(network, test ? [train, test] : [train], { c0, lr, batch, epochs });
  if (exit !== "step" && exit !== "epoch") throw trainingError(`exit must be "step" or "epoch"; got ${String(exit)}`);
  await checkMinibatch(network, train, batch);
  const { d, m, bias } = network;
  const { x, y } = shuffled(train, seed);
  const n = y.length;
  const drawn = initialOf(network);
  let moved = deviation(network, drawn);
  const initial = moved === 0 ? network : drawn; // a fresh network is its own center: a wide one is not kept twice
  const fixed: Record<string, Tensor> = {
    X: { element: "float32", shape: [n, d], data: x },
    y: { element: "float32", shape: [n, 1], data: signsOf(y) },
    W0: { element: "float32", shape: [m, d], data: initial.weights },
    ...(bias ? { b0: { element: "float32", shape: [m], data: initial.hiddenBias } } : {}),
  };
  const balls = wanted.toSorted((a, b) => a - b);
  const history: EpochRecord[] = [];
  let now = network;

  const session = await Session.create(epochGraph({ d, m, bias, n, batch, lr, exit }), engine);
  const predict = test && (await predictor(network, engine));
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const last = history.at(-1);
      const pass = { loss: 0, correct: 0, seen: 0, steps: 0, seconds: 0 };
      const record = async (): Promise<EpochRecord> => {
        const began = performance.now();
        const testAccuracy = test && predict ? { testAccuracy: await predict.accuracy(now, test) } : {};
        return {
          epoch,
          loss: pass.seen > 0 ? pass.loss / pass.seen : (last?.loss ?? NaN),
          trainAccuracy: pass.seen > 0 ? pass.correct / pass.seen : (last?.trainAccuracy ?? NaN),
          ...testAccuracy,
          deviation: moved,
          steps: (last?.steps ?? 0) + pass.steps,
          seconds: pass.seconds + (performance.now() - began) / 1000,
        };
      };
      for (let left = true; left;) {
        if (signal?.aborted) throw new SignflipError("SF_STOPPED", `training stopped after ${epoch - 1} epochs`);
        const began = performance.now();
        const out = await session.run({
          ...parameters(now),
          ...fixed,
          deviation_before: scalar(moved),
          radius: scalar(lazyRadius(balls[0]!, m)),
          loss_before: scalar(pass.loss),
          start: index(pass.steps),
        });
        moved = numberOf(out, "deviation");
        pass.loss = numberOf(out, "loss");
        for (const name of ["correct", "seen", "steps"] as const) pass[name] += numberOf(out, name);
        if (!Number.isFinite(numberOf(out, "reach") + moved + pass.loss))
          throw new SignflipError(
            "SF_DIVERGED",
            `training diverged in epoch ${epoch}, near step ${(last?.steps ?? 0) + pass.steps} (m ${m}, d ${d}, lr ${lr}); try a smaller learning rate`,
          );
        if (numberOf(out, "steps") > 0)
          now = { ...now, weights: dataOf(out, "W_after", "float32"), ...(bias ? { hiddenBias: dataOf(out, "b_after", "float32") } : {}) };
        pass.seconds += (performance.now() - began) / 1000;
        left = numberOf(out, "left") > 0;
        if (!left) continue;
        const stopped = await record();
        onEpoch?.(stopped);
        yield { c0: balls.shift()!, network: now, history: [...history, stopped], exitReason: "left-ball" };
        if (balls.length === 0) return;
      }
      history.push(await record());
      onEpoch?.(history.at(-1)!);
      while (exit === "epoch" && balls.length > 0 && moved > lazyRadius(balls[0]!, m))
        yield { c0: balls.shift()!, network: now, history: [...history], exitReason: "left-ball" };
      if (balls.length === 0) return;
    }
    for (const c0 of balls) yield { c0, network: now, history: [...history], exitReason: "epochs" };
  } finally {
    await session.dispose();
    await predict?.dispose();
  }
}

/** The points in the order in which every epoch visits them. */
export function shuffled({ x, y }: Points, seed: number): { readonly x: Float32Array; readonly y: Int32Array } {
  const n = y.length;
  const d = x.length / n;
  const order = random(seed, "order").permutation(n);
  const rows = new Float32Array(n * d);
  order.forEach((from, to) => rows.set(x.subarray(from * d, (from + 1) * d), to * d));
  return { x: rows, y: Int32Array.from(order, (from) => y[from]!) };
}
