import type { FlipsConfig, FlipsResult, RobustConfig, RobustResult } from "../../src/study/cell.ts";
import { cellKey } from "../../src/study/key.ts";

export const exampleConfig: FlipsConfig = {
  data: { dataset: "mnist", digits: [0, 1], size: 5, normalize: false },
  network: { kind: "two-layer", m: 1000, bias: true },
  training: { method: "sgd", c0: 10, lr: 0.1, batch: 64, exit: "step", epochs: 1000 },
  measure: { flips: { misclassified: "zero", samples: false } },
  seed: 0,
};

/** A finished cell with made-up numbers. */
export function exampleResult(
  config: FlipsConfig = exampleConfig,
  { dataset = "fingerprint", samples = false }: { dataset?: string; samples?: boolean } = {},
): FlipsResult {
  const summary = (mean: number) => ({ mean, sd: mean / 7, n: 2115 });
  return {
    key: cellKey(config, dataset),
    config,
    row: {
      seed: config.seed,
      d: config.data.size ** 2,
      size: config.data.size,
      m: config.network.m,
      c0: config.training.c0,
      bias: config.network.bias,
      normalize: config.data.normalize,
      epochs: 3,
      steps: 581,
      exitReason: "left-ball",
      deviation: 0.1 + 0.2,
      trainAccuracy: 0.98,
      testAccuracy: 0.9948,
      seconds: 0.25,
      gradientNorm: summary(4.365),
      step: summary(0.1451),
      perturbation: summary(0.625),
      perturbationRelative: summary(1 / 3),
      flipped: 2103,
      neverFlipped: 1,
      misclassified: 11,
    },
    history: [{ epoch: 1, loss: 0.3, trainAccuracy: 0.9, testAccuracy: 0.97, deviation: 0.15, steps: 198, seconds: 0.05 }],
    ...(samples
      ? { samples: { gradientNorm: [4, 5, 6], step: [0.1, null, 0], perturbation: [0.4, null, 0], perturbationRelative: [0.2, null, 0], status: [0, 1, 2] } }
      : {}),
  };
}

export const robustConfig: RobustConfig = {
  data: { dataset: "mnist", digits: [0, 1], size: 28, normalize: true },
  network: { kind: "two-layer", m: 1000, bias: true },
  training: {
    method: "faithful",
    eps: 0.2,
    radius: 0.25,
    lr: 0.01,
    batch: 32,
    epochs: 1000,
    patience: 20,
    minRise: 1e-4,
    project: "epoch",
    box: true,
    steps: 100,
  },
  measure: { robust: { attack: "pgd", steps: 100 } },
  seed: 0,
};

/** A finished cell of adversarial training with made-up numbers. */
export function robustResult(config: RobustConfig = robustConfig, dataset = "fingerprint"): RobustResult {
  const { data, network, training, seed } = config;
  const epoch = { epoch: 1, loss: 1.2, deviation: 0.05, onSurface: 0, steps: 396, forward: 102, backward: 100, seconds: 1.5 };
  return {
    key: cellKey(config, dataset),
    config,
    row: {
      kind: "robust",
      seed,
      d: data.size ** 2,
      size: data.size,
      m: network.m,
      eps: training.eps,
      radius: training.radius,
      ...(training.c0 === undefined ? {} : { c0: training.c0 }),
      bias: network.bias,
      normalize: data.normalize,
      method: training.method,
      trainPoints: training.train ?? 12_665,
      epochs: 1,
      exitReason: "epochs",
      deviation: 0.05,
      onSurface: 0,
      robustTrainAccuracy: 0.04,
      testAccuracy: 0.76,
      robustTestAccuracy: 0.069,
      forward: 102,
      backward: 100,
      seconds: 2.5,
    },
    history: [{ ...epoch, robustTrainAccuracy: 0.04, testAccuracy: 0.76, robustTestAccuracy: 0.069 }],
  };
}
