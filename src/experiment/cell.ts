import type { FlipSummary } from "../measure/flip-row.ts";
import type { AdversarialRecord, AdversarialTraining } from "../training/adversarial.ts";
import type { AdversarialMethod } from "../training/methods.ts";
import type { EpochRecord, ExitReason } from "../training/record.ts";
import type { StatementResult } from "../theory/check.ts";
import type { ConeStep } from "../theory/ball/cone.ts";
import type { StepShares } from "../theory/rays/step-shares.ts";

/**
 * One unit of work of a study, fully resolved: nothing in it depends on a default. Its hash is its cache key. What it
 * measures says of which kind it is: the flips of a network trained by SGD, or the robust accuracy of one trained adversarially.
 */
export type CellConfig = FlipsConfig | RobustConfig | TheoryConfig | ConeConfig;

/** Images of two digits. */
export interface MnistData {
  readonly dataset: "mnist";
  /** [the digit labelled −1, the digit labelled +1] */
  readonly digits: readonly [number, number];
  /** Images are size × size: d = size². */
  readonly size: number;
  readonly normalize: boolean;
}

/** Points of the unit sphere, labelled by the sign of a random direction's inner product; of any dimension. */
export interface SphereData {
  readonly dataset: "sphere";
  readonly d: number;
  /** Training points, and as many test points. */
  readonly points: number;
}

export type DataConfig = MnistData | SphereData;

/** The input dimension of data. */
export const dimensionOf = (data: DataConfig): number => (data.dataset === "sphere" ? data.d : data.size ** 2);

/** Whether every point has norm 1. */
export const hasUnitNorm = (data: DataConfig): boolean => data.dataset === "sphere" || data.normalize;

/** SGD inside the lazy ball. */
export interface SgdConfig {
  readonly method: "sgd";
  readonly c0: number;
  readonly lr: number;
  readonly batch: number;
  readonly exit: "step" | "epoch";
  readonly epochs: number;
}

interface CommonConfig {
  readonly data: DataConfig;
  readonly network: { readonly kind: "two-layer"; readonly m: number; readonly bias: boolean };
  readonly seed: number;
}

/** SGD within the lazy ball, then the smallest flip of every test image: Figures 2, 3, 5, 6, 7. */
export interface FlipsConfig extends CommonConfig {
  readonly training: SgdConfig;
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

/** SGD within the lazy ball, then every statement of the theory on the network, its initialisation and fresh draws. */
export interface TheoryConfig extends CommonConfig {
  /** With c0 0 (and so a ball that is one network) or epochs 0 nothing is trained. */
  readonly training: SgdConfig;
  readonly measure: {
    readonly theory: { readonly gamma: number; readonly draws: number; readonly points: number; readonly searches: number; readonly c1: number };
  };
}

/** SGD far beyond the lazy ball: where its path leaves the ball, and where the cone around it (Fig. 1). */
export interface ConeConfig extends CommonConfig {
  /** c0 is the last and largest of the radii below. */
  readonly training: SgdConfig;
  /** Looked at where it leaves the balls of these C_0, from small to large; the first is the lazy ball that the cone is of. */
  readonly measure: { readonly cone: { readonly c0: readonly number[] } };
}

interface CommonRow {
  readonly seed: number;
  readonly d: number;
  /** Of images. */
  readonly size?: number;
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
export type CellRow = FlipsRow | RobustRow | TheoryRow | ConeRow;

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

export interface TheoryRow extends CommonRow {
  readonly kind: "theory";
  readonly c0: number;
  readonly gamma: number;
  readonly draws: number;
  /** Test points it was measured on. */
  readonly points: number;
  readonly steps: number;
  readonly exitReason: ExitReason;
  readonly statements: readonly StatementResult[];
  /** The flips of points that count as rightly classified whatever their label: the theory is about the sign alone. */
  readonly fresh: FlipSummary;
  readonly trained: FlipSummary;
  /** Share of points that one step of size C_1/d flips, for a grid of C_1 (Theorem 3.1). */
  readonly freshShares: StepShares;
  readonly trainedShares: StepShares;
}

export interface ConeRow extends CommonRow {
  readonly kind: "cone";
  /** The lazy ball's C_0. */
  readonly c0: number;
  readonly exitReason: ExitReason;
  /** Where the path leaves each ball, then where it ends. */
  readonly path: readonly ConeStep[];
}

/** An epoch of either training. */
export type CellRecord = EpochRecord | AdversarialRecord;

/** A finished cell as it is stored. */
export type CellResult = FlipsResult | RobustResult | TheoryResult | ConeResult;

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

export interface TheoryResult {
  readonly key: string;
  readonly config: TheoryConfig;
  readonly row: TheoryRow;
  readonly history: readonly EpochRecord[];
}

export interface ConeResult {
  readonly key: string;
  readonly config: ConeConfig;
  readonly row: ConeRow;
  readonly history: readonly EpochRecord[];
}

export const isRobustConfig = (config: CellConfig): config is RobustConfig => "robust" in config.measure;
export const isFlipsConfig = (config: CellConfig): config is FlipsConfig => "flips" in config.measure;
export const isRobust = (result: CellResult): result is RobustResult => isRobustConfig(result.config);
export const isFlips = (result: CellResult): result is FlipsResult => isFlipsConfig(result.config);
export const isTheoryConfig = (config: CellConfig): config is TheoryConfig => "theory" in config.measure;
export const isConeConfig = (config: CellConfig): config is ConeConfig => "cone" in config.measure;
export const isTheory = (result: CellResult): result is TheoryResult => isTheoryConfig(result.config);
export const isCone = (result: CellResult): result is ConeResult => isConeConfig(result.config);
