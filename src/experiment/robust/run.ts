import { attack } from "../../attack/attack.ts";
import type { AttackResult } from "../../attack/result.ts";
import { boundsOf } from "../../data/box.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import type { Points } from "../../data/points.ts";
import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { lazyRadius } from "../../model/two-layer/lazy-ball.ts";
import { twoLayer } from "../../model/two-layer/two-layer.ts";
import { trainAdversarially, type AdversarialRecord } from "../../training/adversarial.ts";
import { shuffled, type Training } from "../../training/sgd.ts";
import { internal } from "../../util/errors.ts";
import type { FinishedCell, RunContext } from "../experiment.ts";
import { rowStart } from "../network-cells.ts";
import { engineOf, saverOf, trainCell } from "../sgd.ts";
import { isSgd, type AdversarialConfig, type RobustConfig, type RobustMeasure, type RobustResult, type SgdRobustConfig } from "./config.ts";

/** Computes cells that differ in nothing but the attack they are measured by, from one training. */
export async function* runRobust(configs: readonly [RobustConfig, ...RobustConfig[]], context: RunContext): AsyncGenerator<FinishedCell<RobustResult>> {
  const [first] = configs;
  const split = await context.load(first.data);
  const began = performance.now();
  const trained = isSgd(first) ? await trainBySgd(first, split, context) : await trainFor(first, split, context);
  const training = performance.now() - began;
  for (const config of configs) {
    const started = performance.now();
    const box = isSgd(config) ? config.measure.robust.box : config.training.box;
    const { summary } = await underAttack(trained.network, split.test, { ...config.measure.robust, box }, context);
    yield {
      result: {
        config,
        row: {
          kind: config.kind,
          ...rowStart(config),
          eps: config.measure.robust.eps,
          method: config.training.method,
          ...trained.row,
          testAccuracy: summary.cleanAccuracy,
          robustTestAccuracy: summary.robustAccuracy,
          seconds: (training + performance.now() - started) / 1000,
        },
        history: trained.history,
      },
      save: saverOf(trained.network, config, trained.history),
    };
  }
}

interface Trained {
  readonly network: TwoLayerNetwork;
  readonly history: RobustResult["history"];
  /** What the row has of the training. */
  readonly row: Pick<
    RobustResult["row"],
    "radius" | "c0" | "trainPoints" | "epochs" | "exitReason" | "deviation" | "onSurface" | "robustTrainAccuracy" | "forward" | "backward"
  >;
}

async function trainBySgd(config: SgdRobustConfig, split: Split, context: RunContext): Promise<Trained> {
  const { c0 } = config.training;
  let last: Training | undefined;
  for await (const training of trainCell(config, split, [c0], context)) last = training;
  if (last === undefined) throw internal("a training gave no network");
  const { network, history, exitReason } = last;
  const row = {
    radius: lazyRadius(c0, config.network.m),
    c0,
    trainPoints: split.train.n,
    epochs: history.length,
    exitReason,
    deviation: history.at(-1)?.deviation ?? 0,
    forward: 0,
    backward: 0,
  };
  return { network, history, row };
}

/**
 * Algorithm 1. The history has accuracies of the test set too, unless the cell learns from a subset, where measuring the whole
 * test set in every epoch would cost more than the training.
 */
async function trainFor({ network: { m, bias }, training, seed }: AdversarialConfig, { train, test }: Split, context: RunContext): Promise<Trained> {
  const { method, eps, radius, c0, train: subset, box, ...settings } = training;
  const { onEpoch, signal } = context;
  const points = subset === undefined ? train : firstOf(train, subset, seed);
  const { network, history, exitReason } = await trainAdversarially(twoLayer({ d: train.d, m, bias, seed }), points, {
    ...settings,
    method,
    eps,
    radius,
    box: boundsOf(train, box),
    seed,
    ...(onEpoch ? { onEpoch } : {}),
    ...(signal ? { signal } : {}),
    ...engineOf(context),
    ...(subset === undefined ? { test } : {}),
  });
  const { deviation, onSurface, robustTrainAccuracy } = history.at(-1)!;
  const total = (of: "forward" | "backward") => history.reduce((sum: number, epoch: AdversarialRecord) => sum + epoch[of], 0);
  const row = {
    radius,
    ...(c0 === undefined ? {} : { c0 }),
    trainPoints: points.y.length,
    epochs: history.length,
    exitReason,
    deviation,
    onSurface,
    robustTrainAccuracy,
    forward: total("forward"),
    backward: total("backward"),
  };
  return { network, history, row };
}

function underAttack(
  network: TwoLayerNetwork,
  test: Dataset,
  { box, attack: name, ...options }: RobustMeasure & { readonly box: boolean },
  { signal, threads, provider }: RunContext,
): Promise<AttackResult> {
  return attack(network, test, {
    attack: name,
    ...options,
    box: boundsOf(test, box),
    ...(signal ? { signal } : {}),
    ...engineOf({ threads, provider }),
  });
}

/** The first points of the order a seed gives. */
function firstOf(data: Points, count: number, seed: number): Points {
  const { x, y } = shuffled(data, seed);
  const d = x.length / y.length;
  return { x: x.slice(0, count * d), y: y.slice(0, count) };
}
