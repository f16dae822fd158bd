import { dimensionOf, hasUnitNorm, type DataConfig } from "../../src/data/index.ts";
import type { ConeConfig, ConeResult } from "../../src/experiment/cone/config.ts";
import type { FlipsConfig, FlipsResult } from "../../src/experiment/flips/config.ts";
import type { MnistConfig } from "../../src/data/datasets/mnist.ts";
import type { CellConfig } from "../../src/experiment/experiment.ts";
import type { AdversarialConfig, AdversarialResult, RobustConfig, SgdRobustConfig } from "../../src/experiment/robust/config.ts";
import type { TheoryConfig, TheoryResult } from "../../src/experiment/theory/config.ts";
import { cellKey } from "../../src/study/key.ts";

export const exampleConfig: FlipsConfig & { readonly data: MnistConfig } = {
  kind: "flips",
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
      kind: "flips",
      seed: config.seed,
      d: dimensionOf(config.data),
      ...sizeOf(config.data),
      m: config.network.m,
      c0: config.training.c0,
      bias: config.network.bias,
      normalize: hasUnitNorm(config.data),
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

export const robustConfig: AdversarialConfig & { readonly data: MnistConfig } = {
  kind: "robust",
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
  measure: { robust: { attack: "pgd", norm: "l2", eps: 0.2, steps: 100 } },
  seed: 0,
};

/** Robust accuracy of a network that was trained by SGD. */
export const sgdRobustConfig: SgdRobustConfig & { readonly data: MnistConfig } = {
  ...exampleConfig,
  kind: "robust",
  measure: { robust: { attack: "pgd", norm: "l2", eps: 0.2, steps: 100, box: true } },
};

/** A finished cell of adversarial training with made-up numbers. */
export function robustResult(config: AdversarialConfig = robustConfig, dataset = "fingerprint"): AdversarialResult {
  const { data, network, training, measure, seed } = config;
  const epoch = { epoch: 1, loss: 1.2, deviation: 0.05, onSurface: 0, steps: 396, forward: 102, backward: 100, seconds: 1.5 };
  return {
    key: cellKey(config, dataset),
    config,
    row: {
      kind: "robust",
      seed,
      d: dimensionOf(data),
      ...sizeOf(data),
      m: network.m,
      eps: measure.robust.eps,
      radius: training.radius,
      ...(training.c0 === undefined ? {} : { c0: training.c0 }),
      bias: network.bias,
      normalize: hasUnitNorm(data),
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

const sizeOf = (data: DataConfig) => ("size" in data ? { size: data.size } : {});

export const theoryConfig: TheoryConfig = {
  kind: "theory",
  data: { dataset: "sphere", d: 16, points: 100 },
  network: { kind: "two-layer", m: 50, bias: false },
  training: { method: "sgd", c0: 2, lr: 1, batch: 64, exit: "step", epochs: 3 },
  measure: { theory: { gamma: 0.1, draws: 40, points: 6, searches: 2, c1: 5 } },
  seed: 3,
};

/** A finished check of the theory with made-up numbers. */
export function theoryResult(config: TheoryConfig = theoryConfig, dataset = "fingerprint"): TheoryResult {
  const { data, network, training, measure, seed } = config;
  const summary = (mean: number) => ({ mean, sd: mean / 7, n: 6 });
  const flips = {
    gradientNorm: summary(2.8),
    step: summary(0.2),
    perturbation: summary(0.5),
    perturbationRelative: summary(0.5),
    flipped: 6,
    neverFlipped: 0,
    misclassified: 0,
  };
  const shares = { c1: [1, 10], share: [0.2, 0.8], smallest: null };
  const statement = {
    id: "function-value",
    source: "Lemma 4.1, B.5",
    title: "The network's value stays bounded",
    quantity: "sup |f|",
    formula: "C",
    side: "at most",
    bound: 4.4,
    exact: 3.1,
    measured: 1.2,
    holds: true,
    keeps: true,
    vacuous: false,
    widthFrom: 1,
    tightness: 3.1 / 4.4,
    simulation: { draws: 40, violations: 1, share: 0.025, low: 0.0006, high: 0.13, worst: 4.5, quantile: 3.9 },
    detail: { part: 0.5 },
  } as const;
  return {
    key: cellKey(config, dataset),
    config,
    row: {
      kind: "theory",
      seed,
      d: dimensionOf(data),
      ...sizeOf(data),
      m: network.m,
      c0: training.c0,
      gamma: measure.theory.gamma,
      draws: measure.theory.draws,
      points: measure.theory.points,
      bias: false,
      normalize: true,
      epochs: 2,
      steps: 3,
      exitReason: "left-ball",
      deviation: 0.25,
      testAccuracy: 0.6,
      statements: [
        statement,
        { ...statement, id: "gradient-change", bound: null, exact: null, widthFrom: null, tightness: null, simulation: null, vacuous: true },
      ],
      fresh: flips,
      trained: { ...flips, step: { mean: Number.NaN, sd: Number.NaN, n: 0 }, flipped: 0, neverFlipped: 6 },
      freshShares: shares,
      trainedShares: { ...shares, smallest: 7.5 },
      seconds: 1.5,
    },
    history: [],
  };
}

export const coneConfig: ConeConfig = {
  kind: "cone",
  data: { dataset: "mnist", digits: [0, 1], size: 5, normalize: true },
  network: { kind: "two-layer", m: 50, bias: false },
  training: { method: "sgd", c0: 20, lr: 1, batch: 64, exit: "step", epochs: 3 },
  measure: { cone: { c0: [10, 20] } },
  seed: 0,
};

/** A finished path beyond the ball with made-up numbers. */
export function coneResult(config: ConeConfig = coneConfig, dataset = "fingerprint"): ConeResult {
  const step = { epoch: 1, steps: 30, deviation: 1.41, coneDistance: 1.2, alpha: 0.9, testAccuracy: 0.99, rows: [{ initialNorm: 5, along: 5.1, across: 0.2 }] };
  return {
    key: cellKey(config, dataset),
    config,
    row: {
      kind: "cone",
      seed: config.seed,
      d: 25,
      size: 5,
      m: config.network.m,
      c0: 10,
      bias: false,
      normalize: true,
      epochs: 3,
      exitReason: "left-ball",
      deviation: 2.8,
      testAccuracy: 0.99,
      path: [
        { ...step, c0: 10 },
        { ...step, c0: 20, epoch: 3, deviation: 2.8, testAccuracy: Number.NaN },
      ],
      seconds: 0.5,
    },
    history: [],
  };
}

/** Whether a cell is about a network, as all of the program's own are. */
export const isNetworkCell = (config: CellConfig): config is FlipsConfig | RobustConfig | TheoryConfig | ConeConfig => "network" in config;
