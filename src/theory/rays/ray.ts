import type { Ray } from "../../model/two-layer/rays.ts";

/**
 * f(t) = (1/√m) Σ_s a_s σ(z_s + t p_s) at places on a ray.
 *
 * A neuron changes at most once along a ray: it is active before or after one of the places, which a binary search
 * finds, and adds a_s z_s + t·a_s p_s there. So many places cost little more than two.
 * @param t from small to large, at least one
 * @returns f at each of them, summed in float64
 */
export function valuesOnRay({ z, p, at, a }: Ray, t: readonly number[]): Float64Array {
  const m = a.length;
  const places = t.length;
  const [first, last] = [t[0]!, t[places - 1]!];
  // What begins (or, taken off, ends) to be added at each place: the constant part and the slope.
  const height = new Float64Array(places + 1);
  const slope = new Float64Array(places + 1);
  for (let s = 0; s < m; s++) {
    const zs = z[at + s]!;
    const ps = p[at + s]!;
    const before = zs + first * ps > 0;
    const after = zs + last * ps > 0;
    if (!before && !after) continue;
    const as = a[s]!;
    if (before) {
      height[0]! += as * zs;
      slope[0]! += as * ps;
    }
    if (before === after) continue;
    let low = 0;
    let high = places - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (zs + t[middle]! * ps > 0 === before) low = middle;
      else high = middle;
    }
    const turn = after ? as : -as;
    height[high]! += turn * zs;
    slope[high]! += turn * ps;
  }
  const scale = 1 / Math.sqrt(m);
  const values = new Float64Array(places);
  let [base, rate] = [0, 0];
  for (let k = 0; k < places; k++) {
    base += height[k]!;
    rate += slope[k]!;
    values[k] = scale * (base + t[k]! * rate);
  }
  return values;
}

/** Whether the sign of f is another one there: f(x) is not 0, and the value is 0 or beyond. */
export const signChanges = (f: number, value: number): boolean => f !== 0 && f * value <= 0;
