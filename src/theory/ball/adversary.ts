import { moveActive, always, never, unit, type Active, type BallAt } from "./gradient.ts";
import { addTo, dot, inner, norm } from "../vectors.ts";

/** A W of the ball, given by who of S is active: all rows then move against the gradient that this leaves. */
export interface Adversary {
  /** ‖∇f‖ there. */
  readonly norm: number;
  readonly active: Active;
  /** The direction against which S moves, and what part of the possible it does: no more than is needed. */
  readonly v: Float64Array;
  readonly effort: number;
  /** The direction against which the rows move that are always active, and how far: at most V, and no further than to ∇f = 0. */
  readonly u: Float64Array;
  readonly reach: number;
}

/** How far the rows that are always active move ∇f together: N' V/√m. */
const reachOf = ({ fixed, radius, initial }: BallAt) => (fixed * radius) / Math.sqrt(initial.m);

/** How far a row of S moves orthogonally to x once it is active: V, or √(V² − z_s²) where it was brought to w_s·x = 0. */
const reachAcross = (radius: number, zs: number) => Math.sqrt(Math.max(0, radius ** 2 - Math.min(0, zs) ** 2));

/** How far w_s·x is from where the neuron becomes active. */
const toSwitch = (zs: number) => Math.max(0, -zs);

/** @param rows (1/√m) Σ a_s w_{s,0} over the active neurons, `[d]` */
export function adversary(ball: BallAt, active: Active, rows: Float64Array): Adversary {
  const { initial, radius, x, z, open } = ball;
  const { m, outer } = initial;
  const scale = 1 / Math.sqrt(m);
  let [across, switches] = [0, 0];
  for (let k = 0; k < open.length; k++) {
    if (!active[k]) continue;
    across += scale * reachAcross(radius, z[k]!);
    switches += scale * outer[open[k]!]! * toSwitch(z[k]!);
  }
  const gradient = rows.map((row, i) => row + switches * x[i]!);
  const v = unit(gradient);
  const p = acrossOf(v, x);
  const alongX = inner(v, x);
  const effort = across > 0 ? Math.min(1, inner(p, gradient) / across) : 0;
  const moved = { v: 0, x: 0, p: 0 };
  for (let k = 0; k < open.length; k++) {
    if (!active[k]) continue;
    const a = outer[open[k]!]!;
    const by = moveActive(z[k]!, a, radius, alongX);
    moved.v += scale * a * by.v * effort;
    moved.p += scale * a * by.p * effort;
    moved.x += scale * a * (by.x - toSwitch(z[k]!));
  }
  const rest = gradient.map((value, i) => value + moved.v * v[i]! + moved.p * p[i]! + moved.x * x[i]!);
  const [left, byFixed] = [norm(rest), reachOf(ball)];
  return { norm: Math.max(0, left - byFixed), active, v, effort, u: unit(rest), reach: byFixed > left ? (radius * left) / byFixed : radius };
}

/**
 * Switches neurons of S one at a time as long as that takes something off the norm that is left after all moves: a local minimum over
 * sets of active neurons. S is counted on to move orthogonally to x only, where it takes off no more than there is.
 * @param startRows (1/√m) Σ a_s w_{s,0} over the active neurons, `[d]`
 */
export function improve(ball: BallAt, start: Active, startRows: Float64Array, { sweeps = 10 } = {}): { readonly active: Active; readonly rows: Float64Array } {
  const { initial, radius, z, open } = ball;
  const { d, m, outer, weights } = initial;
  const scale = 1 / Math.sqrt(m);
  const [active, rows, byFixed] = [start.slice(), startRows.slice(), reachOf(ball)];
  const squares = Float64Array.from(open, (s) => (scale * norm(weights.subarray(s * d, (s + 1) * d))) ** 2);
  // Of the gradient: the square of the rows' sum, its part along x before and after switches, and how far S moves it across.
  const along = inner(rows, ball.x);
  let now = { square: inner(rows, rows), along, f: along, across: 0 };
  for (let k = 0; k < open.length; k++) {
    if (!active[k]) continue;
    now.f += scale * outer[open[k]!]! * toSwitch(z[k]!);
    now.across += scale * reachAcross(radius, z[k]!);
  }
  const left = ({ square, along, f, across }: typeof now) => Math.hypot(f, Math.max(0, Math.sqrt(Math.max(0, square - along ** 2)) - across)) - byFixed;
  for (let sweep = 0, changed = true; changed && sweep < sweeps; sweep++) {
    changed = false;
    for (let k = 0; k < open.length && left(now) > 0; k++) {
      const [s, turn] = [open[k]!, active[k] ? -1 : 1];
      const sign = turn * scale * outer[s]!;
      const next = {
        square: now.square + 2 * sign * dot(weights, s * d, rows) + squares[k]!,
        along: now.along + sign * z[k]!,
        f: now.f + sign * Math.max(0, z[k]!),
        across: now.across + turn * scale * reachAcross(radius, z[k]!),
      };
      if (!(left(next) < left(now) - 1e-9)) continue;
      addTo(rows, weights, s * d, sign);
      active[k] = active[k] ? 0 : 1;
      [now, changed] = [next, true];
    }
  }
  return { active, rows };
}

/**
 * Writes rows of an adversary's W, `[d]` each. A neuron that is to switch goes a little further than w_s·x = 0, so that float32 sees it too.
 */
export function rowsOf({ initial, x, z, place, radius }: BallAt, { active, v, effort, u, reach }: Adversary): (s: number, out: Float32Array) => void {
  const { d, weights, outer } = initial;
  const margin = 1e-4 * radius;
  const alongX = inner(v, x);
  const p = acrossOf(v, x);
  return (s, out) => {
    const a = outer[s]!;
    /** w_{s,0} + by·direction + byX·x */
    const move = (by: number, direction: Float64Array, byX = 0) => {
      for (let i = 0; i < d; i++) out[i] = weights[s * d + i]! + by * direction[i]! + byX * x[i]!;
    };
    const at = place[s]!;
    if (at === never) return move(0, x);
    if (at === always) return move(-a * reach, u);
    const zs = z[at]!;
    if (!active[at]) return move(zs > -margin ? -Math.min(radius, zs + margin) : 0, x);
    const by = moveActive(zs, a, radius, alongX, margin);
    return by.v === 0 ? move(effort * by.p, p, by.x) : move(effort * by.v, v);
  };
}

/** The direction of v orthogonal to x. */
const acrossOf = (v: Float64Array, x: Float64Array) => {
  const alongX = inner(v, x);
  return unit(v.map((value, i) => value - alongX * x[i]!));
};
