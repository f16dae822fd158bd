import type { FlatBox } from "../../data/box.ts";
import { type Points } from "../../data/points.ts";
import { SignflipError } from "../../util/errors.ts";
import { sha256Hex } from "../../util/hash.ts";
import { random } from "../../util/random.ts";
import { type Attackable, oracleOf } from "../oracle/index.ts";
import { type Oracle, marginsOf, predictionsOf } from "../oracle/oracle.ts";
import { checkFinite, checkSamples } from "../samples.ts";
import { type CommonSearchConfig, type ResolvedSearch, type SearchConfig, otherClasses, resolveSearch, withinOf } from "./config.ts";
import { type Questions, runTogether } from "./desk.ts";
import type { Norm } from "../ball.ts";
import { distance } from "./geometry.ts";
import type { SearchName } from "./index.ts";
import { refine } from "./refine.ts";
import { Enough, type Gradients, type Kept, sampleOf } from "./sample.ts";

/** What was found for each sample: arrays of length n, in the order of the samples. */
export interface SmallestSamples {
  /** ‖δ‖ in the norm of the search, from the float32 points in float64; 0 if the sample was wrong to begin with, Infinity if nothing was found. */
  readonly distance: Float64Array;
  /** 1 if the returned point is adversarial, confirmed by a forward pass of its own. */
  readonly success: Uint8Array;
  /** 1 if the sample itself was classified correctly. If not, there was nothing to search, and its distance is 0. */
  readonly wasCorrect: Uint8Array;
  /** The class that the model predicts for the sample and for the returned point. */
  readonly prediction: Int32Array;
  readonly adversarialPrediction: Int32Array;
  /** Passes through the model spent on the sample, those of the contract included. */
  readonly forward: Uint32Array;
  readonly backward: Uint32Array;
  /** 1 if a gradient on the way was 0 or not finite: then the search had no direction there, and may have missed what is near. */
  readonly zeroGradient: Uint8Array;
}

export interface SmallestSummary {
  readonly attack: SearchName;
  readonly norm: Norm;
  /** Samples, and how many of them were classified correctly. */
  readonly n: number;
  readonly correct: number;
  /** Correct samples for which an adversarial point was found. */
  readonly found: number;
  /** Of the correct samples; Infinity where more than half of them have none. NaN if none is correct. */
  readonly medianDistance: number;
  /** Passes through the model, all samples together. */
  readonly forward: number;
  readonly backward: number;
}

export interface SmallestResult {
  /** The nearest adversarial points, `[n, d]`; the sample itself, bit for bit, where nothing was found or nothing was to be searched. */
  readonly points: Float32Array;
  readonly samples: SmallestSamples;
  readonly summary: SmallestSummary;
}

/**
 * Searches the smallest perturbation of every sample that changes the model's prediction, or with `target` leads to a class. A sample's result depends
 * on that sample alone: not on its place, on the others, or on how they are split into batches.
 * @param model a classifier, the two-layer network, functions of your own, or an oracle made of one of them (which is not disposed of)
 * @throws SF_OPTION, SF_NETWORK (usage) if options, samples and model do not fit together; SF_DIVERGED if a logit of a sample is not
 * finite; SF_GRADIENT, SF_ENGINE; SF_STOPPED
 */
export async function smallest(model: Attackable | Oracle, points: Points, config: SearchConfig): Promise<SmallestResult> {
  return await withOracle(model, config, (oracle) => run(oracle, points, config));
}

/** Something done with an oracle: with the one given, or with one that is made of a model and disposed of afterwards. */
export async function withOracle<T>(
  model: Attackable | Oracle,
  { threads, provider, memory, rows }: Pick<CommonSearchConfig, "threads" | "provider" | "memory" | "rows">,
  use: (oracle: Oracle) => Promise<T>,
): Promise<T> {
  if ("pullback" in model) return await use(model);
  const oracle = oracleOf(model, { memory, rows, ...(threads === undefined ? {} : { threads }), ...(provider === undefined ? {} : { provider }) });
  try {
    return await use(oracle);
  } finally {
    await oracle.dispose();
  }
}

async function run(oracle: Oracle, points: Points, config: SearchConfig): Promise<SmallestResult> {
  const { x, y } = points;
  const n = y.length;
  const d = x.length / n;
  const { classes } = oracle;
  const resolved = resolveSearch(oracle, config);
  const { name, norm, bounded, low, high } = resolved;
  const box: FlatBox | undefined = bounded ? { low, high } : undefined;
  checkSamples(oracle, points, box);
  const targets = otherClasses(config.target, y, oracle, name);
  if (config.start && config.start.length !== n * d)
    throw new SignflipError("SF_OPTION", `attack ${name}: start must have ${n} × ${d} numbers; got ${config.start.length}`, { usage: true });

  const within = withinOf(config.within, n, name);

  const logits = await oracle.logits(x);
  checkFinite(logits, `attack ${name}: a logit of ${oracle.name}`, classes);
  const prediction = predictionsOf(logits, classes);
  const found = x.slice();
  const samples: SmallestSamples = {
    distance: new Float64Array(n).fill(Infinity),
    success: new Uint8Array(n),
    // Of equal logits the first decides: so a sample may be right with a margin of 0, as happens where a model computes in whole steps.
    wasCorrect: Uint8Array.from(prediction, (predicted, i) => +(predicted === y[i])),
    prediction,
    adversarialPrediction: prediction.slice(),
    forward: new Uint32Array(n).fill(1),
    backward: new Uint32Array(n),
    zeroGradient: new Uint8Array(n),
  };
  // Where the sample is wrong, or with a target where it is there already, nothing is searched.
  const open: number[] = [];
  for (let i = 0; i < n; i++) {
    if (targets ? prediction[i] !== targets[i] : samples.wasCorrect[i]) open.push(i);
    else [samples.distance[i], samples.success[i]] = [0, 1];
  }

  await runTogether(
    oracle,
    open.length,
    atOnce(resolved, d),
    async (index, ask) => {
      const i = open[index]!;
      const row = x.subarray(i * d, (i + 1) * d);
      const known = config.start?.subarray(i * d, (i + 1) * d);
      const { kept, prediction } = await searchOne(
        resolved,
        oracle,
        { row, label: y[i]!, target: targets?.[i], within: within?.[i], logits: logits.subarray(i * classes, (i + 1) * classes), known },
        ask,
      );
      samples.forward[i]! += kept.forward;
      samples.backward[i]! += kept.backward;
      samples.zeroGradient[i] = +kept.zeroGradient;
      if (!kept.best || prediction === undefined) return;
      found.set(kept.best.point, i * d);
      [samples.distance[i], samples.success[i], samples.adversarialPrediction[i]] = [kept.best.distance, 1, prediction];
    },
    (done) => {
      if (config.signal?.aborted) throw new SignflipError("SF_STOPPED", `attack ${name} was stopped`);
      config.progress?.(n - open.length + done, n);
    },
  );
  config.progress?.(n, n);

  return { points: found, samples, summary: { ...summaryOf(samples, norm), attack: name } };
}

/** What tables show of the samples. */
export function summaryOf(samples: SmallestSamples, norm: Norm): Omit<SmallestSummary, "attack"> {
  const right = Array.from(samples.wasCorrect.keys()).filter((i) => samples.wasCorrect[i]);
  const distances = right.map((i) => samples.distance[i]!).sort((a, b) => a - b);
  const sum = (values: Uint32Array) => values.reduce((total, value) => total + value, 0);
  return {
    norm,
    n: samples.wasCorrect.length,
    correct: right.length,
    found: right.reduce((count, i) => count + samples.success[i]!, 0),
    medianDistance: distances.length === 0 ? NaN : middle(distances),
    forward: sum(samples.forward),
    backward: sum(samples.backward),
  };
}

interface One {
  readonly row: Float32Array;
  readonly label: number;
  readonly target: number | undefined;
  readonly within: number | undefined;
  readonly logits: Float32Array;
  readonly known: Float32Array | undefined;
}

/** The search, the refinement and the verification of one sample. */
async function searchOne(
  { name, rule, options, norm, low, high, refine: steps, seed }: ResolvedSearch,
  oracle: Oracle,
  { row, label, target, within, logits, known }: One,
  ask: Questions,
): Promise<{ readonly kept: Kept; readonly prediction: number | undefined }> {
  const { classes, inputShape, channelAxis } = oracle;
  const limits = {
    low: Float64Array.from(row, (value, j) => Math.min(value, roundedUp(low[j]!))),
    high: Float64Array.from(row, (value, j) => Math.max(value, -roundedUp(-high[j]!))),
  };
  // The stream belongs to the numbers of the sample, so that it is the same wherever the sample stands.
  const identity = sha256Hex(new Uint8Array(row.buffer, row.byteOffset, row.byteLength), String(label), String(target));
  const { sample, kept } = sampleOf({
    x: row,
    label,
    target,
    classes,
    norm,
    limits,
    random: random(seed, "search", name, identity),
    within,
    ask,
    logits,
    inputShape,
    channelAxis,
  });
  try {
    if (known) await sample.score([known]);
    await rule.search(sample, options as never);
    // All searches restart at the same places, so that they differ by what they find themselves.
    await refine(sample, { access: rule.access, steps, random: rule.restarts === false ? undefined : random(seed, "restarts", identity) });
  } catch (cause) {
    if (!(cause instanceof Enough)) throw cause;
  }
  return { kept, prediction: await settle(sample, kept, { label, target }, oracle, ask) };
}

/** How much further out the point is moved, relative to the perturbation, until its prediction stands; the last time nearly the whole length. */
const moves = [0, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1];

/**
 * Confirms the prediction of the nearest point by a pass of its own and, for a model from a file, by that file. Where it is within rounding of the boundary and does not stand, the point is moved
 * away from the sample.
 * @returns the class predicted there; undefined if there is none
 */
async function settle(
  sample: Gradients,
  kept: Kept,
  { label, target }: { readonly label: number; readonly target: number | undefined },
  { classes, predictOriginal }: Oracle,
  ask: Questions,
): Promise<number | undefined> {
  const first = kept.best;
  if (!first) return undefined;
  for (const move of moves) {
    const point = first.point.map((value, j) => {
      const from = sample.x[j]!;
      return Math.max(sample.limits.low[j]!, Math.min(sample.limits.high[j]!, Math.fround(from + (1 + move) * (value - from))));
    });
    kept.forward++;
    const logits = await ask.logits(point);
    const margin = marginsOf(logits, [target ?? label], classes)[0]!;
    if (!(target === undefined ? margin < 0 : margin > 0)) continue;
    const own = predictOriginal ? (await predictOriginal(point))[0]?.class : predictionsOf(logits, classes)[0]!;
    if (own === undefined || (target === undefined ? own === label : own !== target)) continue;
    kept.best = { point, distance: distance(sample.norm, sample.x, point) };
    return own;
  }
  kept.best = undefined;
  return undefined;
}

/** How many samples are under way: what they hold, and what they ask about at once, has to fit into the memory. */
function atOnce({ rule, options, memory }: ResolvedSearch, d: number): number {
  const numbers = d * (24 + 2 * (rule.points?.(options as never) ?? 1));
  return Math.max(1, Math.min(512, Math.floor(memory / (8 * numbers))));
}

/** The least float32 that is no less. */
function roundedUp(value: number): number {
  const near = Math.fround(value);
  if (near >= value) return near;
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, near);
  bits.setInt32(0, near === 0 ? 1 : bits.getInt32(0) + (near > 0 ? 1 : -1));
  return bits.getFloat32(0);
}

function middle(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 || sorted[half] === sorted[half - 1] ? sorted[half]! : (sorted[half]! + sorted[half - 1]!) / 2;
}
