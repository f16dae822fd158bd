import fc from "fast-check";
import { expect, it } from "vitest";
import { compareEvaluations } from "../../src/measure/comparison.ts";
import { worseByChance } from "../../src/util/statistics.ts";

const evaluation = (distances: readonly (number | null)[], of: object = {}) => ({
  norm: "l2" as const,
  data: { fingerprint: "same" },
  samples: distances.map((distance, index) => ({ index, label: 0, prediction: distance === 0 ? 1 : 0, distance })),
  ...of,
});

it("finds nothing between a model and itself", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant(0), fc.constant(null), fc.float({ min: Math.fround(0.01), max: 5, noNaN: true })), { minLength: 1, maxLength: 40 }),
      (distances) => {
        for (const { before, after, lost, gained, isRegression } of compareEvaluations(evaluation(distances), evaluation(distances)))
          expect([before - after, lost, gained, isRegression]).toEqual([0, 0, 0, false]);
      },
    ),
  );
});

it("finds a fall that chance does not explain, and names no rise so", () => {
  const strong = evaluation(Array.from({ length: 30 }, (_, i) => 1 + i / 30));
  const weak = evaluation(Array.from({ length: 30 }, (_, i) => (1 + i / 30) / 3));
  const [clean, at] = compareEvaluations(strong, weak, [0.9]);
  expect(clean).toMatchObject({ eps: 0, before: 1, after: 1, isRegression: false });
  expect(at).toMatchObject({ before: 1, after: 0, lost: 30, gained: 0, isRegression: true });
  expect(at!.byChance).toBeCloseTo(2 ** -30, 8);
  expect(compareEvaluations(weak, strong, [0.9]).some(({ isRegression }) => isRegression)).toBe(false);
});

it("the probability is that of a fair coin", () => {
  expect(worseByChance(0, 0)).toBe(1);
  expect(worseByChance(4, 0)).toBeCloseTo(1 / 16, 12);
  expect(worseByChance(3, 1)).toBeCloseTo(5 / 16, 12);
  expect(worseByChance(1, 3)).toBeCloseTo(15 / 16, 12);
});

it.each<[string, object, string]>([
  ["another norm", { norm: "linf" }, "measured in l2, and this is linf"],
  ["other data", { data: { fingerprint: "other" } }, "other samples"],
  ["fewer samples", evaluation([1]), "other samples"],
])("refuses %s", (_, of, message) => {
  expect(() => compareEvaluations(evaluation([1, 2]), { ...evaluation([1, 2]), ...of })).toThrow(
    expect.objectContaining({ code: "SF_OPTION", message: expect.stringContaining(message) as string }),
  );
});
