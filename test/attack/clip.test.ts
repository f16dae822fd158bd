import fc from "fast-check";
import { expect, test } from "vitest";
import { clipTo } from "../../src/attack/clip.ts";
import { norm } from "./support.ts";

const number = (size: number) => fc.float({ min: Math.fround(-size), max: Math.fround(size), noNaN: true });
const scale = fc.constantFrom(0, 1e-30, 1e-9, 1e-6, 0.01, 1, 1e6);

const perturbation = fc.record({
  pairs: fc.array(fc.tuple(number(1), number(4)), { minLength: 1, maxLength: 9 }),
  size: scale,
  eps: scale,
  kind: fc.constantFrom("l2" as const, "linf" as const),
  boxed: fc.boolean(),
});

test("every point is inside budget and box, exactly; what was inside stays as it was", () => {
  fc.assert(
    fc.property(perturbation, ({ pairs, size, eps, kind, boxed }) => {
      const box = boxed ? { low: -0.9, high: 1 / 3 } : undefined;
      const x = Float32Array.from(pairs, ([value]) => (box ? Math.max(Math.fround(-0.9), Math.min(Math.fround(1 / 3), value)) : value));
      const delta = Float32Array.from(pairs, ([, change]) => change * size);
      const out = new Float32Array(x.length);
      clipTo(kind, x, delta, [eps], box, out);
      const moved = Array.from(out, (value, j) => value - x[j]!);
      const length = kind === "l2" ? norm(moved) : Math.max(...moved.map(Math.abs));
      expect(length).toBeLessThanOrEqual(eps * (1 + 1e-13));
      out.forEach((value, j) => {
        if (box) expect(value >= Math.min(box.low, x[j]!) && value <= Math.max(box.high, x[j]!)).toBe(true);
        expect(Math.sign(moved[j]!) * Math.sign(delta[j]!)).toBeGreaterThanOrEqual(0);
        const to = x[j]! + delta[j]!;
        const was = kind === "l2" ? norm(delta) : Math.abs(delta[j]!);
        if (!box && was <= eps) expect(Math.abs(value - to)).toBeLessThanOrEqual(Math.max(2 ** -23 * Math.max(Math.abs(to), Math.abs(x[j]!)), 2 ** -149));
      });
      if (eps === 0) expect(new Uint32Array(out.buffer)).toEqual(new Uint32Array(x.buffer));
    }),
    { numRuns: 2000 },
  );
});

test("each row has a budget of its own, and a negative zero stays one", () => {
  const out = new Float32Array(4);
  clipTo("l2", Float32Array.of(-0, 0, 0, 0), Float32Array.of(3, 4, 3, 4), [0, 1], undefined, out);
  expect(Object.is(out[0], -0)).toBe(true);
  expect(out[2]).toBeCloseTo(0.6, 6);
  expect(out[3]).toBeCloseTo(0.8, 6);
});
