import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rayCrossing } from "../../../src/model/two-layer/crossing.ts";
import { random } from "../../../src/util/random.ts";

/** f on the ray, in float64, straight from its definition. */
function onRay(ray: Ray, t: number): number {
  const sum = ray.outer.reduce((total, a, s) => total + a * Math.max(0, ray.z[s]! + t * ray.p[s]!), 0);
  return (sum + ray.outerBias) / Math.sqrt(ray.outer.length);
}

interface Ray {
  outer: Float32Array;
  outerBias: number;
  z: Float32Array;
  p: Float32Array;
}

/** The first sign change by walking all breakpoints in order: slow, and without any of the method's short cuts. */
function byAllBreakpoints(ray: Ray): number {
  const start = onRay(ray, 0);
  if (start === 0) return 0;
  const places = Array.from(ray.z, (z, s) => -z / ray.p[s]!).filter((t) => t > 0 && t < Infinity);
  const ordered = [0, ...places.sort((a, b) => a - b)];
  for (let k = 0; k < ordered.length; k++) {
    const from = ordered[k]!;
    const to = ordered[k + 1] ?? from + 1;
    const [a, b] = [start > 0 ? onRay(ray, from) : -onRay(ray, from), start > 0 ? onRay(ray, to) : -onRay(ray, to)];
    if (a <= 0 && k > 0) return from;
    const zero = from + (a * (to - from)) / (a - b);
    if (a > b && (zero <= to || k + 1 === ordered.length)) return zero;
  }
  return Infinity;
}

// Multiples of 2^-10: numbers next to zero only test how two ways of adding round.
const number = fc.integer({ min: -8192, max: 8192 }).map((k) => k / 1024);
const rays = fc
  .array(fc.tuple(number, number, fc.constantFrom(-1, 1)), { minLength: 1, maxLength: 300 })
  .chain((neurons) =>
    fc.record({ neurons: fc.constant(neurons), outerBias: fc.constantFrom(-1, 0, 1), guess: fc.double({ min: 1e-3, max: 1e3, noNaN: true }) }),
  )
  .map(({ neurons, outerBias, guess }) => ({
    ray: {
      z: Float32Array.from(neurons, ([z]) => z),
      p: Float32Array.from(neurons, ([, p]) => p),
      outer: Float32Array.from(neurons, ([, , a]) => a),
      outerBias,
    } satisfies Ray,
    guess,
  }));

/**
 * The same cut of the ray and the same sums in the same order as the method, with none of its short cuts: every window looks at all neurons,
 * every bin is a list. Rows of results are kept to the last bit, so the method has to give the very same number.
 */
function inSteps({ outer, outerBias, z, p }: Ray, guess: number): number {
  const m = outer.length;
  let value = outerBias;
  let slope = 0;
  for (let s = 0; s < m; s++) {
    if (!(z[s]! > 0 || (z[s] === 0 && p[s]! > 0))) continue;
    value += outer[s]! * z[s]!;
    slope += outer[s]! * p[s]!;
  }
  if (value === 0) return 0;
  const y = value > 0 ? 1 / Math.sqrt(m) : -1 / Math.sqrt(m);
  let [t, height, rate] = [0, y * value, y * slope];
  for (let window = 0, width = 1.25 * guess; window <= 5; window++, width *= 4) {
    const from = t;
    const to = window < 5 ? from + width : Infinity;
    const bins = window < 5 ? 64 : 1;
    const size = (to - from) / bins;
    const breaks = Array.from({ length: m }, (_, s) => ({ at: -z[s]! / p[s]!, change: y * outer[s]! * Math.abs(p[s]!) })).filter(
      ({ at }, s) => at > from && at <= to && z[s]! + from * p[s]! > 0 !== z[s]! + to * p[s]! > 0,
    );
    for (let bin = 0; bin < bins; bin++) {
      const until = bin + 1 < bins ? from + (bin + 1) * size : to;
      const here = bins === 1 ? breaks : breaks.filter(({ at }) => Math.min(bins - 1, Math.floor((at - from) / size)) === bin);
      const sum = (of: (b: (typeof here)[number]) => number) => here.reduce((total, b) => total + of(b), 0);
      const length = until - t;
      if (bins > 1 && height + length * Math.min(0, rate + sum(({ change }) => Math.min(0, change))) > 0) {
        height += rate * length + sum(({ at, change }) => change * (until - at));
        rate += sum(({ change }) => change);
        t = until;
        continue;
      }
      for (const { at, change } of [...here.toSorted((a, b) => a.at - b.at), { at: until, change: 0 }]) {
        const next = Math.max(t, Math.min(until, at));
        const zero = rate < 0 ? t - height / rate : Infinity;
        if (zero <= next && zero < Infinity) return zero;
        if (next === Infinity) return Infinity;
        height = Math.max(0, height + rate * (next - t));
        t = next;
        rate += change;
      }
    }
  }
  return Infinity;
}

const find = (ray: Ray, guess: number) => rayCrossing(ray.outer, ray.outerBias)(ray.z, ray.p, 0, guess);

describe("the exact crossing", () => {
  test("agrees with a walk over all sorted breakpoints, whatever the guess", () => {
    fc.assert(
      fc.property(rays, ({ ray, guess }) => {
        const expected = byAllBreakpoints(ray);
        const found = find(ray, guess);
        if (expected === Infinity || found === Infinity) {
          // A last slope of nearly zero decides whether there is a crossing far away: rounding may differ there.
          const other = Math.min(expected, found);
          expect(other === Infinity || Math.abs(onRay(ray, other)) < 1e-9 * (1 + other)).toBe(true);
        } else {
          const scale = 1e-6 * (1 + expected);
          // Where f only touches zero, the two may disagree on whether it did; both are then places where f is zero.
          expect(Math.abs(found - expected) < scale || (Math.abs(onRay(ray, found)) < scale && Math.abs(onRay(ray, expected)) < scale)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("is to the last bit what the same sums give without short cuts, in whichever window it lies", () => {
    const places = { first: 0, later: 0, never: 0 };
    const exact = (ray: Ray, guess: number) => {
      const found = find(ray, guess);
      expect(found).toBe(inSteps(ray, guess));
      places[found === Infinity ? "never" : found <= 1.25 * guess ? "first" : "later"]++;
    };
    fc.assert(
      fc.property(rays, ({ ray, guess }) => exact(ray, guess)),
      { numRuns: 1000 },
    );
    for (let seed = 0; seed < 100; seed++) {
      const draw = random(seed, "wide ray");
      const m = 200 + draw.integer(800);
      const outer = Float32Array.from({ length: m }, () => draw.sign());
      const [z, p] = [draw.fillNormal(new Float32Array(m)), draw.fillNormal(new Float32Array(m))];
      for (let s = 0; s < m; s += 17) z[s] = s % 2 === 0 ? 0 : -0;
      for (let s = 5; s < m; s += 19) p[s] = 0;
      for (const guess of [1e-4, 1e-2, 1, 100, 1e12]) exact({ outer, outerBias: draw.sign(), z, p }, guess);
    }
    expect(Math.min(...Object.values(places))).toBeGreaterThan(100);
  });

  test("agrees with a fine grid walk, on rays on which f is not monotone as well", () => {
    const step = 0.002;
    let crossings = 0;
    let notMonotone = 0;
    for (let seed = 0; seed < 300; seed++) {
      const draw = random(seed, "ray");
      const m = 5 + draw.integer(60);
      const ray: Ray = {
        z: draw.fillNormal(new Float32Array(m)),
        p: draw.fillNormal(new Float32Array(m)),
        outer: Float32Array.from({ length: m }, () => draw.sign()),
        outerBias: draw.sign(),
      };
      const start = onRay(ray, 0);
      const side = Math.sign(start);
      const found = find(ray, 10 ** (2 * draw.uniform() - 1));
      let previous = side * start;
      let rose = false;
      let walked = Infinity;
      for (let t = step; t < 12 && walked === Infinity; t += step) {
        const value = side * onRay(ray, t);
        rose ||= value > previous + 1e-9;
        if (value <= 0) walked = t;
        previous = value;
      }
      if (walked === Infinity) {
        expect(found).toBeGreaterThan(12 - 2 * step);
        continue;
      }
      crossings++;
      if (rose) notMonotone++;
      // The walk sees the crossing at the end of its step; a dip shorter than a step it can miss, but never see too early.
      expect(found).toBeLessThanOrEqual(walked + 1e-6);
      if (found < walked - step - 1e-6) expect(Math.abs(onRay(ray, found))).toBeLessThan(1e-6);
      else expect(found).toBeGreaterThan(walked - step - 1e-6);
    }
    expect(crossings).toBeGreaterThan(100);
    expect(notMonotone).toBeGreaterThan(30);
  });

  test("finds a dip that returns before the next bin edge", () => {
    // f = 1 - t until 1.01, then 1.98 t - ...: it is below zero only between 1 and about 1.0102.
    const ray = { outer: Float32Array.of(1, 1), outerBias: 0, z: Float32Array.of(Math.SQRT2, -100 * 1.01), p: Float32Array.of(-Math.SQRT2, 100) };
    expect(find(ray, 50)).toBeCloseTo(1, 6);
  });

  test("says Infinity where the sign never changes, and 0 where f is 0 already", () => {
    expect(find({ outer: Float32Array.of(1), outerBias: 0, z: Float32Array.of(1), p: Float32Array.of(1) }, 1)).toBe(Infinity);
    expect(find({ outer: Float32Array.of(1), outerBias: 1, z: Float32Array.of(1), p: Float32Array.of(-1) }, 1)).toBe(Infinity);
    expect(find({ outer: Float32Array.of(1), outerBias: 0, z: Float32Array.of(-1), p: Float32Array.of(0) }, 1)).toBe(0);
  });
});
