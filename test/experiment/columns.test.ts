import { flipsColumns, sampleColumns, sampleRecords } from "../../src/experiment/flips/columns.ts";
import { robustColumns } from "../../src/experiment/robust/columns.ts";
import { coneColumns } from "../../src/experiment/cone/columns.ts";
import { statementColumns, theoryColumns } from "../../src/experiment/theory/columns.ts";
import { describe, expect, it } from "vitest";
import { fromRecord, toRecord } from "../../src/experiment/columns.ts";
import { tablesOf } from "../../src/experiment/tables.ts";
import { coneResult, exampleConfig, exampleResult, robustConfig, robustResult, theoryResult } from "../study/example.ts";

describe("rows", () => {
  it("are flat, with a value in every column", () => {
    const record = toRecord(exampleResult());
    expect(Object.keys(record)).toEqual(flipsColumns.map(({ name }) => name));
    expect(new Set(flipsColumns.map(({ name }) => name)).size).toBe(flipsColumns.length);
    expect(record).toMatchObject({
      d: 25,
      m: 1000,
      c0: 10,
      seed: 0,
      digitPositive: 1,
      gradientNormMean: 4.365,
      exitReason: "left-ball",
      misclassifiedAs: "zero",
    });
  });

  it("become cells again", () => {
    const { key, config, row } = exampleResult({ ...exampleConfig, seed: 4, data: { ...exampleConfig.data, digits: [3, 8], normalize: true } });
    expect(fromRecord(toRecord({ key, config, row }))).toEqual({ key, config, row });
  });

  it("keep what has no number as null", () => {
    const result = exampleResult();
    const row = { ...result.row, step: { mean: Number.NaN, sd: Number.NaN, n: 0 } };
    const record = toRecord({ ...result, row });
    expect(record["stepMean"]).toBeNull();
    expect(fromRecord(record).row).toEqual(row);
  });

  it("of adversarial training have columns of their own and become cells again", () => {
    const { train: _, ...all } = { train: 1, ...robustConfig.training };
    for (const training of [all, { ...all, radius: 0.1, c0: 10 / 3, method: "fast" as const, train: 1000, stepSize: 0.005 }]) {
      const { key, config, row } = robustResult({ ...robustConfig, training, seed: 3 });
      const record = toRecord({ key, config, row });
      expect(Object.keys(record)).toEqual(robustColumns.map(({ name }) => name));
      expect(record).toMatchObject({ method: training.method, eps: 0.2, radius: training.radius, attackSteps: 100, robustTestAccuracy: 0.069 });
      expect(fromRecord(record)).toEqual({ key, config, row });
    }
    expect(toRecord(robustResult())).toMatchObject({ c0: null, trainSubset: null, trainPoints: 12_665 });
    expect(new Set(robustColumns.map(({ name }) => name)).size).toBe(robustColumns.length);
    expect(sampleRecords(robustResult())).toEqual([]);
  });

  it("of the sphere have no digits and no size, and become cells again", () => {
    const { key, config, row } = exampleResult({ ...exampleConfig, data: { dataset: "sphere", d: 300, points: 50 } });
    const record = toRecord({ key, config, row });
    expect(record).toMatchObject({ dataset: "sphere", d: 300, spherePoints: 50, size: null, digitNegative: null, normalize: true });
    expect(fromRecord(record)).toEqual({ key, config, row });
    expect(toRecord(exampleResult())).toMatchObject({ spherePoints: null });
  });

  it("of a check of the theory are a table of cells and one of statements", () => {
    const [cells, statements, ...others] = tablesOf([theoryResult(), theoryResult()]);
    expect(others).toEqual([]);
    expect([cells!.suffix, statements!.suffix]).toEqual(["", "-statements"]);
    expect(cells!.records()).toHaveLength(2);
    const record = cells!.records()[0]!;
    expect(Object.keys(record)).toEqual(theoryColumns.map(({ name }) => name));
    expect(record).toMatchObject({
      gamma: 0.1,
      c1: 5,
      points: 6,
      spherePoints: 100,
      freshStepMean: 0.2,
      trainedStepMean: null,
      freshSmallestC1: null,
      trainedSmallestC1: 7.5,
    });
    const [first, second] = statements!.records();
    expect(statements!.records()).toHaveLength(4);
    expect(Object.keys(first!)).toEqual(statementColumns.map(({ name }) => name));
    expect(first).toMatchObject({
      id: "function-value",
      side: "at most",
      bound: 4.4,
      exact: 3.1,
      holds: true,
      draws: 40,
      violations: 1,
      low: 0.0006,
      d: 16,
      seed: 3,
    });
    expect(second).toMatchObject({ id: "gradient-change", bound: null, exact: null, widthFrom: null, draws: null, worst: null, vacuous: true });
    for (const columns of [theoryColumns, statementColumns, coneColumns]) expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
  });

  it("of a path beyond the ball are one per step", () => {
    const [table, ...others] = tablesOf([coneResult()]);
    expect(others).toEqual([]);
    const [first, second] = table!.records();
    expect(Object.keys(first!)).toEqual(coneColumns.map(({ name }) => name));
    expect(first).toMatchObject({ lazyC0: 10, stepC0: 10, coneDistance: 1.2, c0: 20, size: 5, exitReason: "left-ball" });
    expect(second).toMatchObject({ stepC0: 20, stepTestAccuracy: null });
    expect(sampleRecords(coneResult())).toEqual([]);
  });

  it("are one per image where samples were kept", () => {
    expect(sampleRecords(exampleResult())).toEqual([]);
    const records = sampleRecords(exampleResult(exampleConfig, { samples: true }));
    expect(records.map(({ status }) => status)).toEqual(["flipped", "neverFlipped", "misclassified"]);
    expect(records[1]).toMatchObject({ image: 1, step: null, gradientNorm: 5 });
    expect(Object.keys(records[0]!)).toEqual(sampleColumns.map(({ name }) => name));
  });
});
