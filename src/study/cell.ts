import type { FlipSummary } from "../measure/flip-row.ts";
import type { AdversarialRecord, AdversarialTraining } from "../training/adversarial.ts";
import type { AdversarialMethod } from "../training/methods.ts";
import type { EpochRecord, ExitReason } from "../training/record.ts";

/**
 * One unit of work of a study, fully resolved: nothing in it depends on a default. Its hash is its cache key. What it
 * measures says of which kind it is: the flips of a network trained by SGD, or the robust accuracy of one trained adversarially.
 */
export type CellConfig = FlipsConfig | RobustConfig;

interface CommonConfig {
  readonly data: {
    readonly dataset: "mnist";
    /** [the digit labelled −1, the digit labelled +1] */
    readonly digits: readonly [number, number];
    readonly size: number;
    readonly normalize: boolean;
  };
  readonly network: { readonly kind: "two-layer"; readonly m: number; readonly bias: boolean };
  readonly seed: number;
}

/** SGD within the lazy ball, then the smallest flip of every test image: Figures 2, 3, 5, 6, 7. */
export interface FlipsConfig extends CommonConfig {
  readonly training: {
    readonly method: "sgd";
    readonly c0: number;
    readonly lr: number;
    readonly batch: number;
    readonly exit: "step" | "epoch";
    readonly epochs: number;
  };
  readonly measure: { readonly flips: { readonly misclassified: "zero" | "exclude"; readonly samples: boolean } };
}

/** Projected adversarial training (Algorithm 1), then the robust accuracy on the whole test set: Figure 4. */
export interface RobustConfig extends CommonConfig {
  readonly training: {
    readonly method: AdversarialMethod;
    /** The budget ‖δ‖₂ ≤ ε, in training and at test time. */
    readonly eps: number;
    /** The lazy ball's radius; C_0/√m where the study said C_0. */
    readonly radius: number;
    /** There where the study said C_0 and not the radius. */
    readonly c0?: number;
    readonly lr: number;
    readonly batch: number;
    readonly epochs: number;
    readonly patience: number;
    readonly minRise: number;
    readonly project: "step" | "epoch" | "never";
    /** Whether perturbed pixels stay in [0, 1]. */
    readonly box: boolean;
    /** PGD steps of an epoch. */
    readonly steps: number;
    /** Length of such a step; 2.5 ε / steps where absent. */
    readonly stepSize?: number;
    /** Learns from only that many training points, the first after the seed's shuffle; from all where absent. */
    readonly train?: number;
  };
  /** PGD from δ = 0 at the training's ε, whatever the training's method. */
  readonly measure: { readonly robust: { readonly attack: "pgd"; readonly steps: number } };
}

interface CommonRow {
  readonly seed: number;
  readonly d: number;
  readonly size: number;
  readonly m: number;
  readonly bias: boolean;
  readonly normalize: boolean;
  /** Epochs trained, the last one perhaps in part. */
  readonly epochs: number;
  /** ‖W − W₀‖_{2,∞} at the end. */
  readonly deviation: number;
  readonly testAccuracy: number;
  readonly seconds: number;
}

/** One row of results: what a cell measured. Flat enough to become one line of CSV or Parquet (see study/rows.ts). */
export type CellRow = FlipsRow | RobustRow;

export interface FlipsRow extends CommonRow, FlipSummary {
  readonly c0: number;
  readonly steps: number;
  readonly exitReason: ExitReason;
  readonly trainAccuracy: number;
}

export interface RobustRow extends CommonRow {
  readonly kind: "robust";
  readonly eps: number;
  readonly radius: number;
  readonly c0?: number;
  readonly method: AdversarialMethod;
  /** Training points it learnt from. */
  readonly trainPoints: number;
  readonly exitReason: AdversarialTraining["exitReason"];
  /** Share of rows of W on the ball's surface at the end. */
  readonly onSurface: number;
  /** Over the last epoch's perturbed minibatches. */
  readonly robustTrainAccuracy: number;
  /** By the faithful PGD of `config.measure.robust` over the whole test set, for every method alike. */
  readonly robustTestAccuracy: number;
  /** Passes per training point over the whole training. */
  readonly forward: number;
  readonly backward: number;
}

/** An epoch of either training. */
export type CellRecord = EpochRecord | AdversarialRecord;

/** A finished cell as it is stored. */
export type CellResult = FlipsResult | RobustResult;

export interface FlipsResult {
  readonly key: string;
  readonly config: FlipsConfig;
  readonly row: FlipsRow;
  readonly history: readonly EpochRecord[];
  /** There when the configuration asked for them. */
  readonly samples?: {
    readonly gradientNorm: readonly number[];
    readonly step: readonly (number | null)[];
    readonly perturbation: readonly (number | null)[];
    readonly perturbationRelative: readonly (number | null)[];
    readonly status: readonly number[];
  };
}

export interface RobustResult {
  readonly key: string;
  readonly config: RobustConfig;
  readonly row: RobustRow;
  readonly history: readonly AdversarialRecord[];
}

export const isRobustConfig = (config: CellConfig): config is RobustConfig => "robust" in config.measure;
export const isFlipsConfig = (config: CellConfig): config is FlipsConfig => "flips" in config.measure;
export const isRobust = (result: CellResult): result is RobustResult => isRobustConfig(result.config);
export const isFlips = (result: CellResult): result is FlipsResult => isFlipsConfig(result.config);
