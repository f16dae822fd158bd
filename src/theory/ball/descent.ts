import { projectToBall } from "../../model/two-layer/lazy-ball.ts";
import type { TwoLayerNetwork } from "../../model/two-layer/network.ts";
import { adversary, improve, rowsOf } from "./adversary.ts";
import { ballAt, leastAlong, unit, type Active, type BallAt } from "./gradient.ts";
import { addTo, dot, inner, norm } from "../vectors.ts";

/** The smallest ‖∇f(x; W)‖ over a lazy ball, bracketed by two numbers. */
export interface SmallestGradient {
  /** No W of the ball has a smaller norm: the value of `leastAlong` in the best direction met. */
  readonly certified: number;
  /** The norm at the W below, computed from its float32 rows; its neurons are active as they are there. */
  readonly found: number;
  /** Writes row s of that W. */
  readonly row: (s: number, out: Float32Array) => void;
}

/**
 * Searches the ball for the smallest gradient at x, by the method of Frank and Wolfe (1956).
 *
 * inf ‖∇f‖ over the ball is at least the smallest norm in the convex hull of all its gradients. Its least point is found by steps
 * towards the gradient that is least along the current direction v, which `leastAlong` knows exactly, and every step brings
 * - a lower bound, v·∇f ≥ `value` for all W;
 * - a W: the neurons of S that are active there, with all rows turned against the gradient that this leaves (`adversary`).
 * The best of these is improved by switching single neurons. The hull allows fractions of neurons, a W does not: that is what keeps the
 * two bounds apart.
 * @param point `[d]`, any length but 0
 */
export function smallestGradient(initial: TwoLayerNetwork, point: ArrayLike<number>, radius: number, { rounds = 40, gap = 1e-4 } = {}): SmallestGradient {
  const ball = ballAt(initial, point, radius);
  // To begin with, all of S is inactive: where no neuron is always active, nothing is left.
  let best = adversary(ball, new Uint8Array(ball.open.length), ball.fixedGradient);
  let bestRows = ball.fixedGradient;
  let certified = 0;
  const attempt = ({ active, rows }: { readonly active: Active; readonly rows: Float64Array }) => {
    const now = adversary(ball, active, rows);
    if (now.norm < best.norm) [best, bestRows] = [now, rows];
    return best.norm <= certified * (1 + gap);
  };
  const hull = ball.fixedGradient.slice();
  for (let round = 0; round < rounds && best.norm > 0 && norm(hull) > 1e-9; round++) {
    const least = leastAlong(ball, unit(hull));
    const { value, gradient } = least;
    certified = Math.max(certified, value);
    if (attempt(least)) break;
    const away = Float64Array.from(hull, (h, i) => h - gradient[i]!);
    // The first step is whole: the start is no gradient of the ball.
    const step = round === 0 ? 1 : Math.min(1, Math.max(0, inner(hull, away) / (inner(away, away) || 1)));
    for (let i = 0; i < hull.length; i++) hull[i]! -= step * away[i]!;
  }
  if (best.norm > certified * (1 + gap)) attempt(improve(ball, best.active, bestRows));
  const row = rowsOf(ball, best);
  return { certified, found: normAt(ball, row), row };
}

/** The W of a search as a network, inside the ball in float32 as well. */
export function networkOf(initial: TwoLayerNetwork, { row }: Pick<SmallestGradient, "row">, radius: number): TwoLayerNetwork {
  const { d, m } = initial;
  const weights = new Float32Array(m * d);
  for (let s = 0; s < m; s++) row(s, weights.subarray(s * d, (s + 1) * d));
  return projectToBall({ ...initial, weights }, initial, radius).network;
}

/** ‖∇f(x; W)‖ from the rows of W as they are, in float64. */
function normAt({ initial, x }: BallAt, row: SmallestGradient["row"]): number {
  const { d, m, outer } = initial;
  const gradient = new Float64Array(d);
  const w = new Float32Array(d);
  for (let s = 0; s < m; s++) {
    row(s, w);
    if (dot(w, 0, x) > 0) addTo(gradient, w, 0, outer[s]! / Math.sqrt(m));
  }
  return norm(gradient);
}
