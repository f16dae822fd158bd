import { describe, expect, it } from "vitest";
import { cellColumns, fromRecord, robustColumns, sampleColumns, sampleRecords, toRecord } from "../../src/study/rows.ts";
import { exampleConfig, exampleResult, robustConfig, robustResult } from "./example.ts";

describe("rows", () => {
  it("are flat, with a value in every column", () => {
    const record = toRecord(exampleResult());
    expect(Object.keys(record)).toEqual(cellColumns.map(({ name }) => name));
    expect(new Set(cellColumns.map(({ name }) => name)).size).toBe(cellColumns.length);
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

  it("are one per image where samples were kept", () => {
    expect(sampleRecords(exampleResult())).toEqual([]);
    const records = sampleRecords(exampleResult(exampleConfig, { samples: true }));
    expect(records.map(({ status }) => status)).toEqual(["flipped", "neverFlipped", "misclassified"]);
    expect(records[1]).toMatchObject({ image: 1, step: null, gradientNorm: 5 });
    expect(Object.keys(records[0]!)).toEqual(sampleColumns.map(({ name }) => name));
  });
});
