import type { Norm } from "../../attack/ball.ts";
import type { AttackName } from "../../attack/index.ts";
import type { AdversarialRecord, AdversarialTraining } from "../../training/adversarial.ts";
import type { AdversarialMethod } from "../../training/methods.ts";
import type { EpochRecord, ExitReason } from "../../training/record.ts";
import type { Cell, CellConfig } from "../experiment.ts";
import type { NetworkCellConfig, NetworkCellRow } from "../network-cells.ts";
import type { SgdCellConfig } from "../sgd.ts";

/** The attack that robust accuracy is measured by, over the whole test set. */
export interface RobustMeasure {
  readonly attack: AttackName;
  readonly norm: Norm;
  /** The budget of the test. */
  readonly eps: number;
  /** There where the attack has steps. */
  readonly steps?: number;
  /** There where the study asked for more than the attack's own. */
  readonly restarts?: number;
}

/** Projected adversarial training (Algorithm 1). */
export interface AdversarialTrainingConfig {
  readonly method: AdversarialMethod;
  /** The budget ‖δ‖₂ ≤ ε in training. */
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
  /** Length of such a step; the method's own where absent. */
  readonly stepSize?: number;
  /** Learns from only that many training points, the first after the seed's shuffle; from all where absent. */
  readonly train?: number;
}

/** Adversarial training, then robust accuracy: Figure 4. */
export interface AdversarialConfig extends NetworkCellConfig {
  readonly kind: "robust";
  readonly training: AdversarialTrainingConfig;
  readonly measure: { readonly robust: RobustMeasure };
}

/** SGD within the lazy ball, then robust accuracy. */
export interface SgdRobustConfig extends SgdCellConfig {
  readonly kind: "robust";
  readonly measure: { readonly robust: RobustMeasure & { readonly box: boolean } };
}

export type RobustConfig = AdversarialConfig | SgdRobustConfig;

export interface RobustRow extends NetworkCellRow {
  readonly kind: "robust";
  /** The budget of the test. */
  readonly eps: number;
  readonly radius: number;
  readonly c0?: number;
  readonly method: RobustConfig["training"]["method"];
  /** Training points it was trained on. */
  readonly trainPoints: number;
  readonly exitReason: AdversarialTraining["exitReason"] | ExitReason;
  /** Share of rows of W on the ball's surface at the end; absent after SGD. */
  readonly onSurface?: number;
  /** Over the last epoch's perturbed minibatches; absent after SGD. */
  readonly robustTrainAccuracy?: number;
  /** Under the attack of `config.measure.robust` over the whole test set, for every method alike. */
  readonly robustTestAccuracy: number;
  /** Passes per training point spent on finding perturbations, over the whole training. */
  readonly forward: number;
  readonly backward: number;
}

export interface RobustResult extends Cell {
  readonly config: RobustConfig;
  readonly row: RobustRow;
  readonly history: readonly (AdversarialRecord | EpochRecord)[];
}

export interface AdversarialRow extends RobustRow {
  readonly method: AdversarialMethod;
  readonly onSurface: number;
  readonly robustTrainAccuracy: number;
}

/** A result of adversarial training: what Figure 4 is about. */
export interface AdversarialResult extends RobustResult {
  readonly config: AdversarialConfig;
  readonly row: AdversarialRow;
}

export const isSgd = (config: RobustConfig): config is SgdRobustConfig => config.training.method === "sgd";
export const isRobust = (result: Cell): result is RobustResult => result.config.kind === "robust";
export const isAdversarialConfig = (config: CellConfig): config is AdversarialConfig => config.kind === "robust" && !isSgd(config as RobustConfig);
export const isAdversarial = (result: Cell): result is AdversarialResult => isAdversarialConfig(result.config);
