import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossing, fitHalf, monotone, type Direction, type Sample } from "../../../src/figure/robust/half-accuracy.ts";
import { random } from "../../../src/util/random.ts";

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
const directions = fc.constantFrom<Direction>("falling", "rising");
const grid = (from: number, to: number, n: number) => Array.from({ length: n }, (_, i) => from * (to / from) ** (i / (n - 1)));

/** A logistic drop in log ε with its half at `half`. */
const drop = (half: number, sharpness: number, values: readonly number[], direction: Direction = "falling"): Sample[] =>
  values.map((at) => ({ at, accuracy: 1 / (1 + (direction === "falling" ? at / half : half / at) ** sharpness) }));

describe("monotone", () => {
  it("leaves a monotone sequence alone and averages what goes against it", () => {
    expect(monotone([1, 0.8, 0.8, 0], "falling")).toEqual([1, 0.8, 0.8, 0]);
    expect(monotone([0, 0.6, 0.4, 1], "rising")).toEqual([0, 0.5, 0.5, 1]);
    expect(monotone([0.2, 0.4, 0.9], "falling")).toEqual([0.5, 0.5, 0.5]);
    expect(monotone([], "falling")).toEqual([]);
  });

  it("is monotone, keeps the mean, changes nothing the second time, and fits no worse than any flat line", () => {
    fc.assert(
      fc.property(shares, directions, (values, direction) => {
        const fitted = monotone(values, direction);
        const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
        const loss = (guess: readonly number[]) => values.reduce((sum, value, i) => sum + (value - guess[i]!) ** 2, 0);
        const sign = direction === "rising" ? 1 : -1;
        for (let i = 1; i < fitted.length; i++) expect(sign * (fitted[i]! - fitted[i - 1]!)).toBeGreaterThanOrEqual(-1e-12);
        expect(mean(fitted)).toBeCloseTo(mean(values), 10);
        monotone(fitted, direction).forEach((value, i) => expect(value).toBeCloseTo(fitted[i]!, 10));
        expect(loss(fitted)).toBeLessThanOrEqual(loss(values.map(() => mean(values))) + 1e-12);
      }),
    );
  });
});

describe("crossing", () => {
  it("lies on the straight line over log ε between two grid values", () => {
    const samples = [
      { at: 0.1, accuracy: 0.9 },
      { at: 0.4, accuracy: 0.1 },
    ];
    expect(crossing(samples, 0.5, "falling").at).toBeCloseTo(0.2, 12);
    expect(crossing(samples, 0.3, "falling").at).toBeCloseTo(0.1 * 4 ** 0.75, 12);
  });

  it("takes the middle of a rest on the level", () => {
    const at = [0.1, 0.2, 0.4, 0.8];
    const samples = (accuracies: readonly number[]) => at.map((value, i) => ({ at: value, accuracy: accuracies[i]! }));
    expect(crossing(samples([1, 0.5, 0.5, 0]), 0.5, "falling").at).toBeCloseTo(Math.sqrt(0.08), 12);
    expect(crossing(samples([1, 1, 1, 0.5]), 0.5, "falling").at).toBeCloseTo(0.8, 12);
    expect(crossing(samples([0.5, 0, 0, 0]), 0.5, "falling").at).toBeCloseTo(0.1, 12);
  });

  it("says at which end it never crosses, and does not bridge what is not measured yet", () => {
    const flat = (accuracy: number, at = [0.1, 0.2, 0.4]) => at.map((value) => ({ at: value, accuracy }));
    expect(crossing(flat(0.9), 0.5, "falling")).toEqual({ why: "beyond" });
    expect(crossing(flat(0.1), 0.5, "falling")).toEqual({ why: "before" });
    expect(crossing(flat(0.9), 0.5, "rising")).toEqual({ why: "before" });
    expect(crossing(flat(0.1), 0.5, "rising")).toEqual({ why: "beyond" });
    expect(crossing([], 0.5, "falling")).toEqual({ why: "gap" });
    const all = [0.05, 0.1, 0.2, 0.4, 0.8];
    expect(crossing(flat(0.9), 0.5, "falling", all)).toEqual({ why: "gap" });
    expect(crossing(flat(0.1), 0.5, "falling", all)).toEqual({ why: "gap" });
    expect(crossing(drop(0.2, 4, [0.1, 0.4]), 0.5, "falling", all)).toEqual({ why: "gap" });
    expect(crossing(drop(0.2, 4, [0.1, 0.4]), 0.5, "falling").at).toBeCloseTo(0.2, 12);
  });

  it("lies between the grid values whose monotone fit is on both sides, wherever the samples came from", () => {
    fc.assert(
      fc.property(shares, directions, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (values, direction, level) => {
        const samples = values.map((accuracy, i) => ({ at: 0.05 * 1.4 ** i, accuracy }));
        const found = crossing(samples, level, direction);
        if (found.at === undefined) {
          const fitted = monotone(values, direction);
          expect(fitted.every((value) => value > level) || fitted.every((value) => value < level)).toBe(true);
          return;
        }
        expect(found.at).toBeGreaterThanOrEqual(samples[0]!.at * (1 - 1e-12));
        expect(found.at).toBeLessThanOrEqual(samples.at(-1)!.at * (1 + 1e-12));
        // The order of the samples does not matter, and rising is falling seen upside down.
        expect(crossing(samples.toReversed(), level, direction)).toEqual(found);
        const upsideDown = crossing(
          samples.map(({ at, accuracy }) => ({ at, accuracy: 1 - accuracy })),
          1 - level,
          direction === "falling" ? "rising" : "falling",
        );
        expect(upsideDown.at).toBeCloseTo(found.at, 6);
      }),
    );
  });
});

describe("fitHalf", () => {
  const dimensions = [25, 49, 100, 196, 400, 784];

  it("gives back c and −1/2 of logistic drops at c/√d on any grid that straddles them", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 6, noNaN: true }),
        fc.double({ min: 3, max: 20, noNaN: true }),
        fc.integer({ min: 12, max: 30 }),
        directions,
        (c, sharpness, n, direction) => {
          const values = grid(c / 60, c, n);
          const places = dimensions.flatMap((d) => {
            const { at } = crossing(drop(c / Math.sqrt(d), sharpness, values, direction), 0.5, direction);
            return at === undefined ? [] : [{ x: d, at }];
          });
          expect(places).toHaveLength(dimensions.length);
          const fit = fitHalf(places);
          // No place is farther off than the grid is wide.
          const step = (values[1]! / values[0]!) ** 0.5;
          expect(fit.c).toBeGreaterThan(c / step);
          expect(fit.c).toBeLessThan(c * step);
          expect(Math.abs(fit.free.exponent + 0.5)).toBeLessThan(0.06);
        },
      ),
    );
  });

  it("does so with noise over seeds, with both intervals around the truth", () => {
    const { normal } = random(7, "half-accuracy");
    const values = grid(0.05, 1, 14);
    const places = dimensions.flatMap((d) =>
      [0, 1, 2].map(() => {
        const noisy = drop((3 * Math.exp(0.05 * normal())) / Math.sqrt(d), 8, values).map(({ at, accuracy }) => ({
          at,
          accuracy: Math.min(1, Math.max(0, accuracy + 0.02 * normal())),
        }));
        return { x: d, at: crossing(noisy, 0.5, "falling").at! };
      }),
    );
    const { c, interval, free, means } = fitHalf(places);
    expect(means.map(({ x, runs }) => [x, runs])).toEqual(dimensions.map((d) => [d, 3]));
    expect(interval.low).toBeLessThan(c);
    expect(interval.high).toBeGreaterThan(c);
    expect(Math.abs(c / 3 - 1)).toBeLessThan(0.1);
    expect(free.interval.low).toBeLessThan(-0.5);
    expect(free.interval.high).toBeGreaterThan(-0.5);
  });

  it("is exact where the places are, and counts every x once", () => {
    const exact = dimensions.map((d) => ({ x: d, at: 2 / Math.sqrt(d) }));
    const fit = fitHalf([...exact, ...Array.from({ length: 5 }, () => exact[0]!)]);
    expect(fit.c).toBeCloseTo(2, 12);
    expect(fit.interval.high - fit.interval.low).toBeCloseTo(0, 10);
    expect(fit.free.exponent).toBeCloseTo(-0.5, 12);
    const off = fitHalf([...exact, { x: 25, at: 4 }, { x: 25, at: 0.04 }]);
    expect(off.c).toBeCloseTo(2, 10);
  });

  it("has no interval for one x, and no numbers for none", () => {
    expect(fitHalf([{ x: 25, at: 0.4 }])).toMatchObject({ c: expect.closeTo(2, 10) as number, interval: { low: NaN, high: NaN } });
    expect(fitHalf([])).toMatchObject({ c: NaN, means: [] });
  });
});
