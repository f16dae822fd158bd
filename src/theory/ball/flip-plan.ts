import { addTo, dot, inner, norm, productsWith, scaleTo } from "../vectors.ts";

/** What an ascent happens around: `x` `[d]`, `z` = W x `[m]`. */
export interface Center {
  readonly weights: Float32Array;
  readonly outer: Float32Array;
  readonly x: Float64Array;
  readonly z: Float64Array;
  readonly d: number;
  readonly m: number;
  readonly radius: number;
}

/** A perturbation and a network of the ball between which the gradient changes much. */
export interface GradientChange {
  /** ‖∇f(x; W) − ∇f(x + δ; W)‖, from the true masks at this δ and this W. */
  readonly change: number;
  /** δ, `[d]`. */
  readonly delta: Float64Array;
  /** Share of the neurons that are on at one of x, x + δ and off at the other. */
  readonly flipped: number;
  /** W with its moved rows: `[m, d]`, a new array. */
  weights(): Float32Array;
}

/** Which neurons are to differ between x and x + δ, and how their rows are to be moved for it. */
export interface Plan {
  /** (1/√m) Σ c_s w_s over the neurons that flip, rows as they were, `[d]`. */
  readonly sum: Float64Array;
  /** w_s·δ, `[m]`. */
  readonly q: Float64Array;
  /** Moves the rows, spends what is left of V along ±sum, and computes the change anew from the masks. */
  finish(): GradientChange;
}

/** Pre-activations aimed at lie this far beyond 0, and rows this share short of V: room for float32. */
const margin = 1e-5;

/** A move of a row by `shift` times x, or times x + δ. */
interface Move {
  readonly toward: "x" | "moved";
  readonly shift: number;
}
const stay: Move = { toward: "x", shift: 0 };

/**
 * The best W for a δ and a direction: every neuron that can be made to flip, or not to, does what adds to D·u.
 *
 * With z = w·x and q = w·δ, x + δ has the pre-activation z + q, and a neuron flips on at x + δ or off there: as long as R is small, only as sign(q)
 * says. It does if 0 lies between z and z + q; else the row is moved along x until z is just on the right side of 0, or along
 * x + δ until z + q is: the first that V suffices for and that leaves the other where it must be. In the same way a flip is undone.
 * @param u without it the sum of all that can flip is the direction
 */
export function planFlips(center: Center, at: Float64Array, u?: Float64Array): Plan {
  const delta = at.slice(); // the caller moves its own on
  const { weights, outer, x, z, d, m, radius } = center;
  const q = productsWith(weights, delta, m);
  const tilt = 1 + inner(x, delta); // x·(x + δ)
  const moved = x.map((v, i) => v + delta[i]!);
  const length = norm(moved);
  const limit = radius * (1 - margin);

  /** The move after which z and z + q are on the sides asked for; undefined where V does not suffice. */
  const move = (s: number, onAtX: boolean, onAtMoved: boolean): Move | undefined => {
    const [before, after] = [z[s]!, z[s]! + q[s]!];
    const right = (a: number, b: number) => a > 0 === onAtX && b > 0 === onAtMoved;
    if (right(before, after)) return stay;
    const alongX = (onAtX ? margin : -margin) - before;
    if (Math.abs(alongX) <= limit && right(before + alongX, after + alongX * tilt)) return { toward: "x", shift: alongX };
    const alongMoved = ((onAtMoved ? margin : -margin) - after) / length ** 2;
    if (Math.abs(alongMoved) * length <= limit && right(before + alongMoved * tilt, after + alongMoved * length ** 2))
      return { toward: "moved", shift: alongMoved };
    return undefined;
  };

  const flips: { readonly s: number; readonly c: number; readonly move: Move }[] = [];
  const kept: { readonly s: number; readonly move: Move }[] = [];
  const sum = new Float64Array(d);
  for (let s = 0; s < m; s++) {
    const [before, after] = [z[s]!, z[s]! + q[s]!];
    const natural = before > 0 !== after > 0;
    if (!natural && Math.min(Math.abs(before), Math.abs(after) / length) > radius) continue;
    // Where R is large, a move turns q around and both ways of flipping may be open: the one along u first.
    const gain = u ? outer[s]! * dot(weights, s * d, u) : 0;
    const on = gain === 0 ? q[s]! > 0 : gain > 0;
    const wanted = move(s, !on, on);
    const still = wanted || !u ? undefined : (move(s, false, false) ?? move(s, true, true));
    if (still) {
      if (still.shift !== 0) kept.push({ s, move: still });
      continue;
    }
    const flip = wanted ?? move(s, on, !on);
    if (!flip) continue;
    const c = on === (flip === wanted) ? outer[s]! : -outer[s]!;
    flips.push({ s, c, move: flip });
    addTo(sum, weights, s * d, c / Math.sqrt(m));
  }

  const finish = (): GradientChange => {
    // What is left of V is spent along the change, or, where that would undo the flip, orthogonal to x and x + δ: it moves nothing there.
    const along = scaleTo(sum.slice(), 1);
    const across = orthogonalTo(sum, [x, moved]);
    const [tiltX, tiltMoved, cosine] = [inner(along, x), inner(along, moved), inner(along, across)];
    const rows = new Map<number, Float32Array>();
    for (const { s, c, move: by } of [...flips, ...kept.map((k) => ({ ...k, c: 0 }))]) {
      const direction = by.toward === "x" ? x : moved;
      const spent = Math.abs(by.shift) * (by.toward === "x" ? 1 : length);
      const rest = { along: Math.max(0, limit - spent), across: Math.sqrt(Math.max(0, limit ** 2 - spent ** 2)) };
      const sign = c * outer[s]!;
      const before = z[s]! + by.shift * (by.toward === "x" ? 1 : tilt) + c * rest.along * tiltX;
      const after = z[s]! + q[s]! + by.shift * (by.toward === "x" ? tilt : length ** 2) + c * rest.along * tiltMoved;
      const straight = rest.along > rest.across * cosine && before > 0 === sign < 0 && after > 0 === sign > 0;
      const left = c * (straight ? rest.along : rest.across);
      const free = straight ? along : across;
      rows.set(
        s,
        weights.subarray(s * d, (s + 1) * d).map((w, i) => w + by.shift * direction[i]! + left * free[i]!),
      );
    }
    const difference = new Float64Array(d);
    let flipped = 0;
    for (let s = 0; s < m; s++) {
      const [row, begin] = rows.has(s) ? [rows.get(s)!, 0] : [weights, s * d];
      const [before, after] = [dot(row, begin, x), dot(row, begin, moved)];
      if (before > 0 === after > 0) continue;
      flipped++;
      addTo(difference, row, begin, (after > 0 ? outer[s]! : -outer[s]!) / Math.sqrt(m));
    }
    return {
      change: norm(difference),
      delta,
      flipped: flipped / m,
      weights() {
        const all = weights.slice();
        for (const [s, row] of rows) all.set(row, s * d);
        return all;
      },
    };
  };
  return { sum, q, finish };
}

/** v without its part in the span of two vectors, scaled to norm 1; 0 where nothing is left. */
function orthogonalTo(v: Float64Array, [first, second]: readonly [Float64Array, Float64Array]): Float64Array {
  const off = (a: Float64Array, b: Float64Array) => {
    const square = inner(b, b);
    const t = square > 0 ? inner(a, b) / square : 0;
    return a.map((value, i) => value - t * b[i]!);
  };
  const other = off(second, first);
  const rest = off(off(v, first), other);
  return norm(rest) > 1e-9 * norm(v) ? scaleTo(rest, 1) : rest.fill(0);
}
