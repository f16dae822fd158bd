import { type Box, flatBox } from "../../data/box.ts";
import type { Fitting } from "../../data/points.ts";
import type { EngineOptions } from "../../runtime/engine.ts";
import { type Field, complaint, shown } from "../../util/field.ts";
import { SignflipError } from "../../util/errors.ts";
import { nearest } from "../../util/nearest.ts";
import type { Oracle } from "../oracle/oracle.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { targetsOf } from "../samples.ts";
import { type Norm, norms } from "../ball.ts";
import { type SearchName, searches } from "./index.ts";
import type { OptionsOf, SearchRule } from "./rule.ts";

/** The options that every search has, in addition to its own. */
export interface CommonSearchConfig extends EngineOptions {
  /** The norm in which distances are measured. Default: the search's first. */
  readonly norm?: Norm | undefined;
  /** The values an input may take, for all channels or per channel; usually the model's `domain`. Any value if left out. */
  readonly box?: Box | undefined;
  /** The class to reach: one for all samples or one for each. Default: any other than the sample's own. */
  readonly target?: number | ArrayLike<number> | undefined;
  /**
   * Steps of the refinement that follows a search with gradients (see `refine`), by which those of its restarts are measured, too. 0 leaves out all but the
   * bisection toward the sample, and gives the search as it was published. Default 20.
   */
  readonly refine?: number | undefined;
  /** Points to know from the beginning, for example what another attack found, `[n, d]`; those that are adversarial count as found. */
  readonly start?: Float32Array | undefined;
  /**
   * A budget: one for all samples or one for each. A sample's search ends with the first point within it, which is not refined. Default: none, and the
   * nearest point is searched.
   */
  readonly within?: number | ArrayLike<number> | undefined;
  /** Seed of everything random. Default 0. */
  readonly seed?: number | undefined;
  /** Memory that samples under way and a batch may take, in bytes. Default 256 MiB. */
  readonly memory?: number | undefined;
  /** Points in a batch. Default: as many as fit into `memory` and run fastest. */
  readonly rows?: number | undefined;
  /** Stops with SF_STOPPED between two batches. */
  readonly signal?: AbortSignal | undefined;
  /** Called between batches with the number of samples that are finished. */
  readonly progress?: ((done: number, n: number) => void) | undefined;
}

/** A search by name, with any of its own options. */
export type SearchConfig = {
  [Name in SearchName]: CommonSearchConfig & { readonly attack: Name } & Partial<OptionsOf<(typeof searches)[Name]["options"]>>;
}[SearchName];

export interface ResolvedSearch {
  readonly name: SearchName;
  readonly rule: SearchRule;
  readonly options: Readonly<Record<string, unknown>>;
  readonly norm: Norm;
  /** Bounds of every number of an input, `[d]`; infinite where there is no box. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly bounded: boolean;
  readonly refine: number;
  readonly seed: number;
  readonly memory: number;
}

/** Their names: whatever else is given has to be an option of the search. */
const common: Readonly<Record<keyof CommonSearchConfig | "attack", true>> = {
  attack: true,
  norm: true,
  box: true,
  target: true,
  refine: true,
  start: true,
  within: true,
  seed: true,
  memory: true,
  rows: true,
  signal: true,
  progress: true,
  threads: true,
  provider: true,
};

const usage = (message: string) => new SignflipError("SF_OPTION", message, { usage: true });

function didYouMean(word: unknown, names: readonly string[]): string {
  const like = nearest(String(word), names);
  return like === undefined ? "" : `: did you mean ${like}?`;
}

/** @throws SF_OPTION (usage) for whatever is unknown or out of range; SF_NETWORK (usage) for a search that needs gradients of functions without one */
export function resolveSearch(oracle: Oracle, config: SearchConfig): ResolvedSearch {
  const { attack: name, norm, box, refine = 20, seed = 0, memory = 2 ** 28, rows } = config;
  const names = Object.keys(searches);
  if (!Object.hasOwn(searches, name)) throw usage(`smallest: attack must be one of ${names.join(", ")}; got ${shown(name)}${didYouMean(name, names)}`);
  const rule: SearchRule = searches[name];
  const fail = (why: string) => usage(`attack ${name}: ${why}`);
  if (rule.access === "gradients" && !oracle.hasGradient)
    throw new SignflipError("SF_NETWORK", `attack ${name}: it needs gradients, and ${oracle.name} has no function gradient`, { usage: true });

  const fields: Readonly<Record<string, Field<unknown>>> = rule.options;
  const options: Record<string, unknown> = Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, one.default]));
  for (const [key, value] of Object.entries({ ...config } as Readonly<Record<string, unknown>>)) {
    if (Object.hasOwn(common, key)) continue;
    const one = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (!one) throw fail(`it has no option ${key} (its options are ${Object.keys(fields).join(", ") || "none"})${didYouMean(key, Object.keys(fields))}`);
    if (value === undefined) continue;
    const read = one.schema.safeParse(value);
    if (!read.success) throw fail(complaint(key, one, value));
    options[key] = read.data;
  }
  const chosen = norm ?? rule.norms[0]!;
  if (!norms.includes(chosen)) throw fail(`norm must be one of ${norms.join(", ")}; got ${shown(chosen)}`);
  if (!rule.norms.includes(chosen)) throw fail(`it is defined for the norm ${rule.norms.join(", ")}; got ${chosen}`);
  if (!(Number.isSafeInteger(refine) && refine >= 0)) throw fail(`refine must be a whole number from 0; got ${shown(refine)}`);
  if (!(Number.isSafeInteger(seed) && seed >= 0)) throw fail(`seed must be a whole number from 0; got ${shown(seed)}`);
  if (!(memory > 0)) throw fail(`memory must be a positive number of bytes; got ${shown(memory)}`);
  if (rows !== undefined && !(Number.isSafeInteger(rows) && rows >= 1)) throw fail(`rows must be a whole number from 1; got ${shown(rows)}`);

  const d = sizeOf(oracle.inputShape);
  const flat = box && flatBox(box, oracle, `attack ${name}: the box`);
  const filled = (bound: number | Float64Array) => (typeof bound === "number" ? new Float64Array(d).fill(bound) : bound);
  return {
    name,
    rule,
    options,
    norm: chosen,
    low: filled(flat?.low ?? -Infinity),
    high: filled(flat?.high ?? Infinity),
    bounded: flat !== undefined,
    refine,
    seed,
    memory,
  };
}

/** The class each sample is to reach, if any, which must not be its own. @throws SF_OPTION (usage) */
export function otherClasses(target: CommonSearchConfig["target"], y: ArrayLike<number>, fitting: Fitting, attack: string): ArrayLike<number> | undefined {
  if (target === undefined) return undefined;
  const targets = targetsOf(target, fitting, y.length, `attack ${attack}`);
  const same = Array.from(targets).findIndex((k, i) => k === y[i]);
  if (same >= 0) throw usage(`attack ${attack}: a target must be another class than the sample's own; sample ${same} has ${y[same]} as both`);
  return targets;
}

/** The budget of each sample, if any. @throws SF_OPTION (usage) */
export function withinOf(within: CommonSearchConfig["within"], n: number, name: string): ArrayLike<number> | undefined {
  if (within === undefined) return undefined;
  const all = typeof within === "number" ? Array.from({ length: n }, () => within) : within;
  if (all.length !== n) throw usage(`attack ${name}: expected one budget within, or one for each of the ${n} samples; got ${all.length}`);
  const wrong = Array.from(all).find((budget) => !(budget > 0 && budget < Infinity));
  if (wrong !== undefined) throw usage(`attack ${name}: within must be a positive number; got ${shown(wrong)}`);
  return all;
}
