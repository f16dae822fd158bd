/**
 * The first sign change of a two-layer ReLU network on a ray, found exactly.
 *
 * On x + t·u neuron s has the pre-activation z_s + t·p_s with p_s = w_s·u, so f is piecewise linear in t: at
 * t_s = −z_s/p_s its slope changes by a_s|p_s|/√m. Sorting all m breakpoints would cost more than the matrix products
 * that make them. Instead the ray is cut into windows, and a window into bins. The sum of the changes in a bin gives f at
 * its end, and the sum of the negative ones a lower bound inside it. Only a bin in which that bound reaches zero is
 * sorted and walked. All sums are in float64, from float32 pre-activations.
 */
export interface RayCrossing {
  /**
   * @param z pre-activations at the start of the ray: m entries from `at`
   * @param p their slopes along the ray, likewise
   * @param guess where a crossing is likely; it decides how the ray is cut and nothing else
   * @returns the smallest t ≥ 0 at which y f(x + t·u) ≤ 0, where y is the sign of f(x); Infinity if there is none.
   */
  (z: Float32Array, p: Float32Array, at: number, guess: number): number;
}

const binsPerWindow = 64;
/** Each window is this many times as wide as the one before; after the last comes the rest of the ray. */
const growth = 4;
const windows = 5;
/** Up to so many breakpoints are sorted by insertion, which is faster there. */
const fewBreakpoints = 32;

/**
 * @param outer a_s, `[m]`
 * @param outerBias a_0; 0 where there is none
 */
export function rayCrossing(outer: Float32Array, outerBias: number): RayCrossing {
  const m = outer.length;
  const scale = 1 / Math.sqrt(m);
  // Neurons that may change sign in the window at hand.
  const candidates = new Int32Array(m);
  // The breakpoints of that window (place on the ray, change of slope, bin), as found and in the order of their bins.
  const place = new Float64Array(m);
  const change = new Float64Array(m);
  const binOf = new Uint8Array(m);
  const order = new Int32Array(m);
  // f·√m and its slope at the start of a ray.
  const start = new Float64Array(2);
  const binEnd = new Int32Array(binsPerWindow + 1);

  return (z, p, at, guess) => {
    let width = guess > 0 && guess < Infinity ? 1.25 * guess : 1;
    start[0] = outerBias;
    let count = startOf(z, p, at, outer, width, candidates, start);
    const [value, slope] = [start[0]!, start[1]!];
    if (value === 0) return 0;
    const y = value > 0 ? scale : -scale;
    const path = { t: 0, height: y * value, rate: y * slope };

    for (let window = 0; ; window++, width *= growth) {
      const to = window < windows ? path.t + width : Infinity;
      if (window > 0) count = candidatesIn(z, p, at, m, path.t, to, candidates);
      const found = findBreakpoints(z, p, at, count, y, path.t, to);
      const crossing = to === Infinity ? walk(path, 0, found, Infinity) : crossWindow(path, found, to);
      if (crossing !== undefined) return crossing;
      if (to === Infinity) return Infinity;
    }
  };

  /** The breakpoints of the candidates that do change sign in (from, to]. */
  function findBreakpoints(z: Float32Array, p: Float32Array, at: number, count: number, y: number, from: number, to: number): number {
    let found = 0;
    for (let k = 0; k < count; k++) {
      const s = candidates[k]!;
      const zs = z[at + s]!;
      const ps = p[at + s]!;
      const before = zs + from * ps;
      const after = zs + to * ps;
      if (before > 0 ? after > 0 : after <= 0) continue;
      const t = -zs / ps;
      if (!(t > from && t <= to)) continue;
      place[found] = t;
      change[found] = y * outer[s]! * Math.abs(ps);
      order[found] = found;
      found++;
    }
    return found;
  }

  /** Follows f through the breakpoints found, up to `to`. */
  function crossWindow(path: Path, found: number, to: number): number | undefined {
    const from = path.t;
    const binWidth = (to - from) / binsPerWindow;
    binEnd.fill(0);
    for (let i = 0; i < found; i++) {
      const bin = Math.min(binsPerWindow - 1, Math.max(0, Math.floor((place[i]! - from) / binWidth)));
      binOf[i] = bin;
      binEnd[bin]!++;
    }
    for (let bin = 1; bin <= binsPerWindow; bin++) binEnd[bin]! += binEnd[bin - 1]!;
    for (let i = found - 1; i >= 0; i--) order[--binEnd[binOf[i]!]!] = i; // leaves the beginning of each bin
    for (let bin = 0; bin < binsPerWindow; bin++) {
      const begin = binEnd[bin]!;
      const end = binEnd[bin + 1]!;
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
      const crossing = walk(path, begin, end, until);
      if (crossing !== undefined) return crossing;
    }
    return undefined;
  }

  /** Follows f through the breakpoints `begin` to `end` of `order`; returns the place where it reaches zero, if that is before `to`. */
  function walk(path: Path, begin: number, end: number, to: number): number | undefined {
    sort(begin, end);
    for (let k = begin; k <= end; k++) {
      const next = k < end ? Math.max(path.t, Math.min(to, place[order[k]!]!)) : to;
      const zero = path.rate < 0 ? path.t + path.height / -path.rate : Infinity;
      if (zero <= next && zero < Infinity) return zero;
      if (next === Infinity) return undefined;
      path.height = Math.max(0, path.height + path.rate * (next - path.t));
      path.t = next;
      if (k < end) path.rate += change[order[k]!]!;
    }
    return undefined;
  }

  /** Sorts breakpoints by place; equal ones stay in the order of their neurons. A bin has few of them, mostly. */
  function sort(begin: number, end: number): void {
    if (end - begin > fewBreakpoints) {
      order.subarray(begin, end).sort((i, j) => place[i]! - place[j]!);
      return;
    }
    for (let k = begin + 1; k < end; k++) {
      const i = order[k]!;
      let to = k;
      for (; to > begin && place[order[to - 1]!]! > place[i]!; to--) order[to] = order[to - 1]!;
      order[to] = i;
    }
  }
}

/** Where on the ray, how far above zero, and how steep. */
interface Path {
  t: number;
  height: number;
  rate: number;
}

/*
 * The two loops over all neurons stand by themselves and are handed their arrays: inside the closure, which is made anew for every
 * network, they take three times as long.
 */

/**
 * One pass over all neurons: adds Σ a_s σ(z_s) to `start[0]` and puts its slope along the ray into `start[1]`.
 * @returns how many neurons may change sign in the first window, up to `width`; they are the first of `candidates`
 */
function startOf(z: Float32Array, p: Float32Array, at: number, outer: Float32Array, width: number, candidates: Int32Array, start: Float64Array): number {
  let value = start[0]!;
  let slope = 0;
  let count = 0;
  for (let s = 0; s < outer.length; s++) {
    const zs = z[at + s]!;
    const ps = p[at + s]!;
    const sameSign = zs * (zs + width * ps);
    if (sameSign > 0 && sameSign < Infinity) {
      // A product with 0 or 1 and not a branch: half of the neurons are on, in no order that a processor could predict.
      const on = outer[s]! * +(zs > 0);
      value += on * zs;
      slope += on * ps;
    } else {
      if (zs > 0 || (zs === 0 && ps > 0)) {
        value += outer[s]! * zs;
        slope += outer[s]! * ps;
      }
      candidates[count++] = s;
    }
  }
  start[0] = value;
  start[1] = slope;
  return count;
}

/** Neurons that are not clearly on the same side of 0 at both ends of a window: cheap to test without dividing. */
function candidatesIn(z: Float32Array, p: Float32Array, at: number, m: number, from: number, to: number, candidates: Int32Array): number {
  let count = 0;
  for (let s = 0; s < m; s++) {
    const zs = z[at + s]!;
    const ps = p[at + s]!;
    if (!((zs + from * ps) * (zs + to * ps) > 0)) candidates[count++] = s;
  }
  return count;
}
