import { type Points, pointsAt } from "../../data/points.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { SignflipError } from "../../util/errors.ts";
import type { Norm } from "../ball.ts";
import type { Attackable } from "../oracle/index.ts";
import type { Oracle } from "../oracle/oracle.ts";
import type { CommonSearchConfig, SearchConfig } from "./config.ts";
import { dualSize } from "./geometry.ts";
import { type SearchName, searches } from "./index.ts";
import type { SearchRule } from "./rule.ts";
import { type SmallestResult, smallest, summaryOf, withOracle } from "./smallest.ts";

/** The arguments of an ensemble of searches: a norm and where points may lie. There is nothing to tune. */
export type SmallestEnsembleConfig = Omit<CommonSearchConfig, "refine" | "start" | "progress"> & {
  /** The searches to run, in this order. Default: `searchParts` of the norm, and `blindParts` where a sample has no gradient or those found nothing. */
  readonly attacks?: readonly SearchName[] | undefined;
  /** Told after every search what it did. */
  readonly onSearch?: ((done: SearchTally) => void) | undefined;
  /** Called between batches with the search under way, and how many of its samples are finished. */
  readonly progress?: ((attack: SearchName, done: number, n: number) => void) | undefined;
};

/** What one search of an ensemble did. */
export interface SearchTally {
  readonly attack: SearchName;
  /** Samples it searched, those for which it found anything, and those for which that was nearer than what was known. */
  readonly tried: number;
  readonly found: number;
  readonly nearer: number;
  readonly forward: number;
  readonly backward: number;
  readonly seconds: number;
}

export interface SmallestEnsembleResult extends Omit<SmallestResult, "summary"> {
  readonly summary: Omit<SmallestResult["summary"], "attack"> & { readonly attack: "ensemble" };
  /** The search that found each sample's point; undefined where none did, or there was nothing to search. */
  readonly foundBy: readonly (SearchName | undefined)[];
  readonly searches: readonly SearchTally[];
}

/** Searches that follow gradients, cheapest first. FAB costs more than the two others together and, with the same restarts, finds little that they do not; in l1 its steps are the norm's own. */
const following: Readonly<Record<Norm, readonly SearchName[]>> = {
  l2: ["deepfool", "fmn"],
  linf: ["deepfool", "fmn"],
  l1: ["fmn", "fab"],
  l0: ["fmn"],
};
/** Searches that ask for scores or decisions alone. */
const blind: Readonly<Record<Norm, readonly SearchName[]>> = { l2: ["square", "hop-skip-jump"], linf: ["square", "hop-skip-jump"], l1: [], l0: [] };

/** The searches an ensemble consists of, for a norm and a model with or without a gradient. */
export const searchParts = (norm: Norm, hasGradient: boolean): readonly SearchName[] => (hasGradient ? following : blind)[norm];

/** The searches for samples that have no gradient, or for which the others found nothing. */
export const blindParts = (norm: Norm): readonly SearchName[] => blind[norm];

/**
 * The nearest of what several searches find for every sample, cheapest first. Each of them takes the way that it takes alone with the same seed, so that no
 * sample's distance is larger than in any of them.
 * @throws SF_OPTION, SF_NETWORK (usage), SF_DIVERGED, SF_GRADIENT, SF_ENGINE, SF_STOPPED as `smallest` does; SF_OPTION (usage) where no search fits
 */
export function smallestEnsemble(model: Attackable | Oracle, points: Points, config: SmallestEnsembleConfig = {}): Promise<SmallestEnsembleResult> {
  return withOracle(model, config, (oracle) => run(oracle, points, config));
}

async function run(oracle: Oracle, points: Points, config: SmallestEnsembleConfig): Promise<SmallestEnsembleResult> {
  const { attacks, onSearch, progress, norm = "l2", target, ...common } = config;
  const parts = attacks ?? searchParts(norm, oracle.hasGradient);
  const [first] = parts;
  if (first === undefined) throw new SignflipError("SF_OPTION", `smallest: ${noneFits(norm, attacks)}`, { usage: true });
  const d = sizeOf(oracle.inputShape);
  const told: SearchTally[] = [];

  const search = async (attack: SearchName, places: readonly number[] | undefined): Promise<SmallestResult> => {
    const began = performance.now();
    const some = places ? pointsAt(points, places, d) : points;
    const aim = target === undefined || typeof target === "number" || !places ? target : places.map((i) => target[i]!);
    const found = await smallest(oracle, some, {
      ...common,
      attack,
      norm,
      target: aim,
      progress: (done, n) => progress?.(attack, done, n),
    } as SearchConfig);
    const { forward, backward } = found.summary;
    const hits = found.samples.distance.reduce((count, far) => count + +(far > 0 && far < Infinity), 0);
    told.push({ attack, tried: some.y.length, found: hits, nearer: hits, forward, backward, seconds: (performance.now() - began) / 1000 });
    return found;
  };

  const best = await search(first, undefined);
  const { samples } = best;
  const foundBy = Array.from(samples.distance, (far) => (far > 0 && far < Infinity ? first : undefined));
  onSearch?.(told[0]!);

  const add = async (attack: SearchName, places: readonly number[]) => {
    if (places.length === 0) return;
    const more = await search(attack, places);
    let nearer = 0;
    for (const [k, i] of places.entries()) {
      samples.forward[i]! += more.samples.forward[k]!;
      samples.backward[i]! += more.samples.backward[k]!;
      samples.zeroGradient[i]! |= more.samples.zeroGradient[k]!;
      if (!(more.samples.distance[k]! < samples.distance[i]!)) continue;
      nearer++;
      best.points.set(more.points.subarray(k * d, (k + 1) * d), i * d);
      samples.distance[i] = more.samples.distance[k]!;
      samples.success[i] = 1;
      samples.adversarialPrediction[i] = more.samples.adversarialPrediction[k]!;
      foundBy[i] = attack;
    }
    told.push({ ...told.pop()!, nearer });
    onSearch?.(told.at(-1)!);
  };

  const open = Array.from(samples.distance.keys()).filter((i) => samples.distance[i]! > 0);
  for (const part of parts.slice(1)) await add(part, open);
  // Where there is no gradient to begin with, or following it led nowhere, searches that do not ask for one may find more.
  if (!attacks && oracle.hasGradient && blindParts(norm).length > 0 && open.length > 0) {
    const flat = await flatAt(oracle, pointsAt(points, open, d), d);
    for (const i of open) [samples.forward[i]!, samples.backward[i]!] = [samples.forward[i]! + 1, samples.backward[i]! + 1];
    const dark = open.filter((i, k) => flat[k] === 1 || samples.success[i] === 0);
    for (const part of blindParts(norm)) await add(part, dark);
  }
  return { ...best, summary: { ...summaryOf(samples, norm), attack: "ensemble" }, foundBy, searches: told };
}

function noneFits(norm: Norm, attacks: readonly SearchName[] | undefined): string {
  if (attacks) return "attacks must be one name or more; got none";
  const those = Object.entries(searches).filter(([, rule]: [string, SearchRule]) => rule.access !== "gradients");
  const norms = [...new Set(those.flatMap(([, rule]) => [...(rule.norms as readonly Norm[])]))];
  return `the model has no gradient, and searches without one measure ${norms.join(" or ")}; got ${norm}`;
}

/** 1 for each sample at which the gradient of its margin is 0 or not finite. */
async function flatAt(oracle: Oracle, { x, y }: Points, d: number): Promise<Uint8Array> {
  const { gradient } = await oracle.margin(x, y);
  return Uint8Array.from(y, (_, i) => {
    const size = dualSize("linf", gradient.subarray(i * d, (i + 1) * d));
    return +!(size > 0 && size < Infinity);
  });
}
