import { type Box, flatBox } from "../data/box.ts";
import { type ClassifierShape, checkClassifier, dimensionOf } from "../model/classifier.ts";
import { fastestRows } from "../runtime/batches.ts";
import type { EngineOptions } from "../runtime/engine.ts";
import { SignflipError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import { type Norm, norms } from "./ball.ts";
import type { Plan } from "./graph.ts";
import { type AttackName, attacks } from "./index.ts";
import { checkLoss, defaultLoss } from "./objective.ts";
import type { AttackOptions, AttackRule } from "./rule.ts";

/** The options that every attack has, in addition to its own. */
export interface CommonConfig extends EngineOptions {
  /** The norm in which the budget is measured. Default: the attack's first. */
  readonly norm?: Norm;
  /** The values an input may take, for all channels or per channel; usually the model's `domain`. Any value if left out. */
  readonly box?: Box | undefined;
  /** Whether the attack steers to classes that each run is given as `target`, and not just away from the right one. Default false. */
  readonly targeted?: boolean;
  /**
   * Whether a sample leaves as soon as it is broken: faster, but the point returned is the first found, not the worst. Default false.
   */
  readonly stopAtSuccess?: boolean;
  /** Seed of random starts. Default 0. */
  readonly seed?: number;
  /** Memory that one batch may take, in bytes; larger data is split. Default 256 MiB. */
  readonly memory?: number;
  /** Samples in a batch. Default: as many as fit into `memory` and run fastest. */
  readonly rows?: number;
}

/** An attack by name, with any of its own options. */
export type AttackConfig = { [Name in AttackName]: CommonConfig & { readonly attack: Name } & Partial<(typeof attacks)[Name]["defaults"]> }[AttackName];

/** A configuration that is complete and has been checked. */
export interface Resolved extends Plan {
  readonly name: AttackName;
  readonly stopAtSuccess: boolean;
  readonly seed: number;
  readonly rows: number;
  /** Paths for each sample, of which the best counts. */
  readonly runs: number;
  readonly engine: EngineOptions;
}

export const defaultMemory = 2 ** 28;

/** What is to be known of a model before it is attacked. */
export type Described = Pick<ClassifierShape, "name" | "inputShape" | "channelAxis" | "classes" | "numbersPerSample" | "mostRows">;

/** @throws SF_OPTION (usage) for whatever is unknown or out of range. */
export function resolve(model: Described, config: AttackConfig): Resolved {
  const { attack: name, norm, box, seed = 0, memory = defaultMemory, rows, targeted = false, stopAtSuccess = false, threads, provider, ...own } = config;
  if (!Object.hasOwn(attacks, name))
    throw usage(`attack must be one of ${Object.keys(attacks).join(", ")}; got ${String(name)}${didYouMean(name, Object.keys(attacks))}`);
  const rule: AttackRule = attacks[name];
  const fail = (why: string) => usage(`attack ${name}: ${why}`);

  const known = Object.keys(rule.defaults);
  for (const key of Object.keys(own)) {
    if (!known.includes(key)) throw fail(`it has no option ${key} (its options are ${known.join(", ") || "none"})${didYouMean(key, known)}`);
  }
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const options: AttackOptions = { ...rule.defaults, ...given };
  const chosen = norm ?? rule.norms[0]!;
  if (!norms.includes(chosen)) throw fail(`norm must be one of ${norms.join(", ")}; got ${String(chosen)}`);
  if (!rule.norms.includes(chosen)) throw fail(`it is defined for the norm ${rule.norms.join(" and ")}; got ${chosen}`);
  if (isClassifier(model)) checkClassifier(`attack ${name}`, model);
  for (const key of ["steps", "restarts", "targets"] as const) {
    const value = options[key];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) throw fail(`${key} must be a whole number from 1; got ${String(value)}`);
  }
  if (options.stepSize !== undefined && !(options.stepSize > 0 && options.stepSize < Infinity))
    throw fail(`stepSize must be a positive number; got ${String(options.stepSize)}`);
  if (options.randomStart !== undefined && typeof options.randomStart !== "boolean")
    throw fail(`randomStart must be true or false; got ${String(options.randomStart)}`);
  for (const [key, value] of Object.entries({ targeted, stopAtSuccess }))
    if (typeof value !== "boolean") throw fail(`${key} must be true or false; got ${String(value)}`);
  if (!(Number.isSafeInteger(seed) && seed >= 0)) throw fail(`seed must be a whole number from 0; got ${String(seed)}`);
  if (!(memory > 0)) throw fail(`memory must be a positive number of bytes; got ${String(memory)}`);
  if (rows !== undefined && !(Number.isSafeInteger(rows) && rows >= 1)) throw fail(`rows must be a whole number from 1; got ${String(rows)}`);
  const loss = rule.loss?.(model.classes) ?? options.loss ?? defaultLoss(model.classes);
  checkLoss(loss, model.classes, rule.loss && `attack ${name}`);
  return {
    name,
    rule,
    options,
    norm: chosen,
    box: box && flatBox(box, model, `attack ${name}: the box`),
    loss,
    targeted,
    classes: model.classes,
    d: dimensionOf(model),
    stopAtSuccess,
    seed,
    rows: Math.min(rows ?? rowsIn(memory, model), model.mostRows ?? Infinity),
    runs: (options.restarts ?? 1) * (targeted ? 1 : Math.min(options.targets ?? 1, model.classes - 1)),
    engine: { ...(threads === undefined ? {} : { threads }), ...(provider === undefined ? {} : { provider }) },
  };
}

/** How many samples go into one batch: the model's activations and at most sixteen arrays of the size of the input. */
const rowsIn = (memory: number, model: Described): number => fastestRows(model.numbersPerSample + 16 * dimensionOf(model), memory);

const isClassifier = (model: Described): model is ClassifierShape => "scores" in model;

export const usage = (message: string) => new SignflipError("SF_OPTION", message, { usage: true });

function didYouMean(word: unknown, names: readonly string[]): string {
  const like = nearest(String(word), names);
  return like === undefined ? "" : `: did you mean ${like}?`;
}
