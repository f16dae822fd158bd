import type { Norm } from "../../attack/ball.ts";
import type { SearchName } from "../../attack/search/index.ts";
import type { ReadOptions } from "../../data/file.ts";
import type { LoadOptions } from "../../model/onnx/options.ts";
import type { AttackTally, EvaluatedSample } from "../../measure/evaluation.ts";
import type { Cell, CellConfig, CellRecord } from "../experiment.ts";

/** How a model file is read: plain data. */
export type ModelChoice = Pick<LoadOptions, "input" | "inputShape" | "layout" | "output" | "position" | "decision" | "mean" | "std" | "bounds"> & {
  /** Values of the inputs that are not attacked: numbers, and paths of .npy files. */
  readonly given?: Readonly<Record<string, number | string>>;
};

/** How data are read: plain data. */
export type DataChoice = Pick<ReadOptions, "limit" | "seed" | "part" | "scale" | "resize" | "labelColumn"> & {
  readonly labels?: string | undefined;
  readonly classNamesFile?: string | undefined;
};

/** A block of samples against one model, in one norm. */
export interface EvaluateConfig extends CellConfig {
  readonly kind: "evaluate";
  readonly model: { readonly path: string; readonly options: ModelChoice };
  readonly data: {
    /** A dataset's name, a file or a folder. */
    readonly source: string;
    readonly options: DataChoice;
    /** SHA-256 of the samples of the block. Without it the bytes of the source stand for them. */
    readonly fingerprint?: string | undefined;
  };
  readonly measure: {
    readonly evaluate: {
      readonly norm: Norm;
      /** Searches by name; the usual ones of the norm if empty. */
      readonly attacks: readonly SearchName[];
      readonly eps: readonly number[];
      readonly target?: number | undefined;
    };
  };
  /** The samples, by their place among those that are evaluated: from `from` up to `to`. */
  readonly from: number;
  readonly to: number;
  /** What a pass of one sample takes and how many weights there are, for estimates of time and memory. */
  readonly size?: { readonly multiplyAdds: number; readonly numbersPerSample: number; readonly parameters: number } | undefined;
}

export interface EvaluateRow {
  readonly kind: "evaluate";
  readonly seed: number;
  readonly seconds: number;
  /** Samples, and how many of them are classified correctly. */
  readonly n: number;
  readonly correct: number;
  readonly samples: readonly EvaluatedSample[];
  readonly attacks: readonly AttackTally[];
  /** The nearest adversarial inputs, `[n, d]` as float32 in base64. */
  readonly points: string;
}

/** How far a block is. */
export interface EvaluateRecord extends CellRecord {
  /** The share that is done, from 0 to 1. */
  readonly share: number;
}

export interface EvaluateResult extends Cell {
  readonly config: EvaluateConfig;
  readonly row: EvaluateRow;
  readonly history: readonly EvaluateRecord[];
}
