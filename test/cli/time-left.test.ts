import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimeLeft } from "../../src/cli/reproduce/time-left.ts";
import type { Batch } from "../../src/study/order.ts";

/** The smoke preset's batches in their order: kind, cost in thousands, seconds of the cell as measured. */
const smoke: readonly (readonly [kind: string, cost: number, seconds: number])[] = [
  ["cone", 1493, 0.5],
  ["flips", 1279, 0.48],
  ["flips", 1279, 0.71],
  ["robust", 231, 0.71],
  ["robust", 231, 0.69],
  ["robust", 231, 0.72],
  ["robust", 417, 1.03],
  ["robust", 417, 0.78],
  ["robust", 417, 0.58],
  ["robust", 417, 0.58],
  ["robust", 417, 0.64],
  ["robust", 813, 0.74],
  ["robust", 813, 0.97],
  ["flips", 814, 0.46],
  ["flips", 814, 0.19],
  ["flips", 843, 0.4],
  ["flips", 843, 0.31],
  ["flips", 904, 0.2],
  ["flips", 904, 0.39],
  ["flips", 916, 0.43],
  ["flips", 916, 0.14],
  ["flips", 974, 0.26],
  ["flips", 974, 0.28],
  ["flips", 1096, 0.33],
  ["flips", 1096, 0.43],
  ["flips", 950, 0.33],
  ["flips", 950, 0.13],
  ["flips", 984, 0.36],
  ["flips", 984, 0.23],
  ["flips", 1055, 0.3],
  ["flips", 1055, 0.27],
  ["flips", 1069, 0.34],
  ["flips", 1069, 0.14],
  ["flips", 1136, 0.29],
  ["flips", 1136, 0.23],
  ["flips", 1279, 0.32],
  ["flips", 1279, 0.22],
  ["flips", 1986, 0.45],
  ["flips", 1986, 0.65],
  ["flips", 2110, 0.85],
  ["flips", 2110, 0.97],
  ["flips", 2376, 0.92],
  ["flips", 2376, 0.62],
  ["flips", 1986, 0.45],
  ["flips", 1986, 0.43],
  ["flips", 2110, 0.72],
  ["flips", 2110, 0.89],
  ["flips", 2376, 0.89],
  ["flips", 2376, 0.72],
  ["theory", 1374, 0.46],
  ["theory", 1382, 0.54],
  ["theory", 1443, 0.4],
  ["theory", 1877, 0.9],
  ["theory", 1591, 0.39],
  ["theory", 1629, 0.51],
];

interface Options {
  readonly slots?: number;
  /** Seconds that the first batch of every process takes longer. */
  readonly startup?: number;
  /** Seconds between two batches. */
  readonly between?: number;
}

/** Runs recorded batches on a clock of its own. What the estimate was, and what it should have been, each time a batch ended. */
function simulate(recorded: typeof smoke, { slots = 2, startup = 2, between = 0.25 }: Options = {}) {
  let clock = 100;
  const batches = recorded.map(([kind], i): Batch => [{ key: String(i), config: { kind, seed: 0 }, keepNetwork: false, swept: [] }]);
  const of = (batch: Batch) => recorded[Number(batch[0]!.key)]!;
  const time = new TimeLeft(slots, { now: () => clock, costOf: (batch) => 1000 * of(batch)[1] });
  time.planned(batches);
  const waiting = [...batches];
  const running: { batch: Batch; end: number }[] = [];
  const begin = (isFirst: boolean) => {
    const batch = waiting.shift();
    if (!batch) return;
    time.started(batch);
    running.push({ batch, end: clock + of(batch)[2] + between + (isFirst ? startup : 0) });
  };
  for (let slot = 0; slot < slots; slot++) begin(true);
  const said: { at: number; left: number | undefined }[] = [{ at: clock, left: time.seconds }];
  while (running.length > 0) {
    running.sort((a, b) => a.end - b.end);
    const { batch, end } = running.shift()!;
    clock = end;
    time.finished(batch[0]!.key, of(batch)[2]);
    time.ended(batch);
    begin(false);
    said.push({ at: clock, left: time.seconds });
  }
  return said.map(({ at, left }) => ({ share: (at - 100) / (clock - 100), left, truth: clock - at }));
}

/** The estimates' ratios to the truth, from a tenth of the run to where less than 2 s are left. */
const ratios = (said: ReturnType<typeof simulate>) => said.filter(({ share, truth }) => share > 0.1 && truth > 2).map(({ left, truth }) => left! / truth);

describe("the time left", () => {
  it("is within 50 % of the truth from a tenth of the smoke preset on, whatever the start of a process takes", () => {
    for (const startup of [0.5, 2, 5]) {
      for (const ratio of ratios(simulate(smoke, { startup }))) {
        expect(ratio).toBeGreaterThan(0.5);
        expect(ratio).toBeLessThan(1.5);
      }
    }
  });

  it("learns the rate of a machine that is slower or faster than usual", () => {
    for (const factor of [0.3, 4]) {
      const said = simulate(
        smoke.map(([kind, cost, seconds]) => [kind, cost, seconds * factor] as const),
        { between: 0.25 * factor },
      );
      const wrong = ratios(said).filter((ratio) => ratio < 0.4 || ratio > 2);
      expect(wrong.length).toBeLessThan(0.1 * said.length);
    }
  });

  it("is not said before anything ended, and is 0 at the end", () => {
    const said = simulate(smoke);
    expect(said[0]!.left).toBeUndefined();
    expect(said.at(-1)!.left).toBe(0);
  });

  it("is learnt by kind: one whose costs are far too high does not spoil the others", () => {
    const two = smoke.map(([, cost, seconds], i) => (i % 2 === 0 ? (["a", cost * 30, seconds] as const) : (["b", cost, seconds] as const)));
    for (const ratio of ratios(simulate(two)).slice(5)) {
      expect(ratio).toBeGreaterThan(0.4);
      expect(ratio).toBeLessThan(2.5);
    }
  });

  it("is a number from 0 for batches of any cost and any time", () => {
    const batch = fc.tuple(fc.constantFrom("a", "b"), fc.integer({ min: 1, max: 1e7 }), fc.double({ min: 0, max: 1e4, noNaN: true }));
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 8 }), (recorded, slots) => {
        for (const { left } of simulate(recorded, { slots })) expect(left === undefined || (left >= 0 && Number.isFinite(left))).toBe(true);
      }),
    );
  });
});
