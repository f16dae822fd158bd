import type { FlipSummary } from "../measure/flip-row.ts";
import type { EpochRecord, ExitReason } from "../training/record.ts";

/** One unit of work of a study, fully resolved: nothing in it depends on a default. Its hash is its cache key. */
export interface CellConfig {
  readonly data: {
    readonly dataset: "mnist";
    /** [the digit labelled −1, the digit labelled +1] */
    readonly digits: readonly [number, number];
    readonly size: number;
    readonly normalize: boolean;
  };
  readonly network: { readonly kind: "two-layer"; readonly m: number; readonly bias: boolean };
  readonly training: {
    readonly method: "sgd";
    readonly c0: number;
    readonly lr: number;
    readonly batch: number;
    readonly exit: "step" | "epoch";
    readonly epochs: number;
  };
  readonly measure: { readonly flips: { readonly misclassified: "zero" | "exclude"; readonly samples: boolean } };
  readonly seed: number;
}

/** One row of results: what a cell measured. Flat enough to become one line of CSV or Parquet (see study/rows.ts). */
export interface CellRow extends FlipSummary {
  readonly seed: number;
  readonly d: number;
  readonly size: number;
  readonly m: number;
  readonly c0: number;
  readonly bias: boolean;
  readonly normalize: boolean;
  readonly epochs: number;
  readonly steps: number;
  readonly exitReason: ExitReason;
  readonly deviation: number;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  readonly seconds: number;
}

/** A finished cell as it is stored. Per-sample arrays are there when the configuration asked for them. */
export interface CellResult {
  readonly key: string;
  readonly config: CellConfig;
  readonly row: CellRow;
  readonly history: readonly EpochRecord[];
  readonly samples?: {
    readonly gradientNorm: readonly number[];
    readonly step: readonly (number | null)[];
    readonly perturbation: readonly (number | null)[];
    readonly perturbationRelative: readonly (number | null)[];
    readonly status: readonly number[];
  };
}
