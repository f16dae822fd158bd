import type { ConeStep } from "../../theory/ball/cone.ts";
import type { EpochRecord, ExitReason } from "../../training/record.ts";
import type { Cell, CellConfig } from "../experiment.ts";
import type { NetworkCellRow } from "../network-cells.ts";
import type { SgdCellConfig } from "../sgd.ts";

/** SGD far beyond the lazy ball: where its path leaves the ball, and where the cone around it (Fig. 1). */
export interface ConeConfig extends SgdCellConfig {
  readonly kind: "cone";
  /** `training.c0` is the last and largest of these C_0, from small to large. The path is looked at where it leaves each ball; the first is the lazy ball that the cone is of. */
  readonly measure: { readonly cone: { readonly c0: readonly number[] } };
}

export interface ConeRow extends NetworkCellRow {
  readonly kind: "cone";
  /** The lazy ball's C_0. */
  readonly c0: number;
  readonly exitReason: ExitReason;
  /** Where the path leaves each ball, then where it ends. */
  readonly path: readonly ConeStep[];
}

export interface ConeResult extends Cell {
  readonly config: ConeConfig;
  readonly row: ConeRow;
  readonly history: readonly EpochRecord[];
}

export const isConeConfig = (config: CellConfig): config is ConeConfig => config.kind === "cone";
export const isCone = (result: Cell): result is ConeResult => isConeConfig(result.config);
