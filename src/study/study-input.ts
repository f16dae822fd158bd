import type { FieldName, FieldValue } from "../experiment/fields.ts";

/** A setting of a study: one value, or `{ each: [...] }` to run the study at every one of them. */
export type Grid<T> = T | { readonly each: readonly T[] };
type Grids<N extends FieldName> = { readonly [K in N]?: Grid<NonNullable<FieldValue<K>>> };

/** What a researcher writes; whatever is left out is the paper's. */
export type StudyInput = FlipsStudyInput | RobustStudyInput | TheoryStudyInput | ConeStudyInput;

interface CommonInput {
  readonly name: string;
  /** The figures to draw from its rows: 2 or "figure-2", "bounds". Which there are is not known here: `checkFigures` tells. */
  readonly figures?: readonly (string | number)[];
  /** Two digits of MNIST, or points of the unit sphere. */
  readonly data?: MnistInput | SphereInput;
  readonly network?: Grids<"kind" | "m" | "bias">;
  /** How many seeds (0, 1, …), or which. */
  readonly seeds?: number | readonly number[];
}

export type MnistInput = { readonly dataset?: Grid<"mnist"> } & Grids<"digits" | "size" | "normalize">;
export type SphereInput = { readonly dataset: Grid<"sphere"> } & Grids<"d" | "points">;

/** SGD, then flips. */
export interface FlipsStudyInput extends CommonInput {
  readonly training?: Grids<"method" | "c0" | "lr" | "batch" | "epochs" | "exit">;
  /** `flips` measures with the paper's conventions; the longer form changes them. */
  readonly measure?: readonly ("flips" | { readonly flips: { readonly misclassified?: FieldValue<"misclassified">; readonly samples?: boolean } })[];
}

/** Settings of adversarial training beside its method. */
export type RobustSetting = "eps" | "c0" | "radius" | "lr" | "batch" | "epochs" | "patience" | "minRise" | "project" | "box" | "steps" | "stepSize" | "train";

/** Adversarial training, then robust accuracy: a study is one where its method or its measurement says so. */
export interface RobustStudyInput extends CommonInput {
  readonly training?: { readonly method?: Grid<FieldValue<"adversarialMethod">> } & Grids<RobustSetting>;
  /** `robust` is PGD with 100 steps at the training's ε. */
  readonly measure?: readonly ("robust" | { readonly robust: { readonly steps?: number } })[];
}

/** SGD, then every statement of the theory. Networks have no biases and points norm 1; C_0 and the epochs may be 0. */
export interface TheoryStudyInput extends CommonInput {
  readonly training?: Grids<"method" | "c0" | "lr" | "batch" | "epochs" | "exit">;
  readonly measure: readonly ("theory" | { readonly theory: Grids<"gamma" | "draws" | "points" | "searches" | "c1"> })[];
}

/** SGD far beyond the lazy ball; the largest of its C_0 ends the training. */
export interface ConeStudyInput extends CommonInput {
  readonly training?: Grids<"method" | "lr" | "batch" | "epochs" | "exit">;
  readonly measure: readonly ("cone" | { readonly cone: { readonly c0?: readonly number[] } })[];
}
