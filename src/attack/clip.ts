import { type FlatBox, at } from "../data/box.ts";
import type { Norm } from "./ball.ts";

/**
 * The points x + δ that an attack may use, in float32: inside the box, and no further from x than the budget, both exactly (as numbers
 * in float64, not to some tolerance). δ is brought to box and budget in float64, and what float32 cannot represent is
 * rounded towards x, which leaves neither. Where x itself lies outside the box by rounding, the box reaches to x.
 * @param x `[n, d]`
 * @param delta `[n, d]`
 * @param eps `[n]`; with 0 a point is x, bit for bit
 * @param out `[n, d]`, written
 */
export function clipTo(norm: Norm, x: Float32Array, delta: Float32Array, eps: ArrayLike<number>, box: FlatBox | undefined, out: Float32Array): void {
  const n = eps.length;
  const d = n > 0 ? x.length / n : 0;
  const row = new Float64Array(d);
  // Without a box the bounds are never read.
  const [low, high] = [new Float64Array(d), new Float64Array(d)];
  if (box) for (let j = 0; j < d; j++) [low[j], high[j]] = [at(box.low, j), at(box.high, j)];
  for (let i = 0; i < n; i++) {
    const budget = eps[i]!;
    let squares = 0;
    let total = 0;
    for (let j = 0; j < d; j++) {
      const from = x[i * d + j]!;
      let change: number = delta[i * d + j]!;
      if (norm === "linf") change = Math.max(-budget, Math.min(budget, change));
      if (box) change = Math.max(Math.min(low[j]! - from, 0), Math.min(Math.max(high[j]! - from, 0), change));
      row[j] = change;
      squares += change * change;
      total += Math.abs(change);
    }
    if (norm === "l1" && total > budget) shrinkTo(row, delta.subarray(i * d, (i + 1) * d), budget);
    // A hair less than the budget, so that the sum of squares in float64 cannot pass it.
    const scale = norm === "l2" && squares > budget * budget ? (budget / Math.sqrt(squares)) * (1 - 1e-14) : 1;
    for (let j = 0; j < d; j++) out[i * d + j] = towards(x[i * d + j]!, row[j]! * scale);
  }
}

/**
 * Replaces what the box leaves of a perturbation by the nearest point of box and l1 ball (Croce & Hein 2021, Prop. 2.1): each entry of size s with
 * room r becomes min(max(s − λ, 0), r), with the λ for which they add up to the budget.
 */
function shrinkTo(row: Float64Array, delta: Float32Array, budget: number): void {
  const sizes = Float64Array.from(delta, Math.abs);
  const turns = Array.from(sizes, (size, j) => [
    { at: size, by: 1 },
    { at: size - Math.abs(row[j]!), by: -1 },
  ]).flat();
  turns.sort((a, b) => b.at - a.at || b.by - a.by);
  let [lambda, growing, sum] = [Infinity, 0, 0];
  for (const { at, by } of turns) {
    const gained = growing > 0 ? growing * (lambda - at) : 0;
    if (growing > 0 && sum + gained >= budget) {
      lambda -= (budget - sum) / growing;
      break;
    }
    [sum, lambda, growing] = [sum + gained, at, growing + by];
  }
  let total = 0;
  for (let j = 0; j < row.length; j++) {
    const size = Math.min(Math.max(sizes[j]! - lambda, 0), Math.abs(row[j]!));
    row[j] = Math.sign(row[j]!) * size;
    total += size;
  }
  // A hair less than the budget, whatever the rounding.
  const scale = Math.min(1, (budget / total) * (1 - 1e-14));
  if (total > 0) for (let j = 0; j < row.length; j++) row[j]! *= scale;
}

const bits = new DataView(new ArrayBuffer(4));

/** from + change in float32, rounded towards `from`. */
function towards(from: number, change: number): number {
  if (change === 0) return from;
  const to = from + change;
  const nearest = Math.fround(to);
  if (change > 0 ? nearest <= to : nearest >= to) return nearest;
  bits.setFloat32(0, nearest);
  // Floats of one sign are ordered as their bits are; one step towards 0 is one less.
  const outward = nearest > 0 === change > 0;
  bits.setInt32(0, nearest === 0 ? (change > 0 ? smallestNegative : 1) : bits.getInt32(0) + (outward ? -1 : 1));
  return bits.getFloat32(0);
}

/** The bits of the largest float32 below 0. */
const smallestNegative = 0x80000001 | 0;
