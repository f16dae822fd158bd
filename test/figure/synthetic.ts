import { createHash } from "node:crypto";
import { random } from "../../src/util/random.ts";
import { summarize } from "../../src/util/statistics.ts";
import type { CellConfig, CellResult } from "../../src/study/cell.ts";

export interface SyntheticOptions {
  readonly sizes?: readonly number[];
  readonly m?: readonly number[];
  readonly c0?: readonly number[];
  readonly seeds?: number;
  readonly normalize?: boolean;
  /** Exponents of ‖∇f‖ and |η| in d; those of the paper where absent. */
  readonly gradientExponent?: number;
  readonly stepExponent?: number;
  /** Relative spread of the means from seed to seed. */
  readonly noise?: number;
  readonly testAccuracy?: number;
  readonly exit?: "step" | "epoch";
  /** Test samples stored with each cell; 0 for none. */
  readonly samples?: number;
}

/** Rows that obey power laws in d and rise with C_0, with seeded noise: what a study would give if the paper were exactly right. */
export function synthetic({
  sizes = [5, 7, 10, 14, 20, 28],
  m = [1000, 10_000],
  c0 = [10],
  seeds = 3,
  normalize = false,
  gradientExponent = 0.5,
  stepExponent = -1,
  noise = 0.03,
  testAccuracy = 0.995,
  exit = "step",
  samples = 0,
}: SyntheticOptions = {}): CellResult[] {
  const results: CellResult[] = [];
  for (const size of sizes)
    for (const width of m)
      for (const constant of c0)
        for (let seed = 0; seed < seeds; seed++) {
          const { normal, uniform } = random(seed, "synthetic", String(size), String(width), String(constant));
          const d = size * size;
          const gradient = 0.85 * d ** gradientExponent * (constant / 10) ** 0.2 * (width / 1000) ** 0.03 * Math.exp(noise * normal());
          const step = 4 * d ** stepExponent * (constant / 10) ** 0.3 * (width / 1000) ** -0.06 * Math.exp(noise * normal());
          const norm = normalize ? 1 : 0.33 * Math.sqrt(d);
          const draws = Array.from({ length: samples }, () => ({
            g: gradient * (1 + 0.08 * normal()),
            s: step * Math.max(0.02, 1 + 0.3 * normal()),
            u: uniform(),
          }));
          const status = draws.map(({ u }) => (u < 0.004 ? 2 : u < 0.006 ? 1 : 0));
          const config: CellConfig = {
            data: { dataset: "mnist", digits: [0, 1], size, normalize },
            network: { kind: "two-layer", m: width, bias: !normalize },
            training: { method: "sgd", c0: constant, lr: 0.1, batch: 64, exit, epochs: 1000 },
            measure: { flips: { misclassified: "zero", samples: samples > 0 } },
            seed,
          };
          const summary = (mean: number, spread: number) => ({ mean, sd: mean * spread, n: 2115 });
          const deviation = (constant / Math.sqrt(width)) * (exit === "step" ? 0.97 + 0.02 * uniform() : 1.02 + 0.05 * uniform());
          const pick = (value: (draw: (typeof draws)[number]) => number) =>
            draws.map((draw, i) => (status[i] === 2 ? 0 : status[i] === 1 ? null : value(draw)));
          results.push({
            key: createHash("sha256").update(JSON.stringify(config)).digest("hex"),
            config,
            row: {
              seed,
              d,
              size,
              m: width,
              c0: constant,
              bias: config.network.bias,
              normalize,
              epochs: 3 + Math.round(2 * uniform()),
              steps: 590,
              exitReason: "left-ball",
              deviation,
              trainAccuracy: testAccuracy,
              testAccuracy,
              seconds: 1.5,
              gradientNorm: summary(gradient, 0.1),
              step: summary(step, 0.35),
              perturbation: summary(gradient * step, 0.36),
              perturbationRelative: summary((gradient * step) / norm, 0.4),
              flipped: 2115 - 11 - 1,
              neverFlipped: 1,
              misclassified: 11,
            },
            history: [],
            ...(samples > 0
              ? {
                  samples: {
                    gradientNorm: draws.map(({ g }) => g),
                    status,
                    step: pick(({ s }) => s),
                    perturbation: pick(({ g, s }) => g * s),
                    perturbationRelative: pick(({ g, s }) => (g * s) / norm),
                  },
                }
              : {}),
          });
        }
  return results;
}

/** A check on the helper itself: the mean over seeds at a size. */
export function meanOver(results: readonly CellResult[], d: number): number {
  return summarize(results.filter(({ row }) => row.d === d).map(({ row }) => row.gradientNorm.mean)).mean;
}
