import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { SignflipError } from "../../util/errors.ts";

/*
 * Beyond the ball (Sect. 3, Fig. 1): f(x; αW) = α f(x; W) for α > 0, so a network is robust to no more than any network
 * on its ray, and Theorem 3.1 holds on the whole cone {αW : α > 0, ‖W − W_0‖_{2,∞} ≤ V}. Exact without biases; with them
 * f has the fixed outer bias a_0/√m besides, which does not scale.
 */

/** Where a path of training stands, against the ball and the cone {αW : α > 0, W in the ball} (Fig. 1). */
export interface ConeStep {
  /** The ball it just leaves, by its C_0; at the end of the path the largest that it stayed in. */
  readonly c0: number;
  readonly epoch: number;
  readonly steps: number;
  /** max_s ‖w_s − w_{s,0}‖, and min over α > 0 of max_s ‖α w_s − w_{s,0}‖ with the α that attains it. */
  readonly deviation: number;
  readonly coneDistance: number;
  readonly alpha: number;
  readonly testAccuracy: number;
  /** Of the rows drawn in Figure 1 (the farthest first, then evenly by rank down to the nearest): w_s along w_{s,0}/‖w_{s,0}‖ and orthogonal to it. */
  readonly rows: readonly { readonly initialNorm: number; readonly along: number; readonly across: number }[];
}

export interface ConeDistance {
  /** min over α > 0 of max_s ‖α w_s − w_{s,0}‖. The network is in the cone of radius V exactly where this is at most V. */
  readonly distance: number;
  /** The α that attains it; 0 where the infimum is only approached as α → 0, and is max_s ‖w_{s,0}‖. */
  readonly alpha: number;
}

/**
 * How far a network is from the ray of its initialization: the smallest V for which the cone around that ball contains
 * it. Rows are [w_s, b_s] where there are biases. Never more than the deviation, unchanged by W → cW, convex along the way.
 * @param initial the network as it was drawn (see `initialOf`)
 * @throws SF_NETWORK when the networks differ in size or a weight is not finite
 */
export function coneDistance(network: TwoLayerNetwork, initial: TwoLayerNetwork): ConeDistance {
  return nearest(rowsAbout(network, initial, 1), network, initial);
}

/**
 * A step of the path with the rows drawn of it.
 * @param rows at most this many: the row farthest from where it began, then evenly by rank down to the nearest
 */
export function coneStep(
  network: TwoLayerNetwork,
  initial: TwoLayerNetwork,
  { rows = 60, ...at }: Pick<ConeStep, "c0" | "epoch" | "steps" | "testAccuracy"> & { readonly rows?: number },
): ConeStep {
  const about = rowsAbout(network, initial, 1);
  const { distance, alpha } = nearest(about, network, initial);
  const farthest = Array.from(about.gap.keys()).sort((s, t) => about.gap[t]! - about.gap[s]!);
  return {
    ...at,
    deviation: Math.sqrt(about.gap[farthest[0]!]!),
    coneDistance: distance,
    alpha,
    rows: evenly(farthest, rows).map((s) => split(network, initial, s)),
  };
}

/** The first, the last, and evenly between. */
function evenly(items: readonly number[], count: number): number[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, k) => items[Math.round((k * (items.length - 1)) / Math.max(1, count - 1))]!);
}

/** A row in the plane it spans with where it began. In float64, and exact to rounding for a row that did not move. */
function split({ weights, hiddenBias, d }: TwoLayerNetwork, initial: TwoLayerNetwork, s: number): ConeStep["rows"][number] {
  let norm2 = initial.hiddenBias[s]! ** 2;
  let inner = initial.hiddenBias[s]! * (hiddenBias[s]! - initial.hiddenBias[s]!);
  for (let i = s * d; i < (s + 1) * d; i++) {
    norm2 += initial.weights[i]! ** 2;
    inner += initial.weights[i]! * (weights[i]! - initial.weights[i]!);
  }
  // w_s − w_{s,0} less its part along w_{s,0}: taken from the difference, which is small where the row is not.
  const part = norm2 > 0 ? inner / norm2 : 0;
  let across2 = (hiddenBias[s]! - initial.hiddenBias[s]! - part * initial.hiddenBias[s]!) ** 2;
  for (let i = s * d; i < (s + 1) * d; i++) across2 += (weights[i]! - initial.weights[i]! - part * initial.weights[i]!) ** 2;
  const initialNorm = Math.sqrt(norm2);
  return { initialNorm, along: initialNorm * (1 + part), across: Math.sqrt(across2) };
}

/**
 * Every row's squared distance about one α: ‖(α + t) w_s − w_{s,0}‖² = gap + 2·t·pull + t²·size, `[m]` each. Taken about
 * the α that is asked for, not about 0, because the gap of a network near the ray is a small difference of large numbers.
 */
interface Rows {
  readonly alpha: number;
  /** ‖α w_s − w_{s,0}‖² */
  readonly gap: Float64Array;
  /** (α w_s − w_{s,0}) · w_s */
  readonly pull: Float64Array;
  /** ‖w_s‖² */
  readonly size: Float64Array;
}

function rowsAbout(network: TwoLayerNetwork, initial: TwoLayerNetwork, alpha: number): Rows {
  const { d, m } = network;
  if (initial.d !== d || initial.m !== m)
    throw new SignflipError("SF_NETWORK", `cone distance: the networks differ in size, d, m = ${d}, ${m} and ${initial.d}, ${initial.m}`);
  const rows = { alpha, gap: new Float64Array(m), pull: new Float64Array(m), size: new Float64Array(m) };
  for (let s = 0; s < m; s++) {
    const bias = network.hiddenBias[s]!;
    const biasGap = alpha * bias - initial.hiddenBias[s]!;
    let gap = biasGap ** 2;
    let pull = biasGap * bias;
    let size = bias ** 2;
    for (let i = s * d; i < (s + 1) * d; i++) {
      const w = network.weights[i]!;
      const difference = alpha * w - initial.weights[i]!;
      gap += difference * difference;
      pull += difference * w;
      size += w * w;
    }
    if (!Number.isFinite(gap + size)) throw new SignflipError("SF_NETWORK", `cone distance: row ${s} of the weights is not finite`);
    rows.gap[s] = gap;
    rows.pull[s] = pull;
    rows.size[s] = size;
  }
  return rows;
}

/** The best α found about 1, then again about that α with the rows' gaps taken there: what rounding hid the first time. */
function nearest(about: Rows, network: TwoLayerNetwork, initial: TwoLayerNetwork): ConeDistance {
  const again = rowsAbout(network, initial, about.alpha + minimise(about));
  const t = minimise(again);
  const candidates = [
    { alpha: again.alpha + t, squared: worst(again, t).squared },
    { alpha: about.alpha, squared: worst(about, 0).squared }, // so that it is never above the deviation, not by a last bit
  ];
  const best = candidates[0]!.squared <= candidates[1]!.squared ? candidates[0]! : candidates[1]!;
  return { distance: Math.sqrt(best.squared), alpha: best.alpha };
}

/** max_s of the squared distance at α + t, and half its slope there: of several rows that attain it the first one's. */
function worst({ gap, pull, size }: Rows, t: number): { readonly squared: number; readonly slope: number } {
  let squared = 0;
  let slope = 0;
  for (let s = 0; s < gap.length; s++) {
    const value = gap[s]! + t * (2 * pull[s]! + t * size[s]!);
    if (value <= squared) continue;
    squared = value;
    slope = pull[s]! + t * size[s]!;
  }
  return { squared, slope };
}

/**
 * The t ≥ −α at which the largest of the parabolas is smallest, to the last bits of t. It is convex, so its slope says on
 * which side the minimum lies; and that is between the lowest and the highest of the parabolas' own minima.
 */
function minimise(rows: Rows): number {
  let low = Infinity;
  let high = -Infinity;
  for (let s = 0; s < rows.gap.length; s++) {
    if (rows.size[s] === 0) continue; // w_s = 0 is as far at every α
    const own = -rows.pull[s]! / rows.size[s]!;
    low = Math.min(low, own);
    high = Math.max(high, own);
  }
  low = Math.max(low, -rows.alpha);
  if (!(high > low)) return high === -Infinity ? 0 : Math.max(high, -rows.alpha);
  if (worst(rows, low).slope >= 0) return low;
  // Usually at the last bit of t after some 60 halvings. Where the minimum is at t = 0 there is no last bit; 200 are far below
  // what any distance of float32 weights can show.
  for (let halvings = 0; halvings < 200; halvings++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (worst(rows, middle).slope < 0) low = middle;
    else high = middle;
  }
  return worst(rows, low).squared < worst(rows, high).squared ? low : high;
}
