import type { Dataset } from "../data/dataset.ts";
import { deviation, lazyRadius } from "../network/lazy-ball.ts";
import { initialOf, parameters } from "../network/two-layer.ts";
import type { TwoLayerNetwork } from "../network/network.ts";
import { predictor } from "../network/predict.ts";
import { type EngineOptions } from "../runtime/engine.ts";
import { dataOf, numberOf, withSession } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { SignflipError } from "../util/errors.ts";
import { random } from "../util/random.ts";
import { epochGraph } from "./epoch-graph.ts";
import type { EpochRecord, ExitReason } from "./record.ts";

export interface TrainingOptions extends EngineOptions {
  /** The lazy ball has radius C_0/√m. */
  readonly c0?: number;
  /** Learning rate. */
  readonly lr?: number;
  /** Points per minibatch. */
  readonly batch?: number;
  /**
   * When to look at the ball: `step` ends at the last iterate inside it (the paper's text), `epoch` after the first
   * epoch that ends outside (the authors' code).
   */
  readonly exit?: "step" | "epoch";
  /** At most this many. */
  readonly epochs?: number;
  /** Measured after every epoch. */
  readonly test?: Dataset;
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

/** Trains inside the lazy ball with the defaults of Sect. 5.1. */
export async function trainLazily(network: TwoLayerNetwork, train: Dataset, options: TrainingOptions = {}): Promise<Training> {
  const { c0 = 10, lr = 0.1, batch = 64, exit = "step", epochs = 1000, test, seed = network.seed, onEpoch, signal, ...engine } = options;
  check({ c0, lr, batch, epochs });
  if (exit !== "step" && exit !== "epoch") throw option(`exit must be "step" or "epoch"; got ${String(exit)}`);
  const { d, m, bias } = network;
  for (const data of test ? [train, test] : [train]) {
    if (data.d !== d) throw new SignflipError("SF_NETWORK", `training: the network has ${d} inputs, and ${data.name} has ${data.d}`);
  }
  const { x, y } = shuffled(train, seed);
  const initial = initialOf(network);
  const fixed: Record<string, Tensor> = {
    X: { element: "float32", shape: [train.n, d], data: x },
    y: { element: "float32", shape: [train.n, 1], data: y },
    W0: { element: "float32", shape: [m, d], data: initial.weights },
    ...(bias ? { b0: { element: "float32", shape: [m], data: initial.hiddenBias } } : {}),
  };

  const history: EpochRecord[] = [];
  let now = network;
  let exitReason: ExitReason = "epochs";
  const accuracy = test && (await predictor(network, engine));
  try {
    await withSession(epochGraph({ d, m, bias, n: train.n, batch, lr, c0, exit }), engine, async (session) => {
      let far = deviation(network, initial);
      for (let epoch = 1; epoch <= epochs; epoch++) {
        if (signal?.aborted) throw new SignflipError("SF_STOPPED", `training stopped after ${epoch - 1} epochs`);
        const began = performance.now();
        const last = history.at(-1);
        const out = await session.run({ ...parameters(now), ...fixed, deviation_before: { element: "float32", shape: [], data: Float32Array.of(far) } });
        const seen = numberOf(out, "seen");
        const loss = numberOf(out, "loss") / seen;
        const steps = (last?.steps ?? 0) + numberOf(out, "steps");
        far = numberOf(out, "deviation");
        if (!Number.isFinite(numberOf(out, "reach")) || !Number.isFinite(far) || (seen > 0 && !Number.isFinite(loss)))
          throw new SignflipError("SF_DIVERGED", `training diverged in epoch ${epoch}, after ${steps} steps (m ${m}, d ${d}, lr ${lr}): loss ${loss}, deviation ${far}; try a smaller learning rate`);
        const left = exit === "step" ? numberOf(out, "left") > 0 : far > lazyRadius(c0, m);
        if (seen > 0) now = { ...now, weights: dataOf(out, "W_after", "float32"), ...(bias ? { hiddenBias: dataOf(out, "b_after", "float32") } : {}) };
        const record: EpochRecord = {
          epoch,
          loss: seen > 0 ? loss : (last?.loss ?? NaN),
          trainAccuracy: seen > 0 ? numberOf(out, "correct") / seen : (last?.trainAccuracy ?? NaN),
          ...(test && accuracy ? { testAccuracy: await accuracy.accuracy(now, test) } : {}),
          deviation: far,
          steps,
          seconds: (performance.now() - began) / 1000,
        };
        history.push(record);
        onEpoch?.(record);
        if (left) {
          exitReason = "left-ball";
          break;
        }
      }
    });
  } finally {
    await accuracy?.dispose();
  }
  return { network: now, history, exitReason };
}

const option = (why: string) => new SignflipError("SF_OPTION", `training: ${why}`, { usage: true });

function check({ c0, lr, batch, epochs }: { c0: number; lr: number; batch: number; epochs: number }): void {
  for (const [name, value] of Object.entries({ c0, lr })) {
    if (!(value > 0 && value < Infinity)) throw option(`${name} must be a positive number; got ${value}`);
  }
  for (const [name, value] of Object.entries({ batch, epochs })) {
    if (!Number.isSafeInteger(value) || value < 1) throw option(`${name} must be a whole number from 1; got ${value}`);
  }
}

/** The points in the order in which every epoch visits them. */
export function shuffled({ n, d, x, y }: Dataset, seed: number): { x: Float32Array; y: Float32Array } {
  const order = random(seed, "order").permutation(n);
  const rows = new Float32Array(n * d);
  order.forEach((from, to) => rows.set(x.subarray(from * d, (from + 1) * d), to * d));
  return { x: rows, y: Float32Array.from(order, (from) => y[from]!) };
}
