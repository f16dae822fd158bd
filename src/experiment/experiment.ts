import type { DataConfig } from "../data/index.ts";
import type { Dataset, Split } from "../data/dataset.ts";
import type { ReadOptions } from "../data/file.ts";
import type { FileLoadOptions } from "../model/onnx/options.ts";
import type { OnnxClassifier } from "../model/onnx/load.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import type { Listing } from "./listing.ts";
import type { Table } from "./columns.ts";
import type { Chosen, Section } from "./settings.ts";

/**
 * One unit of work of a study, fully resolved: nothing in it depends on a default. With the experiment's version and the bytes
 * it reads, its hash is its cache key. `kind` names the experiment.
 */
export interface CellConfig {
  readonly kind: string;
  readonly seed: number;
}

/** One row with what a cell measured. */
export interface CellRow {
  readonly kind: string;
  readonly seed: number;
  /** Wall-clock time of the cell. */
  readonly seconds: number;
}

/** What is reported while a cell is computed, usually once per epoch. */
export interface CellRecord {
  readonly epoch: number;
}

/** A finished cell as it is stored; experiments add whatever else they keep. */
export interface Cell {
  readonly key: string;
  readonly config: CellConfig;
  readonly row: CellRow;
  readonly history: readonly CellRecord[];
}

/** A cell that was just computed; the runner adds its key. */
export interface FinishedCell<T extends Cell = Cell> {
  readonly result: Omit<T, "key">;
  /** Makes the .onnx file of the trained network, if there is one. Called only if the file is wanted. */
  readonly save?: () => Uint8Array;
}

/** Samples that a user named, with their places in all of the data. */
export interface OpenedData {
  readonly dataset: Dataset;
  readonly indices: ArrayLike<number>;
}

/** What a running cell gets from its surroundings. */
export interface RunContext extends EngineOptions {
  /** Loads data, and keeps it for the cells that follow. */
  load(data: DataConfig): Promise<Split>;
  /** Reads a model's file, and keeps it for the cells that follow. Only where there are files. */
  openModel?(path: string, options: FileLoadOptions): Promise<OnnxClassifier>;
  /** Reads any data that a user names (a dataset, a file, a folder), and keeps it for the cells that follow. Only where there are files. */
  openData?(source: string, options: ReadOptions): Promise<OpenedData>;
  /** Called after every epoch; the experiment decides what a record contains. */
  onEpoch?(record: CellRecord): void;
  /** Stops between two epochs with SF_STOPPED. */
  readonly signal?: AbortSignal;
}

/** The parts of a study that an experiment reads. A study with any other part is refused. */
export interface Sections {
  /** Which data it takes: any, or only points of norm 1. Absent if it takes none. */
  readonly data?: "any" | "unit norm";
  readonly network?: Section;
  readonly training?: Section;
  /** Settings of the measurement itself. */
  readonly measure: Section;
}

/** The parts of a study with everything resolved: lists of values to combine. Parts that an experiment does not read are empty. */
export interface Choice<S extends Sections = Sections> {
  readonly data: readonly DataConfig[];
  readonly network: Chosen<NonNullable<S["network"]>>;
  readonly training: Chosen<NonNullable<S["training"]>>;
  readonly measure: Chosen<S["measure"]>;
  readonly seeds: readonly number[];
}

/** A study as it was written, before anything is checked. */
export interface RawStudy {
  readonly data?: unknown;
  readonly network?: unknown;
  readonly training?: unknown;
  readonly measure?: unknown;
}

/** For settings that depend on what else the study says: all variants, and which one applies. */
export interface Variants<S extends Sections> {
  readonly all: readonly S[];
  choose(study: RawStudy): S;
}

/**
 * An experiment: everything that the rest of the program needs to know about it. Each has its own folder and one line in index.ts.
 * @template T its cells; their `config` and `row` carry its kind
 */
export interface Experiment<T extends Cell = Cell, S extends Sections = Sections> {
  readonly kind: T["config"]["kind"];
  /** One line of help, without a period. */
  readonly summary: string;
  /**
   * The version of what a cell computes. Raise it when the same configuration and bytes would give different numbers than before:
   * stored cells of this experiment, and of no other, are then computed again.
   */
  readonly version: number;
  readonly schema: S | Variants<S>;
  /** Checks conditions between settings; the text it returns completes "study: …". */
  check?(choice: Choice<S>): string | undefined;
  /** Every combination of the choice's values with every seed; seeds of a setting stand together. */
  expand(choice: Choice<S>): readonly T["config"][];
  /** The data a cell reads, and the paths of other files: their bytes are part of its key. */
  data?(config: T["config"]): DataConfig;
  files?(config: T["config"]): readonly string[];
  /** What of a configuration is part of a cell's key, where that is not all of it: names of files whose bytes are part of it, for example. */
  identity?(config: T["config"]): unknown;
  /** Roughly how long a cell takes, in units of a fifth of a microsecond. The order of cells and the time left depend on it. */
  cost(config: T["config"]): number;
  /** Roughly the most bytes of memory that a cell takes. Only as many cells run in parallel as fit. */
  memory(config: T["config"]): number;
  /** A cell, or several of one trajectory, in words: for progress lines, errors and file names. The seed is added to them. */
  name(configs: readonly [T["config"], ...T["config"][]]): readonly string[];
  /** Cells for which this text is the same share one training and are computed by one call of `run`. Without it, each cell is computed alone. */
  trajectory?(config: T["config"]): string;
  /** The order in which cells of one trajectory are computed, from small to large. */
  place?(config: T["config"]): number;
  /** Computes the cells of one trajectory. */
  run(configs: readonly [T["config"], ...T["config"][]], context: RunContext): AsyncIterable<FinishedCell<T>>;
  /** Whether `--networks first` keeps trained networks of this experiment. */
  readonly keepsNetworks?: boolean;
  /** The tables to which its cells are written. */
  readonly columns: readonly Table<T>[];
  /** Its table in the report. */
  readonly listing?: Listing<T>;
  /** The most important number: "robust 87.1 %". */
  headline?(row: T["row"]): string;
  /** An epoch in one line, or a shorter one if there is little room. */
  epochLine?(record: T["history"][number], config: T["config"], options: { readonly short: boolean }): string;
}

/** Gives an experiment the types of its cells and of its settings. */
export const defineExperiment = <T extends Cell, S extends Sections>(experiment: Experiment<T, S>): Experiment<T, S> => experiment;

/** The sections that apply to a study. */
export function sectionsOf<S extends Sections>({ schema }: Pick<Experiment<Cell, S>, "schema">, study: RawStudy): S {
  return "choose" in schema ? schema.choose(study) : schema;
}
