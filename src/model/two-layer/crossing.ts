/**
 * The first sign change of a two-layer ReLU network on a ray, found exactly.
 *
 * On x + t·u neuron s has the pre-activation z_s + t·p_s with p_s = w_s·u, so f is piecewise linear in t: at
 * t_s = −z_s/p_s its slope changes by a_s|p_s|/√m. Sorting all m breakpoints would cost more than the matrix products
 * that make them. Instead the ray is cut into windows, a window into bins; the changes of a bin summed give f at
 * its end, and the falling ones alone a lower bound inside it. Only a bin in which that bound reaches zero is
 * sorted and walked. All sums are in float64, from float32 pre-activations.
 */
export interface RayCrossing {
  /**
   * @param z pre-activations at the start of the ray: m entries from `at`
   * @param p their slopes along the ray, likewise
   * @param guess where a crossing is likely; it decides how the ray is cut and nothing else
   * @returns the smallest t ≥ 0 at which y f(x + t·u) ≤ 0, y being the sign of f(x); Infinity where there is none.
   */
  (z: Float32Array, p: Float32Array, at: number, guess: number): number;
}

const binsPerWindow = 64;
/** Each window is this many times as wide as the one before; after the last comes the rest of the ray. */
const growth = 4;
const windows = 5;

/**
 * @param outer a_s, `[m]`
 * @param outerBias a_0; 0 where there is none
 */
export function rayCrossing(outer: Float32Array, outerBias: number): RayCrossing {
  const m = outer.length;
  const scale = 1 / Math.sqrt(m);
  // The breakpoints of the window at hand (place on the ray, change of slope), as found and in the order of their bins.
  const place = new Float64Array(m);
  const change = new Float64Array(m);
  const order = new Int32Array(m);
  const binEnd = new Int32Array(binsPerWindow);

  return (z, p, at, guess) => {
    let value = outerBias;
    let slope = 0;
    for (let s = 0; s < m; s++) {
      const zs = z[at + s]!;
      const ps = p[at + s]!;
      if (zs > 0 || (zs === 0 && ps > 0)) {
        value += outer[s]! * zs;
        slope += outer[s]! * ps;
      }
    }
    if (value === 0) return 0;
    const y = value > 0 ? scale : -scale;
    const path = { t: 0, height: y * value, rate: y * slope };

    let width = guess > 0 && guess < Infinity ? 1.25 * guess : 1;
    for (let window = 0; ; window++, width *= growth) {
      const from = path.t;
      const to = window < windows ? from + width : Infinity;
      let found = 0;
      for (let s = 0; s < m; s++) {
        const zs = z[at + s]!;
        const ps = p[at + s]!;
        // The neuron changes sign in (from, to]: cheap to test without dividing, for most do not.
        const before = zs + from * ps;
        const after = zs + to * ps;
        if (before > 0 ? after > 0 : after <= 0) continue;
        const t = -zs / ps;
        if (!(t > from && t <= to)) continue;
        place[found] = t;
        change[found++] = y * outer[s]! * Math.abs(ps);
      }
      const crossing = to === Infinity ? walk(path, sortedRange(0, found), Infinity) : crossWindow(path, found, to);
      if (crossing !== undefined) return crossing;
      if (to === Infinity) return Infinity;
    }
  };

  /** Follows f through the breakpoints found, up to `to`. */
  function crossWindow(path: Path, found: number, to: number): number | undefined {
    const from = path.t;
    const binWidth = (to - from) / binsPerWindow;
    const binOf = (i: number) => Math.min(binsPerWindow - 1, Math.max(0, Math.floor((place[i]! - from) / binWidth)));
    binEnd.fill(0);
    for (let i = 0; i < found; i++) binEnd[binOf(i)]!++;
    for (let bin = 1; bin < binsPerWindow; bin++) binEnd[bin]! += binEnd[bin - 1]!;
    for (let i = found - 1; i >= 0; i--) order[--binEnd[binOf(i)]!] = i; // leaves the beginning of each bin
    for (let bin = 0; bin < binsPerWindow; bin++) {
      const begin = binEnd[bin]!;
      const end = bin + 1 < binsPerWindow ? binEnd[bin + 1]! : found;
      const until = bin + 1 < binsPerWindow ? from + (bin + 1) * binWidth : to;
      let falling = 0;
      let total = 0;
      let gained = 0;
      for (let k = begin; k < end; k++) {
        const i = order[k]!;
        const c = change[i]!;
        total += c;
        gained += c * (until - place[i]!);
        if (c < 0) falling += c;
      }
      const length = until - path.t;
      if (path.height + length * Math.min(0, path.rate + falling) > 0) {
        path.height += path.rate * length + gained;
        path.rate += total;
        path.t = until;
        continue;
      }
      const crossing = walk(
        path,
        order.subarray(begin, end).sort((i, j) => place[i]! - place[j]!),
        until,
      );
      if (crossing !== undefined) return crossing;
    }
    return undefined;
  }

  /** Follows f from breakpoint to breakpoint; returns the place where it reaches zero, if that is before `to`. */
  function walk(path: Path, sorted: Int32Array, to: number): number | undefined {
    for (let k = 0; k <= sorted.length; k++) {
      const next = k < sorted.length ? Math.max(path.t, Math.min(to, place[sorted[k]!]!)) : to;
      const zero = path.rate < 0 ? path.t + path.height / -path.rate : Infinity;
      if (zero <= next && zero < Infinity) return zero;
      if (next === Infinity) return undefined;
      path.height = Math.max(0, path.height + path.rate * (next - path.t));
      path.t = next;
      if (k < sorted.length) path.rate += change[sorted[k]!]!;
    }
    return undefined;
  }

  function sortedRange(begin: number, end: number): Int32Array {
    for (let i = begin; i < end; i++) order[i] = i;
    return order.subarray(begin, end).sort((i, j) => place[i]! - place[j]!);
  }
}

/** Where on the ray, how far above zero, and how steep. */
interface Path {
  t: number;
  height: number;
  rate: number;
}
