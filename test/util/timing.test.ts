import { describe, expect, it } from "vitest";
import { startTiming, stopTiming, timed } from "../../src/util/timing.ts";

const busy = (milliseconds: number) => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};
const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const byName = () => Object.fromEntries(stopTiming().map(({ name, seconds, count }) => [name, { ms: 1000 * seconds, count }]));

describe("timing", () => {
  it("counts nothing unless asked, and gives what the work gives", () => {
    expect(timed("work", () => 7)).toBe(7);
    expect(stopTiming()).toEqual([]);
  });

  it("takes inner spans out of the outer ones, and adds up to the whole", async () => {
    startTiming({ name: "before", seconds: 5 });
    const began = performance.now();
    await timed("outer", async () => {
      busy(20);
      timed("inner", () => busy(30));
      await timed("inner", () => wait(10));
    });
    busy(5);
    const all = byName();
    const took = performance.now() - began;
    expect(all["before"]).toEqual({ ms: 5000, count: 1 });
    expect(all["inner"]!.count).toBe(2);
    expect(all["outer"]!.count).toBe(1);
    expect(all["inner"]!.ms).toBeGreaterThanOrEqual(39);
    expect(all["outer"]!.ms).toBeGreaterThanOrEqual(19);
    expect(all["outer"]!.ms).toBeLessThan(took - 39);
    expect(all["everything else"]!.ms).toBeGreaterThanOrEqual(4);
    const sum = all["inner"]!.ms + all["outer"]!.ms + all["everything else"]!.ms;
    expect(Math.abs(sum - took)).toBeLessThan(5);
  });

  it("closes spans that fail, and those that overlap in any order", async () => {
    startTiming();
    expect(() =>
      timed("fails", () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    await expect(timed("rejects", () => Promise.reject(new Error("never")))).rejects.toThrow("never");
    await Promise.all([timed("short", () => wait(5)), timed("long", () => wait(30))]);
    busy(10);
    const all = byName();
    expect(all["everything else"]!.ms).toBeGreaterThanOrEqual(9);
    expect(all["short"]!.ms + all["long"]!.ms).toBeGreaterThanOrEqual(28);
    expect(all["fails"]!.count).toBe(1);
  });
});
