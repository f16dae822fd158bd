import type { FlipSummary, MisclassifiedConvention } from "../../measure/flip-row.ts";
import type { EpochRecord, ExitReason } from "../../training/record.ts";
import type { Cell, CellConfig } from "../experiment.ts";
import type { NetworkCellRow } from "../network-cells.ts";
import type { SgdCellConfig } from "../sgd.ts";

/** SGD within the lazy ball, then the smallest flip of every test image: Figures 2, 3, 5, 6, 7. */
export interface FlipsConfig extends SgdCellConfig {
  readonly kind: "flips";
  readonly measure: { readonly flips: { readonly misclassified: MisclassifiedConvention; readonly samples: boolean } };
}

export interface FlipsRow extends NetworkCellRow, FlipSummary {
  readonly kind: "flips";
  readonly c0: number;
  readonly steps: number;
  readonly exitReason: ExitReason;
  readonly trainAccuracy: number;
}

export interface FlipsResult extends Cell {
  readonly config: FlipsConfig;
  readonly row: FlipsRow;
  readonly history: readonly EpochRecord[];
  /** There when the configuration asked for them; null where a sample has none. */
  readonly samples?: {
    readonly gradientNorm: readonly number[];
    readonly step: readonly (number | null)[];
    readonly perturbation: readonly (number | null)[];
    readonly perturbationRelative: readonly (number | null)[];
    readonly status: readonly number[];
  };
}

export const isFlipsConfig = (config: CellConfig): config is FlipsConfig => config.kind === "flips";
export const isFlips = (result: Cell): result is FlipsResult => isFlipsConfig(result.config);
