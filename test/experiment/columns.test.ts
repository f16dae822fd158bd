import { describe, expect, it } from "vitest";
import type { FlatRow, Table } from "../../src/experiment/columns.ts";
import { coneColumns } from "../../src/experiment/cone/columns.ts";
import { flipsColumns, sampleColumns, sampleRecords } from "../../src/experiment/flips/columns.ts";
import { experiments } from "../../src/experiment/index.ts";
import { robustColumns } from "../../src/experiment/robust/columns.ts";
import { statementColumns, theoryColumns } from "../../src/experiment/theory/columns.ts";
import { coneResult, exampleConfig, exampleResult, robustConfig, robustResult, sgdRobustConfig, theoryResult } from "../study/example.ts";

/** The only line that a result gives in an experiment's main table. */
function recordOf<T>([table]: readonly Table<T>[], result: T): FlatRow {
  const [record, ...others] = table!.records([result]);
  expect(others).toEqual([]);
  return record!;
}

describe("rows", () => {
  it("are flat, with a value in every column", () => {
    const record = recordOf(experiments.flips.columns, exampleResult());
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

  it("keep what has no number as null", () => {
    const result = exampleResult();
    const row = { ...result.row, step: { mean: Number.NaN, sd: Number.NaN, n: 0 } };
    const record = recordOf(experiments.flips.columns, { ...result, row });
    expect(record).toMatchObject({ stepMean: null, stepSd: null, stepN: 0, gradientNormMean: 4.365 });
  });

  it("have every digit of a configuration and of what was measured", () => {
    const result = exampleResult({ ...exampleConfig, seed: 4, data: { ...exampleConfig.data, digits: [3, 8], normalize: true } });
    const record = recordOf(experiments.flips.columns, result);
    expect(record).toMatchObject({ key: result.key, seed: 4, digitNegative: 3, digitPositive: 8, normalize: true, deviation: 0.1 + 0.2, seconds: 0.25 });
    expect(record).toMatchObject({ perturbationRelativeMean: 1 / 3, lr: 0.1, batch: 64, exit: "step", maxEpochs: 1000, steps: 581, flipped: 2103 });
  });

  it("of adversarial training have columns of their own", () => {
    const { train: _, ...all } = { train: 1, ...robustConfig.training };
    for (const training of [all, { ...all, radius: 0.1, c0: 10 / 3, method: "fast" as const, train: 1000, stepSize: 0.005 }]) {
      const record = recordOf(experiments.robust.columns, robustResult({ ...robustConfig, training, seed: 3 }));
      expect(Object.keys(record)).toEqual(robustColumns.map(({ name }) => name));
      expect(record).toMatchObject({ method: training.method, eps: 0.2, radius: training.radius, attackSteps: 100, robustTestAccuracy: 0.069, seed: 3 });
      expect(record).toMatchObject({ trainingEps: 0.2, trainingSteps: 100, attack: "pgd", attackNorm: "l2", box: true, project: "epoch" });
      expect(record["c0"]).toBe("c0" in training ? 10 / 3 : null);
      expect(record["trainingStepSize"]).toBe("stepSize" in training ? 0.005 : null);
    }
    expect(recordOf(experiments.robust.columns, robustResult())).toMatchObject({ c0: null, trainSubset: null, trainPoints: 12_665 });
    expect(
      recordOf(experiments.robust.columns, robustResult({ ...robustConfig, measure: { robust: { attack: "apgd", norm: "linf", eps: 0.01, restarts: 5 } } })),
    ).toMatchObject({ eps: 0.01, trainingEps: 0.2, attack: "apgd", attackNorm: "linf", attackSteps: null, attackRestarts: 5 });
  });

  it("of robust accuracy after SGD have nothing where adversarial training has settings", () => {
    const { onSurface: _, robustTrainAccuracy: __, ...row } = { ...robustResult().row, method: "sgd" as const };
    const record = recordOf(experiments.robust.columns, { ...robustResult(), config: sgdRobustConfig, row });
    expect(Object.keys(record)).toEqual(robustColumns.map(({ name }) => name));
    expect(record).toMatchObject({ method: "sgd", c0: 10, trainingEps: null, project: null, trainingSteps: null, patience: null, onSurface: null });
    expect(record).toMatchObject({ eps: 0.2, robustTestAccuracy: 0.069, robustTrainAccuracy: null });
  });

  it("of the sphere have no digits and no size", () => {
    const record = recordOf(experiments.flips.columns, exampleResult({ ...exampleConfig, data: { dataset: "sphere", d: 300, points: 50 } }));
    expect(record).toMatchObject({ dataset: "sphere", d: 300, spherePoints: 50, size: null, digitNegative: null, normalize: true });
    expect(recordOf(experiments.flips.columns, exampleResult())).toMatchObject({ spherePoints: null });
  });

  it("of a check of the theory are a table of cells and one of statements", () => {
    const results = [theoryResult(), theoryResult()];
    const [cells, statements, ...others] = experiments.theory.columns;
    expect(others).toEqual([]);
    expect([cells!.suffix, statements!.suffix]).toEqual(["", "-statements"]);
    expect(cells!.records(results)).toHaveLength(2);
    const record = cells!.records(results)[0]!;
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
    const [first, second] = statements!.records(results);
    expect(statements!.records(results)).toHaveLength(4);
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
  });

  it("of a path beyond the ball are one per step", () => {
    const [table, ...others] = experiments.cone.columns;
    expect(others).toEqual([]);
    const [first, second] = table!.records([coneResult()]);
    expect(Object.keys(first!)).toEqual(coneColumns.map(({ name }) => name));
    expect(first).toMatchObject({ lazyC0: 10, stepC0: 10, coneDistance: 1.2, c0: 20, size: 5, exitReason: "left-ball" });
    expect(second).toMatchObject({ stepC0: 20, stepTestAccuracy: null });
  });

  it("are one per image where samples were kept", () => {
    expect(sampleRecords(exampleResult())).toEqual([]);
    const records = sampleRecords(exampleResult(exampleConfig, { samples: true }));
    expect(records.map(({ status }) => status)).toEqual(["flipped", "neverFlipped", "misclassified"]);
    expect(records[1]).toMatchObject({ image: 1, step: null, gradientNorm: 5 });
    expect(Object.keys(records[0]!)).toEqual(sampleColumns.map(({ name }) => name));
  });
});
