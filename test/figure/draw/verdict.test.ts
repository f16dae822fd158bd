import { describe, expect, it } from "vitest";
import {
  judgeAll,
  judgeBound,
  judgeExponent,
  judgeExponentBound,
  judgeRisingExponent,
  judgeKept,
  judgeLost,
  judgeRise,
  judgeSharp,
  judgeTestError,
} from "../../../src/figure/draw/verdict.ts";

const fit = (exponent: number, low: number, high: number, n = 6) => ({ exponent, interval: { low, high }, constant: 1, n });

describe("judgeExponent", () => {
  it.each([
    ["the interval contains it", fit(-0.8, -1.05, -0.55), -1, "agrees"],
    ["near, with a narrow interval that excludes it", fit(-0.55, -0.57, -0.53), -0.5, "agrees"],
    ["0.1 away, still near", fit(-0.6, -0.61, -0.59), -0.5, "agrees"],
    ["further, and excluded", fit(-0.7, -0.8, -0.6), -0.5, "differs"],
    ["an interval too wide to decide, though it contains it", fit(-0.5, -1.2, 0.2), -0.5, "undecided"],
    ["no interval", fit(-0.5, NaN, NaN, 2), -0.5, "undecided"],
  ] as const)("%s", (_, law, expected, verdict) => {
    expect(judgeExponent(law, expected).verdict).toBe(verdict);
  });
});

it("judgeRise looks at which side of 1 the interval lies", () => {
  expect(judgeRise({ low: 1.01, high: 2 }).verdict).toBe("agrees");
  expect(judgeRise({ low: 0.5, high: 0.99 }).verdict).toBe("differs");
  expect(judgeRise({ low: 0.9, high: 1.1 }).verdict).toBe("undecided");
  expect(judgeRise({ low: NaN, high: NaN }).verdict).toBe("undecided");
});

it("judgeAll takes one exception for a difference", () => {
  expect(judgeAll(5, 5).verdict).toBe("agrees");
  expect(judgeAll(4, 5).verdict).toBe("differs");
  expect(judgeAll(0, 0).verdict).toBe("undecided");
});

describe("rules with a limit look at which side of it the interval lies", () => {
  it.each([
    ["sharp below a factor of 3", judgeSharp, [1.5, 2.9], [3.1, 4], [2, 4]],
    ["lost up to 5 %", judgeLost, [0, 0.05], [0.06, 0.2], [0.01, 0.1]],
    ["kept from 95 % on", judgeKept, [0.95, 1], [0.8, 0.94], [0.9, 1]],
  ] as const)("%s", (_, judge, agrees, differs, undecided) => {
    expect(judge({ low: agrees[0], high: agrees[1] }).verdict).toBe("agrees");
    expect(judge({ low: differs[0], high: differs[1] }).verdict).toBe("differs");
    expect(judge({ low: undecided[0], high: undecided[1] }).verdict).toBe("undecided");
    expect(judge({ low: NaN, high: NaN }).verdict).toBe("undecided");
  });
});

it("judgeTestError does not blame projection for what short training or a large budget may do", () => {
  expect(judgeTestError({ low: 0.001, high: 0.009 }).verdict).toBe("agrees");
  expect(judgeTestError({ low: 0.005, high: 0.02 }).verdict).toBe("undecided");
  expect(judgeTestError({ low: 0.02, high: 0.03 })).toMatchObject({
    verdict: "undecided",
    why: expect.stringMatching(/above 1 %, but there is no run without projection/) as string,
  });
});

describe("judgeExponentBound", () => {
  it.each([
    ["below what is allowed", fit(0.2, 0.1, 0.3), "at most", "agrees"],
    ["a little above", fit(0.55, 0.53, 0.57), "at most", "agrees"],
    ["above, and excluded", fit(0.7, 0.65, 0.75), "at most", "differs"],
    ["above, where it is to be above", fit(0.7, 0.65, 0.75), "at least", "agrees"],
    ["below, where it is to be above", fit(0.2, 0.1, 0.3), "at least", "differs"],
    ["too wide", fit(0.2, -0.6, 1), "at most", "undecided"],
    ["no interval", fit(0.2, NaN, NaN, 2), "at most", "undecided"],
  ] as const)("%s", (_, law, side, verdict) => {
    expect(judgeExponentBound(law, 0.5, side).verdict).toBe(verdict);
  });
});

it("judgeRisingExponent looks at which side of 0 the interval lies", () => {
  expect(judgeRisingExponent(fit(0.2, 0.1, 0.3)).verdict).toBe("agrees");
  expect(judgeRisingExponent(fit(-0.2, -0.3, -0.1)).verdict).toBe("differs");
  expect(judgeRisingExponent(fit(0, -0.1, 0.1)).verdict).toBe("undecided");
  expect(judgeRisingExponent(fit(0, NaN, NaN)).verdict).toBe("undecided");
});

describe("judgeBound", () => {
  it.each([
    ["no setting", { settings: 0, failing: 0, vacuous: 0 }, "undecided"],
    ["holds everywhere", { settings: 9, failing: 0, vacuous: 0 }, "agrees"],
    ["holds wherever it says something", { settings: 9, failing: 0, vacuous: 8 }, "agrees"],
    ["says nothing", { settings: 9, failing: 0, vacuous: 9 }, "undecided"],
    ["fails as rarely as it may", { settings: 20, failing: 2, vacuous: 0 }, "agrees"],
    ["fails more often", { settings: 20, failing: 5, vacuous: 0 }, "differs"],
  ] as const)("%s", (_, tally, verdict) => {
    expect(judgeBound({ ...tally, allowed: 0.05 }).verdict).toBe(verdict);
  });
});
