import type { InputShape } from "../../data/box.ts";
import type { Random } from "../../util/random.ts";
import { marginsOf } from "../oracle/oracle.ts";
import type { Questions } from "./desk.ts";
import type { Norm } from "../ball.ts";
import { distance, dualSize } from "./geometry.ts";
import type { Limits, Vector } from "./vector.ts";

/** A point with another prediction. */
export interface Found {
  readonly point: Float32Array;
  /** From the sample, in the norm of the search. */
  readonly distance: number;
}

/**
 * What a search that sees only decisions knows of its sample. Points it asks about are brought into the limits and rounded to float32;
 * the contract remembers the nearest adversarial one, so that a search returns nothing.
 */
export interface Decisions extends InputShape {
  /** `[d]` */
  readonly x: Float64Array;
  readonly norm: Norm;
  readonly limits: Limits;
  readonly random: Random;
  /** The budget, if there is one: the contract ends the search with the first adversarial point within it. */
  readonly within: number | undefined;
  /** The nearest adversarial point so far. */
  readonly best: Found | undefined;
  /** Whether points are adversarial. */
  decide(points: readonly Vector[]): Promise<boolean[]>;
  /** How far a point is from the sample once it is brought into the limits. */
  distance(point: Vector): number;
}

/** … and a search that sees scores. */
export interface Scores extends Decisions {
  /** z_y − max_{j≠y} z_j at the sample, or with a target max_{j≠t} z_j − z_t. */
  readonly margin: number;
  /** The margin at points: below 0 where they are adversarial. */
  score(points: readonly Vector[]): Promise<Float64Array>;
}

/** The margin at a point and its gradient, which is 0 where it is not finite. */
export interface Look {
  readonly margin: number;
  readonly gradient: Float32Array;
  /** Whether the gradient is 0 or not finite. */
  readonly flat: boolean;
}

/** … and one that sees gradients. */
export interface Gradients extends Scores {
  look(point: Vector): Promise<Look>;
  /** The differences z_y − z_k for the k most likely other classes of the sample, so many of them. With a target it is the margin alone. */
  faces(point: Vector, most: number): Promise<Look[]>;
}

export interface Views {
  readonly decisions: Decisions;
  readonly scores: Scores;
  readonly gradients: Gradients;
}

/** What the contract keeps of a sample. */
export interface Kept {
  best: Found | undefined;
  forward: number;
  backward: number;
  zeroGradient: boolean;
}

export interface SampleParts extends InputShape {
  readonly x: Float32Array;
  readonly label: number;
  readonly target: number | undefined;
  readonly classes: number;
  readonly norm: Norm;
  /** In float32, and reaching to x. */
  readonly limits: Limits;
  readonly random: Random;
  readonly within?: number | undefined;
  readonly ask: Questions;
  /** Its logits, `[classes]`. */
  readonly logits: Float32Array;
}

/** Ends a search: there is an adversarial point within its budget. */
export class Enough extends Error {}

/** One sample, and the questions a search may ask about it. */
export function sampleOf({ x, label, target, classes, norm, limits, random, within, ask, logits, inputShape, channelAxis }: SampleParts): {
  readonly sample: Gradients;
  readonly kept: Kept;
} {
  const d = x.length;
  const kept: Kept = { best: undefined, forward: 0, backward: 0, zeroGradient: false };
  const own = target ?? label;
  const side = target === undefined ? 1 : -1;
  const { low, high } = limits;

  const place = (point: Vector, out: Float32Array) => {
    for (let j = 0; j < d; j++) out[j] = Math.max(low[j]!, Math.min(high[j]!, Math.fround(point[j]!)));
    return out;
  };

  const placeAll = (points: readonly Vector[]) => {
    const all = new Float32Array(points.length * d);
    points.forEach((point, k) => place(point, all.subarray(k * d, (k + 1) * d)));
    return all;
  };

  /** The margins that logits have, and the nearest adversarial point remembered. */
  const marginsAt = (points: Float32Array, scores: Float32Array): Float64Array => {
    const margins = marginsOf(scores, Array<number>(points.length / d).fill(own), classes);
    for (let k = 0; k < margins.length; k++) {
      const margin = side * margins[k]!;
      margins[k] = Number.isNaN(margin) ? Infinity : margin;
      if (!(margin < 0)) continue;
      const point = points.subarray(k * d, (k + 1) * d);
      const far = distance(norm, x, point);
      if (!kept.best || far < kept.best.distance) kept.best = { point: point.slice(), distance: far };
    }
    if (within !== undefined && kept.best && kept.best.distance <= within) throw new Enough();
    return margins;
  };

  const seen = (margin: number, gradient: Float32Array, sign: number): Look => {
    const size = dualSize("linf", gradient);
    const flat = !(size > 0 && size < Infinity);
    if (flat) {
      kept.zeroGradient = true;
      gradient.fill(0);
    } else if (sign < 0) for (let j = 0; j < d; j++) gradient[j] = -gradient[j]!;
    return { margin, gradient, flat };
  };

  const score = async (points: readonly Vector[]) => {
    const all = placeAll(points);
    kept.forward += points.length;
    return marginsAt(all, await ask.logits(all));
  };

  const look = async (point: Vector) => {
    const at = place(point, new Float32Array(d));
    kept.forward++;
    kept.backward++;
    const answer = await ask.margin(at, own);
    return seen(marginsAt(at, answer.logits)[0]!, answer.gradient, side);
  };

  const rivals = Array.from(logits.keys())
    .filter((k) => k !== label)
    .sort((a, b) => logits[b]! - logits[a]! || a - b);

  const sample: Gradients = {
    x: Float64Array.from(x),
    inputShape,
    channelAxis,
    norm,
    limits,
    random,
    within,
    margin: side * marginsOf(logits, [own], classes)[0]!,
    get best() {
      return kept.best;
    },
    distance: (point) => distance(norm, x, place(point, new Float32Array(d))),
    decide: async (points) => Array.from(await score(points), (margin) => margin < 0),
    score,
    look,
    async faces(point, most) {
      const others = rivals.slice(0, most);
      if (target !== undefined || others.length === 1) return [await look(point)];
      const at = place(point, new Float32Array(d));
      kept.forward += others.length;
      kept.backward += others.length;
      const dz = new Float32Array(others.length * classes);
      others.forEach((k, row) => {
        dz[row * classes + label] = 1;
        dz[row * classes + k] = -1;
      });
      const answer = await ask.pullback(placeAll(others.map(() => at)), dz);
      marginsAt(at, answer.logits.subarray(0, classes));
      return others.map((k, row) => seen(answer.logits[label]! - answer.logits[k]!, answer.gradient.slice(row * d, (row + 1) * d), 1));
    },
  };
  return { sample, kept };
}
