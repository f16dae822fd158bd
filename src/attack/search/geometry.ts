import type { Norm } from "../ball.ts";
import { type Limits, type Vector, over } from "./vector.ts";

/** ‖b − a‖ in float64. */
export function distance(norm: Norm, a: Vector, b: Vector): number {
  let size = 0;
  if (norm === "l2") {
    for (let j = 0; j < a.length; j++) size += (b[j]! - a[j]!) * (b[j]! - a[j]!);
    return Math.sqrt(size);
  }
  if (norm === "linf") for (let j = 0; j < a.length; j++) size = Math.max(size, Math.abs(b[j]! - a[j]!));
  else if (norm === "l1") for (let j = 0; j < a.length; j++) size += Math.abs(b[j]! - a[j]!);
  else for (let j = 0; j < a.length; j++) size += +(a[j] !== b[j]);
  return size;
}

/** ‖g‖ in the dual norm: the most a step of length 1 changes a linear function of slope g. For l0 a step of one number of at most 1. */
export function dualSize(norm: Norm, g: Vector): number {
  let size = 0;
  if (norm === "l2") {
    for (let j = 0; j < g.length; j++) size += g[j]! * g[j]!;
    return Math.sqrt(size);
  }
  for (let j = 0; j < g.length; j++) size = norm === "linf" ? size + Math.abs(g[j]!) : Math.max(size, Math.abs(g[j]!));
  return size;
}

/** The step of length 1 that decreases a function of slope g the most; in l1 and l0 along g, because one number alone is seldom allowed to move so far. */
export function steepest(norm: Norm, g: Vector): Float64Array {
  if (norm === "linf") return Float64Array.from(g).map((value) => -Math.sign(value));
  const size = norm === "l2" ? dualSize("l2", g) : norm === "l1" ? dualSize("linf", g) : dualSize("l1", g);
  return over(g, -size);
}

/** The nearest δ with ‖δ‖ ≤ eps, in place. In l0 the eps largest numbers stay. */
export function project(norm: Norm, delta: Float64Array, eps: number): Float64Array {
  if (norm === "linf") {
    for (let j = 0; j < delta.length; j++) delta[j] = Math.max(-eps, Math.min(eps, delta[j]!));
  } else if (norm === "l2") {
    const size = dualSize("l2", delta);
    if (size > eps) for (let j = 0; j < delta.length; j++) delta[j] = delta[j]! * (eps / size);
  } else if (norm === "l1") {
    if (dualSize("linf", delta) > eps) soften(delta, eps);
  } else {
    const least = delta.map(Math.abs).sort()[Math.max(0, delta.length - Math.floor(eps))] ?? Infinity;
    let left = Math.floor(eps);
    for (let j = 0; j < delta.length; j++) left -= +(Math.abs(delta[j]!) > least);
    for (let j = 0; j < delta.length; j++) {
      const size = Math.abs(delta[j]!);
      if (size > least || (size === least && left-- > 0)) continue;
      delta[j] = 0;
    }
  }
  return delta;
}

/** Onto the l1 sphere of radius eps (Duchi et al. 2008, Fig. 1): every |δ_j| less the same amount. */
function soften(delta: Float64Array, eps: number): void {
  const sizes = delta.map(Math.abs).sort().reverse();
  let sum = 0;
  let less = 0;
  for (let k = 0; k < sizes.length; k++) {
    sum += sizes[k]!;
    const candidate = (sum - eps) / (k + 1);
    if (sizes[k]! <= candidate) break;
    less = candidate;
  }
  for (let j = 0; j < delta.length; j++) delta[j] = Math.sign(delta[j]!) * Math.max(0, Math.abs(delta[j]!) - less);
}

/**
 * The smallest step from `from`, inside the limits, that decreases a function of slope g by `need`: the projection onto a hyperplane within a
 * box (Croce & Hein 2020, "Minimally distorted", Sect. 2.2). Where the box does not allow so much, the step that decreases it the most.
 */
export function stepDown(norm: Norm, g: Vector, need: number, from: Vector, { low, high }: Limits): Float64Array {
  const d = g.length;
  const step = new Float64Array(d);
  if (!(need > 0)) return step;
  const room = (j: number) => (g[j]! > 0 ? from[j]! - low[j]! : high[j]! - from[j]!);
  if (norm === "l1" || norm === "l0") {
    // The number with the best value for its price first: in l1 the steepest, in l0 the one that can change the most.
    const worth = Float64Array.from(g, (slope, j) => Math.abs(slope) * (norm === "l0" ? Math.min(room(j), 1e200) : 1));
    let left = need;
    for (const j of Array.from(worth.keys()).sort((a, b) => worth[b]! - worth[a]!)) {
      const slope = Math.abs(g[j]!);
      if (slope === 0 || left <= 0) break;
      const length = Math.min(Math.max(0, room(j)), norm === "l0" && room(j) < Infinity ? room(j) : left / slope);
      step[j] = -Math.sign(g[j]!) * length;
      left -= length * slope;
    }
    return step;
  }
  // δ_j = −sign(g_j) min(λ s_j, room_j); its effect grows with λ and is concave, so that Newton's method comes to its root from below.
  const pace = (j: number) => (norm === "l2" ? Math.abs(g[j]!) : +(g[j] !== 0));
  let lambda = 0;
  for (let round = 0; round < 200; round++) {
    let effect = 0;
    let rate = 0;
    for (let j = 0; j < d; j++) {
      const slope = Math.abs(g[j]!);
      if (slope === 0) continue;
      const most = Math.max(0, room(j));
      const own = lambda * pace(j);
      if (own < most) rate += slope * pace(j);
      effect += slope * Math.min(own, most);
    }
    const missing = need - effect;
    if (missing <= 1e-12 * need) break;
    if (rate === 0) {
      lambda = Infinity;
      break;
    }
    lambda += missing / rate;
  }
  for (let j = 0; j < d; j++) if (g[j] !== 0) step[j] = -Math.sign(g[j]!) * Math.min(lambda * pace(j), Math.max(0, room(j)));
  return step;
}
