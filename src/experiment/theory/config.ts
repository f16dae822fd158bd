import type { FlipSummary } from "../../measure/flip-row.ts";
import type { StatementResult } from "../../theory/check.ts";
import type { StepShares } from "../../theory/rays/step-shares.ts";
import type { EpochRecord, ExitReason } from "../../training/record.ts";
import type { Cell, CellConfig } from "../experiment.ts";
import type { NetworkCellRow } from "../network-cells.ts";
import type { SgdCellConfig } from "../sgd.ts";

/** SGD within the lazy ball, then every statement of the theory on the network, its initialization and fresh draws. */
export interface TheoryConfig extends SgdCellConfig {
  readonly kind: "theory";
  /** With `training.c0` 0 (a ball that is one network) or 0 epochs nothing is trained. */
  readonly measure: {
    readonly theory: { readonly gamma: number; readonly draws: number; readonly points: number; readonly searches: number; readonly c1: number };
  };
}

export interface TheoryRow extends NetworkCellRow {
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

export interface TheoryResult extends Cell {
  readonly config: TheoryConfig;
  readonly row: TheoryRow;
  readonly history: readonly EpochRecord[];
}

export const isTheoryConfig = (config: CellConfig): config is TheoryConfig => config.kind === "theory";
export const isTheory = (result: Cell): result is TheoryResult => isTheoryConfig(result.config);
