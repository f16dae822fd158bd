import type { DataConfig } from "../data/index.ts";
import type { Split } from "../data/dataset.ts";
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

/** What a cell measured, in one row. */
export interface CellRow {
  readonly kind: string;
  readonly seed: number;
  /** Wall-clock time of the cell. */
  readonly seconds: number;
}

/** What is told while a cell is computed, usually once an epoch. */
export interface CellRecord {
  readonly epoch: number;
}

/** A finished cell as it is stored; experiments add to it what else they keep. */
export interface Cell {
  readonly key: string;
  readonly config: CellConfig;
  readonly row: CellRow;
  readonly history: readonly CellRecord[];
}

/** A cell that was just computed; its key is the runner's to add. */
export interface FinishedCell<T extends Cell = Cell> {
  readonly result: Omit<T, "key">;
  /** The trained network as an .onnx file; there where there is one. Made only when it is asked for. */
  readonly save?: () => Uint8Array;
}

/** What a running cell may use of the world. */
export interface RunContext extends EngineOptions {
  /** Data, kept for the cells that follow. */
  load(data: DataConfig): Promise<Split>;
  /** Hears of every epoch; what a record holds is the experiment's affair. */
  onEpoch?(record: CellRecord): void;
  /** Stops between two epochs with SF_STOPPED. */
  readonly signal?: AbortSignal;
}

/** The parts of a study that an experiment reads; a study that has another part is refused. */
export interface Sections {
  /** Which data it takes: any, or points of norm 1 only; none where this is absent. */
  readonly data?: "any" | "unit norm";
  readonly network?: Section;
  readonly training?: Section;
  /** Settings of the measurement itself. */
  readonly measure: Section;
}

/** A study's parts with everything resolved: lists to be combined. Parts that an experiment does not read are empty. */
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

/** Where the settings depend on what else the study says: every variant, and which one it is. */
export interface Variants<S extends Sections> {
  readonly all: readonly S[];
  choose(study: RawStudy): S;
}

/**
 * An experiment: everything that the rest of the program has to know about one. A folder of its own and one line in index.ts.
 * @template T its cells; their `config` and `row` carry its kind
 */
export interface Experiment<T extends Cell = Cell, S extends Sections = Sections> {
  readonly kind: T["config"]["kind"];
  /** One line of help, no full stop. */
  readonly summary: string;
  /**
   * The version of what a cell computes. Raise it when the same configuration and bytes would give other numbers than before:
   * stored cells of this experiment, and of no other, are then computed anew.
   */
  readonly version: number;
  readonly schema: S | Variants<S>;
  /** What else must hold between settings; completes "study: …". */
  check?(choice: Choice<S>): string | undefined;
  /** Every combination of the choice's values at every seed, seeds together. */
  expand(choice: Choice<S>): readonly T["config"][];
  /** The data a cell reads, and the paths of other files: their bytes are part of its key. */
  data?(config: T["config"]): DataConfig;
  files?(config: T["config"]): readonly string[];
  /** Roughly how long a cell takes, in units of a fifth of a microsecond; order and time left go by it. */
  cost(config: T["config"]): number;
  /** Bytes of memory a cell takes at most, roughly; no more cells run side by side than fit. */
  memory(config: T["config"]): number;
  /** A cell, or several of one trajectory, in words: for progress lines, errors and file names. The seed is added to them. */
  name(configs: readonly [T["config"], ...T["config"][]]): readonly string[];
  /** Cells with the same text can be computed together, by one call of `run`, from one training. Without it each is computed alone. */
  trajectory?(config: T["config"]): string;
  /** Where cells of one trajectory are computed in order, from small to large. */
  place?(config: T["config"]): number;
  /** Computes the cells of one trajectory. */
  run(configs: readonly [T["config"], ...T["config"][]], context: RunContext): AsyncIterable<FinishedCell<T>>;
  /** Whether `--networks first` keeps trained networks of this experiment. */
  readonly keepsNetworks?: boolean;
  /** The tables that its cells are written to. */
  readonly columns: readonly Table<T>[];
  /** Its table in the report. */
  readonly listing?: Listing<T>;
  /** The number that one looks for first: "robust 87.1 %". */
  headline?(row: T["row"]): string;
  /** An epoch in one line; shorter where there is little room. */
  epochLine?(record: T["history"][number], config: T["config"], options: { readonly short: boolean }): string;
}

/** Gives an experiment the types of its cells and of its settings. */
export const defineExperiment = <T extends Cell, S extends Sections>(experiment: Experiment<T, S>): Experiment<T, S> => experiment;

/** The sections that apply to a study. */
export function sectionsOf<S extends Sections>({ schema }: Pick<Experiment<Cell, S>, "schema">, study: RawStudy): S {
  return "choose" in schema ? schema.choose(study) : schema;
}
