import type { Norm } from "../../src/attack/ball.ts";
import { checkpoints } from "../../src/attack/apgd.ts";
import { signOf } from "../../src/data/points.ts";
import type { TwoLayerNetwork } from "../../src/model/two-layer/network.ts";
import { at, norm } from "./support.ts";

/** The attacks as their papers state them, for one sample of a two-layer network, in float64 and one step after the other. */
export interface Reference {
  readonly network: TwoLayerNetwork;
  readonly x: readonly number[];
  /** The class, 0 or 1. */
  readonly y: number;
  readonly norm: Norm;
  readonly eps: number;
  readonly steps: number;
  /** The same bounds for all. */
  readonly box?: { readonly low: number; readonly high: number } | undefined;
}

interface Look {
  readonly loss: number;
  /** Of the logistic loss log(1 + exp(−y f)). */
  readonly gradient: number[];
}

function look({ network, x, y: label }: Reference, delta: readonly number[]): Look {
  const y = signOf(label);
  const { f, gradient } = at(network, plus(x, delta));
  const weight = -y / (1 + Math.exp(y * f));
  return { loss: Math.log1p(Math.exp(-y * f)), gradient: gradient.map((value) => weight * value) };
}

const plus = (a: readonly number[], b: readonly number[], factor = 1) => a.map((value, j) => value + factor * b[j]!);

function ascent({ norm: kind }: Reference, gradient: readonly number[]): number[] {
  const length = norm(gradient);
  return gradient.map((value) => (kind === "linf" ? Math.sign(value) : value / length));
}

function project({ x, norm: kind, eps, box }: Reference, delta: readonly number[]): number[] {
  const cut = kind === "linf" ? delta.map((value) => Math.max(-eps, Math.min(eps, value))) : delta;
  const boxed = box ? cut.map((value, j) => Math.max(box.low, Math.min(box.high, x[j]! + value)) - x[j]!) : [...cut];
  const length = norm(boxed);
  return kind === "l2" && length > eps ? boxed.map((value) => (value * eps) / length) : boxed;
}

/** The specification's PGD; the worst of all points on its way. */
export function pgdReference(ref: Reference, stepSize = (2.5 * ref.eps) / ref.steps): number[] {
  let delta = ref.x.map(() => 0);
  let [best, worst] = [delta, -Infinity];
  for (let t = 0; t <= ref.steps; t++) {
    const here = look(ref, delta);
    if (here.loss > worst) [best, worst] = [delta, here.loss];
    delta = project(ref, plus(delta, ascent(ref, here.gradient), stepSize));
  }
  return best;
}

/** Algorithm 1 of Croce & Hein (2020) with its two conditions, as indices count there; `without` leaves one of them out. */
export function apgdReference(ref: Reference, without?: 1 | 2): { delta: number[]; halvings: number } {
  const marks = checkpoints(ref.steps);
  let step = 2 * ref.eps;
  let now = ref.x.map(() => 0);
  let before = now;
  let best = now;
  let most = -Infinity;
  const values: number[] = [];
  let [lastMark, halvedAtMark, mostAtMark, halvings] = [0, false, look(ref, now).loss, 0];
  for (let k = 0; k <= ref.steps; k++) {
    let here = look(ref, now);
    values.push(here.loss);
    if (here.loss > most) [best, most] = [now, here.loss];
    if (k === ref.steps) break;
    if (marks.includes(k)) {
      let rises = 0;
      for (let i = lastMark; i < k; i++) rises += +(values[i + 1]! > values[i]!);
      const [tooFew, stuck] = [rises < 0.75 * (k - lastMark), !halvedAtMark && most === mostAtMark];
      const halve = (without !== 1 && tooFew) || (without !== 2 && stuck);
      [lastMark, halvedAtMark, mostAtMark] = [k, halve, most];
      if (halve) {
        step /= 2;
        halvings++;
        now = best;
        here = look(ref, now);
      }
    }
    const z = project(ref, plus(now, ascent(ref, here.gradient), step));
    const alpha = k === 0 ? 1 : 0.75;
    const next = project(
      ref,
      now.map((value, j) => value + alpha * (z[j]! - value) + (1 - alpha) * (value - before[j]!)),
    );
    [before, now] = [now, next];
  }
  return { delta: best, halvings };
}

/** Auto-PGD in l1 as Croce & Hein (2021, Algorithm 1) have it; steps leave out entries that the box does not let move. */
export function sparseReference(ref: Reference): { delta: number[]; restarts: number } {
  const { x, eps, steps, box = { low: -Infinity, high: Infinity } } = ref;
  const d = x.length;
  const room = (j: number, toward: number) => (toward > 0 ? box.high - x[j]! : x[j]! - box.low);
  const onto = (delta: readonly number[]): number[] => {
    const shrunk = (less: number) => delta.map((value, j) => Math.sign(value) * Math.min(Math.max(Math.abs(value) - less, 0), room(j, value)));
    const size = (less: number) => shrunk(less).reduce((sum, value) => sum + Math.abs(value), 0);
    if (size(0) <= eps) return shrunk(0);
    let [low, high] = [0, Math.max(...delta.map(Math.abs))];
    for (let round = 0; round < 100; round++) [low, high] = size((low + high) / 2) > eps ? [(low + high) / 2, high] : [low, (low + high) / 2];
    return shrunk(high);
  };
  const step = (delta: readonly number[], gradient: readonly number[], length: number, keep: number): number[] => {
    const free = gradient.map((slope, j) => ((slope > 0 ? x[j]! + delta[j]! < box.high : x[j]! + delta[j]! > box.low) ? Math.abs(slope) : 0));
    const least = free.toSorted((a, b) => b - a)[keep - 1]!;
    const signs = gradient.map((slope, j) => (free[j]! > 0 && free[j]! >= least ? Math.sign(slope) : 0));
    const count = Math.max(1, signs.filter((sign) => sign !== 0).length);
    return onto(delta.map((value, j) => value + (length * signs[j]!) / count));
  };
  let delta = x.map(() => 0);
  let [top, topGradient, topLoss] = [delta, delta, -Infinity];
  let [length, keep, entries, restarts] = [eps, Math.ceil(0.2 * d), d, 0];
  const every = Math.max(1, Math.floor(0.04 * steps));
  for (let t = 0; t < steps; t++) {
    const here = look(ref, delta);
    let gradient = here.gradient;
    if (here.loss > topLoss) [top, topGradient, topLoss] = [delta, gradient, here.loss];
    if (t > 0 && t % every === 0) {
      const now = top.filter((value) => value !== 0).length;
      if (now < 0.95 * entries) {
        [delta, gradient, length] = [top, topGradient, eps];
        restarts++;
      } else length = Math.max(length / 1.5, eps / 10);
      [keep, entries] = [Math.max(1, Math.ceil(now / 1.5)), now];
    }
    delta = step(delta, gradient, length, keep);
  }
  return { delta: look(ref, delta).loss > topLoss ? delta : top, restarts };
}
