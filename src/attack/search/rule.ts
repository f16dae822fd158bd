import type { Field } from "../../util/field.ts";
import type { Norm } from "../ball.ts";
import type { Views } from "./sample.ts";

/** What a search may see of a model: gradients and scores, scores alone, or only whether a point is adversarial. */
export type Access = keyof Views;

export type SearchFields = Readonly<Record<string, Field<number> | Field<boolean> | Field<string>>>;

/** The values of options, each of the type of its field. */
export type OptionsOf<Fields extends SearchFields> = { readonly [Name in keyof Fields]: Fields[Name]["default"] };

/**
 * A search for the smallest perturbation that changes a prediction: only what is special to it, for one sample. The contract around it checks
 * options, runs many samples side by side, brings points into the box, remembers the nearest adversarial one, refines and verifies it, and counts.
 */
export interface SearchRule<Fields extends SearchFields = SearchFields, A extends Access = Access> {
  /** One line for help texts. */
  readonly summary: string;
  /** The first is the default. */
  readonly norms: readonly Norm[];
  readonly access: A;
  /** Every option it takes, with its default. */
  readonly options: Fields;
  /** The most points it asks about at once; it decides how many samples are under way. Default 1. */
  points?(options: OptionsOf<Fields>): number;
  /** Whether its refinement has restarts; false for searches that are to be cheap. Default true. */
  readonly restarts?: boolean;
  /** Asks about points until it has found the nearest adversarial one that it can; the contract has seen them all. */
  search(sample: Views[A], options: OptionsOf<Fields>): Promise<void>;
}

/** Gives a search the types of its options and of what it may see. */
export const defineSearch = <const Fields extends SearchFields, A extends Access>(rule: SearchRule<Fields, A>): SearchRule<Fields, A> => rule;
