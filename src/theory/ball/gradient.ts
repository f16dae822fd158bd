import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { addTo, dot, inner, norm } from "../vectors.ts";

/**
 * What a point x and a lazy ball of radius V leave open about ∇f(x; W) = (1/√m) Σ_s a_s w_s 1{w_s·x > 0}.
 * Everything in float64, z_s = w_{s,0}·x with x scaled to norm 1 (no gradient depends on its length).
 */
export interface BallAt {
  readonly initial: TwoLayerNetwork;
  readonly radius: number;
  /** x/‖x‖, `[d]`. */
  readonly x: Float64Array;
  /** How many neurons are active in the whole ball (z_s > V), and their part of ∇f(x; W_0), `[d]`. */
  readonly fixed: number;
  readonly fixedGradient: Float64Array;
  /** S, the neurons that some W in the ball switches: those with |z_s| ≤ V; and their z_s. */
  readonly open: Int32Array;
  readonly z: Float64Array;
  /** Of every neuron: its place in `open`, or `always` or `never` active, `[m]`. */
  readonly place: Int32Array;
}

export const [always, never] = [-1, -2];

/** Which neurons of S are active, 1 or 0 each, in the order of `open`. */
export type Active = Uint8Array;

/** @param point `[d]`, any length but 0 */
export function ballAt(initial: TwoLayerNetwork, point: ArrayLike<number>, radius: number): BallAt {
  const { d, m, weights, outer } = initial;
  const x = unit(Float64Array.from(point));
  const fixedGradient = new Float64Array(d);
  const [open, z]: number[][] = [[], []];
  const place = new Int32Array(m).fill(never);
  let fixed = 0;
  for (let s = 0; s < m; s++) {
    const zs = dot(weights, s * d, x);
    if (zs > radius) {
      fixed++;
      place[s] = always;
      addTo(fixedGradient, weights, s * d, outer[s]! / Math.sqrt(m));
    } else if (zs >= -radius) {
      place[s] = open!.length;
      open!.push(s);
      z!.push(zs);
    }
  }
  return { initial, radius, x, fixed, fixedGradient, open: Int32Array.from(open!), z: Float64Array.from(z!), place };
}

/**
 * How a row of S that is to be active moves so that a_s v·w_s is least: by `v` along v, `x` along x and `p` along p, the direction of v
 * orthogonal to x. By −a_s V v if that leaves it active; else w_s·x is brought to 0 and what remains of V is spent along p.
 * @param zs w_{s,0}·x
 * @param alongX v·x
 * @param margin how far beyond 0 w_s·x is to be
 */
export function moveActive(zs: number, a: number, radius: number, alongX: number, margin = 0): { readonly v: number; readonly x: number; readonly p: number } {
  if (zs - a * radius * alongX > margin) return { v: -a * radius, x: 0, p: 0 };
  const x = Math.min(radius, margin - zs);
  return { v: 0, x, p: -a * Math.sqrt(Math.max(0, radius ** 2 - x ** 2)) };
}

/** The least of v·∇f over the ball. */
export interface Least {
  readonly value: number;
  /** The gradient that attains it, `[d]`. */
  readonly gradient: Float64Array;
  readonly active: Active;
  /** (1/√m) Σ a_s w_{s,0} over the neurons active there, the gradient without any move, `[d]`. */
  readonly rows: Float64Array;
}

/**
 * The exact minimum of v·∇f(x; W) over the ball, with the gradient that attains it: every row has a part of its own. Of √m v·∇f that is
 * a_s v·w_{s,0} − V where the neuron is active in the whole ball; where it is in S, 0 if made inactive, and a_s v·w_s after
 * `moveActive` if active, whichever is less.
 * As every W has ‖∇f‖ ≥ v·∇f, the value at any v is a lower bound of ‖∇f‖ on the whole ball.
 * @param v a unit vector, `[d]`
 */
export function leastAlong(ball: BallAt, v: Float64Array): Least {
  const { initial, radius, x, fixed, fixedGradient, open, z } = ball;
  const { d, m, weights, outer } = initial;
  const scale = 1 / Math.sqrt(m);
  const alongX = inner(v, x);
  const acrossX = Math.sqrt(Math.max(0, 1 - alongX ** 2));
  const rows = fixedGradient.slice();
  const active = new Uint8Array(open.length);
  let value = inner(v, fixedGradient) - scale * fixed * radius;
  // How far the active rows move along v, x and p in all.
  const moved = { v: -fixed * radius, x: 0, p: 0 };
  for (let k = 0; k < open.length; k++) {
    const s = open[k]!;
    const a = outer[s]!;
    const by = moveActive(z[k]!, a, radius, alongX);
    const share = a * (dot(weights, s * d, v) + by.v + by.x * alongX + by.p * acrossX);
    if (share >= 0) continue;
    active[k] = 1;
    value += scale * share;
    addTo(rows, weights, s * d, scale * a);
    moved.v += a * by.v;
    moved.x += a * by.x;
    moved.p += a * by.p;
  }
  const p = acrossX > 0 ? moved.p / acrossX : 0;
  const gradient = rows.map((row, i) => row + scale * ((moved.v + p) * v[i]! + (moved.x - p * alongX) * x[i]!));
  return { value, gradient, active, rows };
}

/** v/‖v‖, and 0 where v is 0. */
export function unit(v: Float64Array): Float64Array {
  const length = norm(v);
  return length > 0 ? v.map((value) => value / length) : v.slice();
}
