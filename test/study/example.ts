import type { CellConfig, CellResult } from "../../src/study/cell.ts";
import { cellKey } from "../../src/study/key.ts";

export const exampleConfig: CellConfig = {
  data: { dataset: "mnist", digits: [0, 1], size: 5, normalize: false },
  network: { kind: "two-layer", m: 1000, bias: true },
  training: { method: "sgd", c0: 10, lr: 0.1, batch: 64, exit: "step", epochs: 1000 },
  measure: { flips: { misclassified: "zero", samples: false } },
  seed: 0,
};

/** A finished cell with made-up numbers. */
export function exampleResult(
  config: CellConfig = exampleConfig,
  { dataset = "fingerprint", samples = false }: { dataset?: string; samples?: boolean } = {},
): CellResult {
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
