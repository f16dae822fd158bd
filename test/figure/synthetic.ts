import type { FlipsConfig, FlipsResult } from "../../src/experiment/flips/config.ts";
import type { AdversarialConfig, AdversarialResult } from "../../src/experiment/robust/config.ts";
import { createHash } from "node:crypto";
import { random } from "../../src/util/random.ts";
import { summarize } from "../../src/util/statistics.ts";

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
}: SyntheticOptions = {}): FlipsResult[] {
  const results: FlipsResult[] = [];
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
          const config: FlipsConfig = {
            kind: "flips",
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
              kind: "flips",
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

export interface SyntheticRobustOptions {
  readonly sizes?: readonly number[];
  readonly eps?: readonly number[];
  readonly m?: readonly number[];
  readonly radius?: readonly number[];
  readonly seeds?: number;
  /** One half of robust accuracy is lost at ε = c · d^exponent, and reached at V = C · m^exponent. */
  readonly c?: number;
  readonly bigC?: number;
  readonly exponent?: number;
  /** Robust accuracy against log ε (or log V) is logistic with this slope. */
  readonly sharpness?: number;
  /** Spread of the threshold from seed to seed (log scale), and of every accuracy. */
  readonly noise?: number;
  readonly clean?: number;
  readonly method?: "faithful" | "fast";
  readonly train?: number;
  readonly halves?: readonly ("left" | "right")[];
}

/** Rows of Figure 4's two grids with thresholds at c/√d and C/√m: what its studies would give if the paper were exactly right. */
export function syntheticRobust({
  sizes = [5, 7, 10, 14, 20, 28],
  eps = [0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.56, 0.8, 1],
  m = [1000, 2000, 5000, 10_000],
  radius = [0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.56, 0.8, 1],
  seeds = 3,
  c = 2.6,
  bigC = 8,
  exponent = -0.5,
  sharpness = 9,
  noise = 0.04,
  clean = 0.996,
  method = "faithful",
  train,
  halves = ["left", "right"],
}: SyntheticRobustOptions = {}): AdversarialResult[] {
  const cell = (
    half: string,
    size: number,
    width: number,
    budget: number,
    c0: number | undefined,
    ball: number,
    seed: number,
    logOdds: number,
  ): AdversarialResult => {
    const { normal, uniform } = random(seed, "synthetic", half, String(size), String(width), String(budget), String(ball));
    const share = (value: number) => Math.min(1, Math.max(0, value));
    const robust = clean / (1 + Math.exp(-logOdds));
    const robustTestAccuracy = Math.round(2115 * share(robust + 0.4 * noise * normal() * Math.sqrt(robust * (1 - robust)))) / 2115;
    const config: AdversarialConfig = {
      kind: "robust",
      data: { dataset: "mnist", digits: [0, 1], size, normalize: true },
      network: { kind: "two-layer", m: width, bias: true },
      training: {
        method,
        eps: budget,
        radius: ball,
        ...(c0 === undefined ? {} : { c0 }),
        lr: 0.01,
        batch: 32,
        epochs: 1000,
        patience: 20,
        minRise: 1e-4,
        project: "epoch",
        box: true,
        steps: method === "fast" ? 10 : 100,
        ...(train === undefined ? {} : { train }),
      },
      measure: { robust: { attack: "pgd", norm: "l2", eps: budget, steps: 100 } },
      seed,
    };
    const epochs = 24 + Math.round(40 * uniform());
    return {
      key: createHash("sha256").update(JSON.stringify(config)).digest("hex"),
      config,
      row: {
        kind: "robust",
        seed,
        d: size * size,
        size,
        m: width,
        bias: true,
        normalize: true,
        epochs,
        deviation: ball,
        testAccuracy: share(clean + 0.001 * normal()),
        seconds: 12,
        eps: budget,
        radius: ball,
        ...(c0 === undefined ? {} : { c0 }),
        method,
        trainPoints: train ?? 12_665,
        exitReason: "no-rise",
        onSurface: 0.4 * uniform(),
        robustTrainAccuracy: share(robustTestAccuracy + 0.01),
        robustTestAccuracy,
        forward: epochs * config.training.steps,
        backward: epochs * config.training.steps,
      },
      history: [],
    };
  };
  const shift = (half: string, x: number, seed: number) => noise * random(seed, "threshold", half, String(x)).normal();
  const seedList = Array.from({ length: seeds }, (_, seed) => seed);
  const left = sizes.flatMap((size) =>
    eps.flatMap((budget) =>
      seedList.map((seed) => {
        const threshold = Math.log(c) + exponent * Math.log(size * size) + shift("left", size, seed);
        return cell("left", size, 1000, budget, 10, 10 / Math.sqrt(1000), seed, sharpness * (threshold - Math.log(budget)));
      }),
    ),
  );
  const right = m.flatMap((width) =>
    radius.flatMap((ball) =>
      seedList.map((seed) => {
        const threshold = Math.log(bigC) + exponent * Math.log(width) + shift("right", width, seed);
        return cell("right", Math.max(...sizes), width, 0.2, undefined, ball, seed, sharpness * (Math.log(ball) - threshold));
      }),
    ),
  );
  return [...(halves.includes("left") ? left : []), ...(halves.includes("right") ? right : [])];
}

/** A check on the helper itself: the mean over seeds at a size. */
export function meanOver(results: readonly FlipsResult[], d: number): number {
  return summarize(results.filter(({ row }) => row.d === d).map(({ row }) => row.gradientNorm.mean)).mean;
}
