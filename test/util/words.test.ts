import { expect, it } from "vitest";
import { linearTicks, logTicks, tileEdges } from "../../src/figure/draw/axis.ts";
import { count, fixed, fraction, interval, list, number, percent, plural, plusMinus, range, short, significant } from "../../src/util/words.ts";

it("writes numbers as people read them", () => {
  expect(number(0.14512)).toBe("0.145");
  expect(number(-12345.6)).toBe("−12,346");
  expect(number(0)).toBe("0");
  expect(number(0.00000123)).toBe("1.23 × 10⁻⁶");
  expect(number(NaN)).toBe("unknown");
  expect(fixed(-0.004)).toBe("0.00");
  expect(fixed(-0.5, 1)).toBe("−0.5");
  expect(percent(0.0123, 2)).toBe("1.23 %");
  expect(count(100_000)).toBe("100,000");
  expect([fraction(0.5), fraction(-0.5), fraction(-1)]).toEqual(["1/2", "−1/2", "−1"]);
  expect(interval({ low: -1, high: 2 }, fixed)).toBe("[−1.00, 2.00]");
  expect(interval({ low: NaN, high: NaN })).toBe("[no interval]");
});

it("lines numbers up in a terminal's columns", () => {
  expect([0.14512, 12, 1234.5, 0, -11.04, 1.2345e-5, 2e7, Infinity].map(significant)).toEqual([
    "0.145",
    "12.0",
    "1235",
    "0.00",
    "−11.0",
    "1.23e-5",
    "2.00e+7",
    "–",
  ]);
  expect(plusMinus({ mean: 4.91, sd: 0.364 })).toBe("4.91 ± 0.364");
  expect([percent(undefined), percent(NaN), percent(0)]).toEqual(["–", "–", "0.0 %"]);
});

it("writes settings as one types them", () => {
  expect([0.2, 0.05, 10, 0.31622776].map((x) => short(x))).toEqual(["0.2", "0.05", "10", "0.316"]);
});

it("counts in words", () => {
  expect([plural(1, "run"), plural(3, "run")]).toEqual(["1 run", "3 runs"]);
  expect([list([]), list(["a"]), list(["a", "b"]), list(["a", "b", "c"])]).toEqual(["", "a", "a and b", "a, b and c"]);
  expect([range([3, 3]), range([2, 3])]).toEqual(["3", "2 to 3"]);
});

it("places round ticks", () => {
  expect(logTicks([0.9, 1900])).toEqual([1, 10, 100, 1000]);
  expect(logTicks([4, 30])).toEqual([5, 7, 10, 15, 20]);
  expect(logTicks([22, 27]).length).toBeGreaterThan(0);
  expect(linearTicks(12)).toEqual([0, 2, 4, 6, 8, 10]);
});

it("tiles a logarithmic axis without gaps, each value inside its tile", () => {
  for (const values of [[25, 49, 100, 196, 400, 784], [0.05, 0.1, 0.2, 1], [7]]) {
    const edges = tileEdges(values);
    values.forEach((value, i) => {
      expect(edges[i]![0]).toBeLessThan(value);
      expect(edges[i]![1]).toBeGreaterThan(value);
      if (i > 0) expect(edges[i]![0]).toBeCloseTo(edges[i - 1]![1], 10);
    });
  }
});
