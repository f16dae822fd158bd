import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import type { Random } from "../../util/random.ts";
import type { Constants } from "../constants.ts";

/** Every statement. A name here without its entry in index.ts does not compile. */
export const statementIds = [
  "function-value",
  "sign-flips",
  "gradient-size",
  "gradient-size-sharp",
  "neuron-flips-fixed",
  "neuron-flips-any",
  "gradient-change",
  "single-step",
  "robust-error",
] as const;
export type StatementId = (typeof statementIds)[number];

/** The setting at which a statement is evaluated. Inputs have norm 1, and networks have no biases (Sect. 2.1). */
export interface Setting {
  /** Input dimension. */
  readonly d: number;
  /** Hidden width. */
  readonly m: number;
  /** C_0: the lazy ball has radius V = C_0/√m. At 0 it contains only the network at its initialization. */
  readonly c0: number;
  /** γ: the statement may fail with this probability over (a, W_0). At 0 it must be certain; at 1 it claims nothing. */
  readonly gamma: number;
  readonly constants: Constants;
}

/**
 * One draw of (a, W_0), as far as a fixed x of norm 1 is concerned. By rotation invariance, only z = W_0 x, the signs a, and what
 * is orthogonal to x matter. The latter is independent of z; a statement that needs it draws it from `random`.
 */
export interface Draw {
  /** z_s = w_{s,0}·x, independent N(0, 1), `[m]`. */
  readonly z: Float64Array;
  /** a_s, each −1 or +1, `[m]`. */
  readonly a: Float64Array;
  readonly random: Random;
}

/** Networks and points that a statement is measured on. */
export interface Instance {
  readonly setting: Setting;
  /** The network as it was drawn: the center of the lazy ball. It has no biases. */
  readonly initial: TwoLayerNetwork;
  /** Trained within the ball. */
  readonly trained: TwoLayerNetwork;
  /** Points of norm 1, `[n, d]`. */
  readonly x: Float32Array;
  readonly n: number;
  /** Pre-activations of the initial and of the trained network, `[n, m]`. */
  readonly z0: Float32Array;
  readonly z: Float32Array;
  /** How many of the points get an expensive search (ascent over W or δ), counted from the first. */
  readonly searched: number;
  readonly engine: EngineOptions;
  /** The seed for anything a search draws. */
  readonly seed: number;
}

/** What was found on an instance, in the statement's own quantity. */
export interface Measured {
  /** The exact extreme over the lazy ball: the worst over the points, except for a share γ that may fail. Null if no closed form is known. */
  readonly exact: number | null;
  /** The worst value that trained networks or a search reached; a share γ of the points may be worse. */
  readonly measured: number;
  /** Parts and by-products, each named in the file that measures them. */
  readonly detail: Readonly<Record<string, number>>;
}

/** A statement of the paper. Each has its own file. */
export interface Statement {
  readonly id: StatementId;
  /** The number of the theorem or lemma, and "[ours]" if the constants are ours. */
  readonly source: string;
  /** One sentence. */
  readonly title: string;
  /** The quantity in symbols: `sup |f(x; W)|`. */
  readonly quantity: string;
  /** The bound in symbols: `√(2 ln(2/γ)) + C₀`. */
  readonly formula: string;
  /** Whether the bound is an upper or a lower one. */
  readonly side: "at most" | "at least";
  /** The bound. Infinite if there is no bound (γ = 0); never NaN. */
  bound(setting: Setting): number;
  /** Whether the bound says nothing at this setting; always true at γ = 1. */
  vacuous(setting: Setting): boolean;
  /** The smallest whole width such that the bound is not vacuous for it and all larger widths, other things equal; Infinity if there is none. */
  widthFrom(setting: Omit<Setting, "m">): number;
  /** The probability with which it may fail. Default: γ. */
  failure?(setting: Setting): number;
  /**
   * The quantity in one draw: its exact extreme over the ball or, if none is known, the worst value of a search. Absent if a draw alone says nothing about it.
   */
  draw?(setting: Setting, draw: Draw): number;
  measure(instance: Instance): Promise<Measured>;
}

export function defineStatement<I extends StatementId>(statement: Statement & { readonly id: I }): Statement & { readonly id: I } {
  return statement;
}

/** V = C_0/√m. */
export const radiusOf = ({ c0, m }: Pick<Setting, "c0" | "m">): number => c0 / Math.sqrt(m);

/** The quantile of values that belongs to a bound: all but a share γ of them stay below it ("at most") or above it ("at least"). At γ = 0, the worst value. */
export function worstButShare(values: ArrayLike<number>, side: Statement["side"], gamma: number): number {
  const sorted = Float64Array.from(values).sort();
  // 0.29 · 100 is 28.999…
  const skipped = Math.min(sorted.length - 1, Math.floor(gamma * sorted.length + 1e-9));
  return side === "at most" ? sorted[sorted.length - 1 - skipped]! : sorted[skipped]!;
}

/** No width or dimension beyond this is looked for: whole numbers are exact up to 2^53. */
const widest = 2 ** 52;

/** The smallest whole number at which `holds` is true, given that it stays true above; Infinity if there is none up to 2^52. */
export function smallestWidth(holds: (m: number) => boolean): number {
  let high = 1;
  while (!holds(high)) {
    if (high >= widest) return Infinity;
    high *= 2;
  }
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
