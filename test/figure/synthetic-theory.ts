import { dimensionOf, type DataConfig } from "../../src/data/index.ts";
import type { TheoryConfig, TheoryResult } from "../../src/experiment/theory/config.ts";
import { createHash } from "node:crypto";
import type { StatementResult } from "../../src/theory/check.ts";
import type { FlipSummary } from "../../src/measure/flip-row.ts";
import type { StatementId } from "../../src/theory/statements/statement.ts";
import { c1Grid } from "../../src/theory/rays/step-shares.ts";
import { random } from "../../src/util/random.ts";
import { shareInterval95 } from "../../src/util/statistics.ts";

export interface SyntheticTheoryOptions {
  readonly dataset?: "sphere" | "mnist";
  /** Dimensions; on MNIST their roots must be whole. */
  readonly d?: readonly number[];
  readonly m?: readonly number[];
  readonly c0?: readonly number[];
  readonly gamma?: readonly number[];
  readonly seeds?: number;
  readonly epochs?: number;
  readonly noise?: number;
  /** Exponents of ‖∇f‖ and |η| in d, of both in m, and of the smallest C_1 in d. */
  readonly gradientExponent?: number;
  readonly stepExponent?: number;
  readonly widthExponent?: number;
  readonly c1Exponent?: number;
  /** Statements that fail, and how many of the draws then. */
  readonly failing?: readonly StatementId[];
}

/** A part of the real grid of C_1. */
const grid = c1Grid.filter((_, i) => i % 4 === 3);

/** Cells of the theory as they would be if every statement were right and every scaling exact, with seeded noise. */
export function syntheticTheory({
  dataset = "sphere",
  d = [16, 64, 256, 1024, 4096],
  m = [1000],
  c0 = [10],
  gamma = [0.05],
  seeds = 2,
  epochs = 60,
  noise = 0.03,
  gradientExponent = 0.5,
  stepExponent = -1,
  widthExponent = 0,
  c1Exponent = 0,
  failing = [],
}: SyntheticTheoryOptions = {}): TheoryResult[] {
  const cells = d.flatMap((dimension) =>
    m.flatMap((width) =>
      c0.flatMap((ball) => gamma.flatMap((chance) => Array.from({ length: seeds }, (_, seed) => ({ dimension, width, ball, chance, seed })))),
    ),
  );
  return cells.map(({ dimension, width, ball, chance, seed }): TheoryResult => {
    const data: DataConfig =
      dataset === "sphere" ? { dataset, d: dimension, points: 1000 } : { dataset, digits: [0, 1], size: Math.round(Math.sqrt(dimension)), normalize: true };
    const config: TheoryConfig = {
      kind: "theory",
      data,
      network: { kind: "two-layer", m: width, bias: false },
      training: { method: "sgd", c0: ball, lr: 0.1, batch: 64, exit: "step", epochs },
      measure: { theory: { gamma: chance, draws: 2000, points: 200, searches: 4, c1: 10 } },
      seed,
    };
    // The same network whatever γ; the same initial one whatever the ball.
    const stream = random(seed, "synthetic theory", dataset, String(dimension), String(width));
    const jitter = (spread = noise) => Math.exp(spread * stream.normal());
    const flips = (rise: number): FlipSummary => {
      const gradient = 0.71 * dimension ** gradientExponent * rise ** 0.1 * (width / 1000) ** widthExponent * jitter();
      const step = 1.2 * dimension ** stepExponent * rise ** 0.3 * (width / 1000) ** widthExponent * jitter();
      const summary = (mean: number) => ({ mean, sd: 0.3 * mean, n: 200 });
      return {
        gradientNorm: summary(gradient),
        step: summary(step),
        perturbation: summary(gradient * step),
        perturbationRelative: summary(gradient * step),
        flipped: 199,
        neverFlipped: 1,
        misclassified: 0,
      };
    };
    const fresh = flips(1);
    const trained = flips(1 + ball / 10);
    const shares = (middle: number) => {
      const share = grid.map((c1) => Math.round(200 / (1 + (middle / c1) ** 4)) / 200);
      return { c1: grid, share, smallest: grid[share.findLastIndex((value) => value < 0.99) + 1] ?? null };
    };
    return {
      key: createHash("sha256").update(JSON.stringify(config)).digest("hex"),
      config,
      row: {
        kind: "theory",
        seed,
        d: dimensionOf(data),
        ...(data.dataset === "mnist" ? { size: data.size } : {}),
        m: width,
        bias: false,
        normalize: true,
        c0: ball,
        gamma: chance,
        draws: 2000,
        points: 200,
        epochs: 12,
        steps: 190,
        exitReason: "left-ball",
        deviation: (0.98 * ball) / Math.sqrt(width),
        testAccuracy: 0.97,
        seconds: 3,
        statements: statementsAt({ d: dimension, m: width, c0: ball, gamma: chance, failing, jitter }),
        fresh,
        trained,
        freshShares: shares(1.5 * dimension ** c1Exponent * jitter()),
        trainedShares: shares(3.5 * dimension ** c1Exponent * jitter()),
      },
      history: [],
    };
  });
}

interface At {
  readonly d: number;
  readonly m: number;
  readonly c0: number;
  readonly gamma: number;
  readonly failing: readonly StatementId[];
  readonly jitter: (spread?: number) => number;
}

/** Numbers of the size that the real statements have; none is computed from a network. */
function statementsAt({ d, m, c0, gamma, failing, jitter }: At): StatementResult[] {
  const inBall = (2 / Math.sqrt(2 * Math.PI)) * c0 * Math.sqrt(m);
  const root = Math.sqrt(d - 1);
  type Numbers = Pick<StatementResult, "bound" | "exact" | "measured"> & { readonly vacuousFrom?: number | null };
  const of = (
    id: StatementId,
    side: StatementResult["side"],
    words: readonly [source: string, title: string, quantity: string, formula: string],
    numbers: Numbers,
    worst: number | null,
  ): StatementResult => {
    const { bound, exact, measured } = numbers;
    const fails = failing.includes(id);
    const isVacuous = numbers.vacuousFrom !== undefined;
    const violations = fails ? 400 : id === "sign-flips" ? 3 : 0;
    const found = exact ?? measured;
    const [source, title, quantity, formula] = words;
    return {
      id,
      source,
      title,
      quantity,
      formula,
      side,
      bound,
      exact,
      measured,
      holds: !fails,
      keeps: !fails,
      vacuous: isVacuous,
      widthFrom: numbers.vacuousFrom === undefined ? 8 : numbers.vacuousFrom,
      tightness: isVacuous || bound === null ? 0 : side === "at most" ? found / bound : bound / found,
      simulation:
        worst === null
          ? null
          : { draws: 2000, violations, share: violations / 2000, ...shareInterval95(violations, 2000), worst: 1.1 * worst, quantile: worst },
      detail: {},
    };
  };
  const paperSize = 0.7 * root - c0 - 0.8 * c0 - Math.sqrt((0.8 * c0) / Math.sqrt(m)) * root;
  const sharpSize = (0.69 - (0.3 * c0) / Math.sqrt(m)) * root - 0.9 * c0;
  const gradient = (0.66 * root + 1) * jitter();
  const size = ["Lemma 4.2, B.7; constants [ours]", "The input gradient stays of order √d on the whole lazy ball", "inf ‖∇f(x; W)‖"] as const;
  const flipped = 1 / Math.sqrt(d) / Math.PI;
  const any = Math.min(1, 0.8 * (1 + c0 / Math.sqrt(m)));
  return [
    of(
      "function-value",
      "at most",
      ["Lemma 4.1, B.5; constants [ours]", "The network's value stays bounded on the whole lazy ball", "sup |f(x; W)|", "√(2 ln(2/γ)) + C₀"],
      { bound: Math.sqrt(2 * Math.log(2 / gamma)) + c0, exact: (0.52 * c0 + 1.2) * jitter(), measured: 1.9 * jitter() },
      0.53 * c0 + 1.3,
    ),
    of(
      "sign-flips",
      "at most",
      [
        "Lemma 4.3, B.4; constants [ours]",
        "Few neurons change sign anywhere in the lazy ball",
        "|S| = #{s : |w_{s,0}·x| ≤ V}",
        "√(2/π) C₀ √m + √(m ln(1/γ)/2)",
      ],
      {
        bound: inBall + Math.sqrt((m * Math.log(1 / gamma)) / 2),
        exact: Math.min(m, Math.round(1.02 * inBall * jitter(0.01))),
        measured: Math.round(0.1 * inBall * jitter()),
        ...(inBall > m ? { vacuousFrom: 84 } : {}),
      },
      1.04 * inBall,
    ),
    of(
      "gradient-size",
      "at least",
      [...size, "√(…) − C₀ − |S|/√m − …"],
      { bound: paperSize, exact: null, measured: gradient, ...(paperSize <= 0 ? { vacuousFrom: d < 1000 ? null : 1.2e5 } : {}) },
      0.6 * root + 0.8,
    ),
    of(
      "gradient-size-sharp",
      "at least",
      [size[0], `${size[1]}, by its size along one direction`, size[2], "√(…) − …"],
      { bound: sharpSize, exact: null, measured: gradient, ...(sharpSize <= 0 ? { vacuousFrom: d < 200 ? null : 900 } : {}) },
      0.6 * root + 0.8,
    ),
    of(
      "neuron-flips-fixed",
      "at most",
      [
        "Lemma B.6 (3); constants [ours]",
        "A fixed perturbation of size R = reach/√d changes the sign of few neurons",
        "#{s : sign(w_{s,0}·x) ≠ sign(w_{s,0}·(x + δ))} / m",
        "arcsin(R)/π + √(ln(1/γ)/2m)",
      ],
      { bound: flipped + Math.sqrt(Math.log(1 / gamma) / 2 / m), exact: flipped, measured: flipped * jitter(0.1) },
      1.2 * flipped,
    ),
    of(
      "neuron-flips-any",
      "at most",
      [
        "Lemma B.6 (4); constants [ours]",
        "Not all neurons can be switched by some perturbation of size R = reach/√d and some W in the lazy ball",
        "#{s : …} / m",
        "erf(t/√2) + √(ln(1/γ)/2m)",
      ],
      { bound: any + Math.sqrt(Math.log(1 / gamma) / 2 / m), exact: 0.9 * any, measured: 0.4 * any * jitter(), ...(any >= 0.96 ? { vacuousFrom: 2400 } : {}) },
      0.92 * any,
    ),
    of(
      "gradient-change",
      "at most",
      ["Lemma 4.4, B.8, B.9", "The gradient changes little within R = reach/√d", "sup ‖∇f(x; W) − ∇f(x + δ; W)‖", "c √d"],
      { bound: 0.5 * Math.sqrt(d), exact: null, measured: 0.3 * d ** 0.42 * jitter() },
      0.25 * Math.sqrt(d),
    ),
    of(
      "single-step",
      "at least",
      [
        "Theorem 3.1",
        "One gradient step of size C₁/d changes the sign of the network, for all W in the lazy ball",
        "share flipped",
        "1 − γ, where max{d^2.4, C₂ ln(1/γ)} ≤ m ≤ C₃ exp(d^0.24)",
      ],
      { bound: 1 - gamma, exact: null, measured: 0.995, vacuousFrom: null },
      1,
    ),
    of(
      "robust-error",
      "at least",
      ["Corollary 3.2", "No network in the lazy ball is robust at R = c/√d", "robust error at R", "0.9 with probability 0.9"],
      { bound: 0.9, exact: null, measured: 1 - 0.03 * jitter(), vacuousFrom: null },
      1,
    ),
  ];
}
