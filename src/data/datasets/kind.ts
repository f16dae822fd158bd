import type { Field } from "../../util/field.ts";
import type { Split } from "../dataset.ts";
import type { Part } from "../part.ts";
import type { Fit, Samples } from "../samples.ts";
import type { DataSource } from "../source.ts";

/** What a configuration says of its data: the dataset's name and that dataset's own settings. */
export interface AnyDataConfig {
  readonly dataset: string;
}

/** A dataset: everything that the rest of the program has to know about it. */
export interface DatasetKind<C extends AnyDataConfig> {
  /** One line of help, without a period. */
  readonly summary: string;
  /** Its settings by name: keys of a study's `data` and of the configuration. */
  readonly settings: { readonly [K in Exclude<keyof C, "dataset">]-?: Field<C[K]> };
  /** Settings that must be otherwise where every point has to have norm 1. */
  readonly unitNormSettings: { readonly [K in Exclude<keyof C, "dataset">]?: Field<C[K]> };
  /** Whether its points are drawn, of any dimension, and not read from files. */
  readonly isSynthetic: boolean;
  /** Learning rate at which networks without biases train stably on points of norm 1. */
  readonly unitNormRate: number;
  /** Inputs d. */
  dimension(config: C): number;
  /** Points to train and to test on; an estimate where only the files tell. Costs and memory are computed from it. */
  counts(config: C): { readonly train: number; readonly test: number };
  /** Whether every point has ‖x‖ = 1. */
  hasUnitNorm(config: C): boolean;
  /**
   * The configuration with d inputs and norm 1, and at least so many test points if the dataset has a say in it.
   * @throws SF_OPTION (usage) where there is none
   */
  unitNormOf(d: number, points: number): C;
  /** The same configuration with d inputs; undefined where the dataset has none of that size. */
  withDimension(config: C, d: number): C | undefined;
  /** "MNIST 0 and 1": what is learned, without its size and scale. */
  label(config: C): string;
  /** "raw pixels", "‖x‖ = 1": the scale of its points; "" where there is only one. */
  scale(config: C): string;
  /** What tells configurations apart, in a few words each: for progress lines and file names. */
  words(config: C): readonly string[];
  /** The data itself. Synthetic data leaves the source alone. */
  load(config: C, source: DataSource): Promise<Split>;
  /** All classes of one part, as any classifier is trained and evaluated on them. Points that are drawn get the size that fits. */
  samples(part: Part, source: DataSource, fit: Fit): Promise<Samples>;
}
