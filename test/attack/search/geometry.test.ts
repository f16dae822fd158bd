import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Norm } from "../../../src/attack/ball.ts";
import { distance, dualSize, project, steepest, stepDown } from "../../../src/attack/search/geometry.ts";
import { limited } from "../../../src/attack/search/vector.ts";

const norms: readonly Norm[] = ["l2", "linf", "l1", "l0"];
const d = 5;
const number = (size: number) => fc.double({ min: -size, max: size, noNaN: true }).map((value) => Math.round(value * 1e6) / 1e6 + 0);
const vector = (size = 3) => fc.array(number(size), { minLength: d, maxLength: d }).map((values) => Float64Array.from(values));
const zero = new Float64Array(d);
const sizeOf = (norm: Norm, v: Float64Array) => distance(norm, zero, v);
const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, j) => sum + value * b[j]!, 0);
const euclidean = (a: Float64Array, b: Float64Array) => Math.hypot(...a.map((value, j) => value - b[j]!));
/** A box with the origin's neighborhood in it, and a point of it. */
const placed = fc.tuple(vector(), vector(1), vector(1)).map(([from, below, above]) => ({
  from,
  low: from.map((value, j) => value - Math.abs(below[j]!)),
  high: from.map((value, j) => value + Math.abs(above[j]!)),
}));

describe.each(norms)("in %s", (norm) => {
  test("no step of length 1 changes a linear function more than the dual norm says, and the steepest one changes it that much", () => {
    fc.assert(
      fc.property(vector(), vector(), (g, step) => {
        fc.pre(sizeOf(norm, step) > 1e-3 && sizeOf(norm, g) > 1e-3);
        const unit = norm === "l0" ? step.map((value, j) => (j === 0 ? Math.max(-1, Math.min(1, value)) : 0)) : step.map((value) => value / sizeOf(norm, step));
        expect(Math.abs(dot(g, unit))).toBeLessThanOrEqual(dualSize(norm, g) + 1e-9);
        const down = steepest(norm, g);
        if (norm === "l2" || norm === "linf") {
          expect(sizeOf(norm, down)).toBeCloseTo(1, 9);
          expect(dot(g, down)).toBeCloseTo(-dualSize(norm, g), 9);
        } else {
          // Along −g itself: of length 1 in l1, and in l0 so far that the number that moves the most moves by 1.
          const size = sizeOf(norm === "l1" ? "l1" : "linf", g);
          down.forEach((value, j) => expect(value).toBeCloseTo(-g[j]! / size, 9));
        }
      }),
    );
  });

  test("a projection is in the ball, and no point of the ball is nearer", () => {
    fc.assert(
      fc.property(vector(), vector(), fc.double({ min: 0.1, max: 4, noNaN: true }), (delta, other, radius) => {
        const eps = norm === "l0" ? Math.ceil(radius) : radius;
        const near = project(norm, delta.slice(), eps);
        expect(sizeOf(norm, near)).toBeLessThanOrEqual(eps * (1 + 1e-9));
        if (sizeOf(norm, delta) <= eps) expect(near).toEqual(delta);
        const inside =
          norm === "l0" ? other.map((value, j) => (j < eps ? value : 0)) : other.map((value) => value * Math.min(1, eps / (sizeOf(norm, other) || 1)));
        expect(euclidean(delta, near)).toBeLessThanOrEqual(euclidean(delta, inside) + 1e-9);
      }),
    );
  });

  test("a step down stays in the box, decreases a linear function by what is needed or by all that the box allows, and none that does is shorter", () => {
    fc.assert(
      fc.property(
        vector(),
        placed,
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: d, maxLength: d }),
        (g, { from, low, high }, need, shares) => {
          const step = stepDown(norm, g, need, from, { low, high });
          step.forEach((value, j) => {
            expect(from[j]! + value).toBeGreaterThanOrEqual(low[j]! - 1e-9);
            expect(from[j]! + value).toBeLessThanOrEqual(high[j]! + 1e-9);
          });
          const most = g.reduce((sum, slope, j) => sum + Math.abs(slope) * (slope > 0 ? from[j]! - low[j]! : high[j]! - from[j]!), 0);
          const reached = -dot(g, step);
          if (most <= need) expect(reached).toBeCloseTo(most, 6);
          else if (norm === "l0") expect(reached).toBeGreaterThanOrEqual(need - 1e-6);
          else expect(reached).toBeCloseTo(need, 6);
          // Another step in the box, as far as it is needed.
          const corner = g.map((slope, j) => shares[j]! * (slope > 0 ? low[j]! - from[j]! : high[j]! - from[j]!));
          const change = -dot(g, corner);
          if (most <= need || change < need) return;
          const other = norm === "l0" ? corner : corner.map((value) => (value * need) / change);
          expect(sizeOf(norm, step)).toBeLessThanOrEqual(sizeOf(norm, other) + 1e-6);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test("a perturbation brought within the limits is the nearest one within them", () => {
  fc.assert(
    fc.property(vector(), placed, (delta, { from, low, high }) => {
      limited(delta.slice(), from, { low, high }).forEach((value, j) =>
        expect(value).toBeCloseTo(Math.min(high[j]! - from[j]!, Math.max(low[j]! - from[j]!, delta[j]!)), 12),
      );
    }),
  );
});
