import { attack } from "../../attack/attack.ts";
import type { Split } from "../../data/dataset.ts";
import type { Points } from "../../data/points.ts";
import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { twoLayer } from "../../model/two-layer/two-layer.ts";
import { trainAdversarially } from "../../training/adversarial.ts";
import { shuffled } from "../../training/sgd.ts";
import { hasUnitNorm, type RobustConfig, type RobustResult } from "../cell.ts";
import type { RunOptions } from "../run-cell.ts";

/**
 * Computes one cell of adversarial training: draw the network, run Algorithm 1, measure its robust accuracy on the whole test
 * set by the measurement's own PGD. The history has accuracies of the test set too, unless the cell learns from a subset, where
 * measuring the whole test set in every epoch would cost more than the training.
 */
export async function runRobustCell(
  { data, network: { m, bias }, training, measure, seed }: RobustConfig,
  { train, test }: Split,
  options: RunOptions,
): Promise<Pick<RobustResult, "row" | "history"> & { network: TwoLayerNetwork }> {
  const began = performance.now();
  const { method, eps, radius, c0, train: subset, box, ...settings } = training;
  const { onEpoch: _, ...attacking } = options;
  const points = subset === undefined ? train : firstOf(train, subset, seed);
  const { network, history, exitReason } = await trainAdversarially(twoLayer({ d: train.d, m, bias, seed }), points, {
    ...settings,
    method,
    eps,
    radius,
    box: box ? train.domain : undefined,
    seed,
    ...options,
    ...(subset === undefined ? { test } : {}),
  });
  const { summary } = await attack(network, test, {
    attack: measure.robust.attack,
    norm: "l2",
    steps: measure.robust.steps,
    box: box ? train.domain : undefined,
    eps,
    ...attacking,
  });
  const last = history.at(-1)!;
  const total = (of: "forward" | "backward") => history.reduce((sum, epoch) => sum + epoch[of], 0);
  return {
    network,
    history,
    row: {
      kind: "robust",
      seed,
      d: train.d,
      ...(data.dataset === "mnist" ? { size: data.size } : {}),
      m,
      eps,
      radius,
      ...(c0 === undefined ? {} : { c0 }),
      bias,
      normalize: hasUnitNorm(data),
      method,
      trainPoints: points.y.length,
      epochs: history.length,
      exitReason,
      deviation: last.deviation,
      onSurface: last.onSurface,
      robustTrainAccuracy: last.robustTrainAccuracy,
      testAccuracy: summary.cleanAccuracy,
      robustTestAccuracy: summary.robustAccuracy,
      forward: total("forward"),
      backward: total("backward"),
      seconds: (performance.now() - began) / 1000,
    },
  };
}

/** The first points of the order a seed gives. */
function firstOf(data: Points, count: number, seed: number): Points {
  const { x, y } = shuffled(data, seed);
  const d = x.length / y.length;
  return { x: x.slice(0, count * d), y: y.slice(0, count) };
}
