import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsOf, type DataConfig, datasetField, datasetNames, datasets, dimensionOf, hasUnitNorm, loadData, type DataSource } from "../../src/data/index.ts";
import type { DatasetKind } from "../../src/data/datasets/kind.ts";
import { dataConfigs, dataSections } from "../../src/study/data-section.ts";
import type { Field } from "../../src/util/field.ts";
import { SignflipError } from "../../src/util/errors.ts";
import { imageFile, labelFile } from "./files.ts";

/** Batches of CIFAR-10 of two images each, of classes 0 and 1. */
const record = (label: number, first: number) => [label, ...Array.from({ length: 3072 }, (_, i) => 1 + ((first + i) % 255))];
const batch = (first: number) => new Uint8Array([...record(0, first), ...record(1, first + 7)]);
const batches: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"].map((name, i) => [`${name}.bin`, batch(10 * i)]),
);

const files: DataSource = {
  idx: async () => ({ trainImages: imageFile(2, 3, 3), trainLabels: labelFile([0, 1]), testImages: imageFile(2, 3, 3), testLabels: labelFile([1, 0]) }),
  folder: async () => ({ name: "f", decode: () => Promise.reject(new Error("no pictures")), read: async (file) => batches[file] }),
};
const refused = () => Promise.reject(new Error("asked for files"));
const none: DataSource = { idx: refused, folder: refused };

/* What every dataset keeps to. A new one adds examples here; all tests walk the registry. */

const examples: Record<keyof typeof datasets, readonly [DataConfig, DataConfig, ...DataConfig[]]> = {
  mnist: [
    { dataset: "mnist", digits: [0, 1], size: 3, normalize: false },
    { dataset: "mnist", digits: [0, 1], size: 3, normalize: true },
    { dataset: "mnist", digits: [1, 0], size: 2, normalize: true },
  ],
  "fashion-mnist": [
    { dataset: "fashion-mnist", classes: [0, 1], size: 3, normalize: false },
    { dataset: "fashion-mnist", classes: [0, 1], size: 3, normalize: true },
    { dataset: "fashion-mnist", classes: [1, 0], size: 2, normalize: true },
  ],
  cifar10: [
    { dataset: "cifar10", classes: [0, 1], size: 32, normalize: false },
    { dataset: "cifar10", classes: [0, 1], size: 32, normalize: true },
    { dataset: "cifar10", classes: [1, 0], size: 2, normalize: true },
  ],
  sphere: [
    { dataset: "sphere", d: 5, points: 10 },
    { dataset: "sphere", d: 4, points: 10 },
    { dataset: "sphere", d: 5, points: 11 },
  ],
};

it("there are examples here of every dataset, and it can be asked for", () => {
  expect(Object.keys(examples).toSorted()).toEqual(datasetNames.toSorted());
  for (const name of datasetNames) expect(datasetField.schema.parse(name)).toBe(name);
  expect(datasetField.schema.safeParse("cube").success).toBe(false);
});

/** A dataset as one that takes any configuration: the examples are its own. */
const kindOf = (name: keyof typeof datasets): DatasetKind<any> => datasets[name];
const normOf = (x: Float32Array) => Math.sqrt(x.reduce((sum, one) => sum + one ** 2, 0));

describe.each(datasetNames)("the dataset %s", (name) => {
  const kind = kindOf(name);
  const settings = Object.entries<Field<unknown>>(kind.settings);
  const configs = examples[name];

  it("explains itself, and its settings take their own defaults", () => {
    expect(kind.summary).toMatch(/^.+[^.]$/);
    expect(settings.length).toBeGreaterThan(0);
    for (const [key, { schema, description, default: value }] of settings) {
      expect(schema.safeParse(value).success, key).toBe(true);
      expect(description, key).toMatch(/[^.]$/);
    }
    for (const [key, otherwise] of Object.entries<Field<unknown> | undefined>({ ...kind.unitNormSettings })) {
      expect(settings.map(([own]) => own)).toContain(key);
      expect(otherwise!.schema.safeParse(otherwise!.default).success, key).toBe(true);
    }
    expect(kind.unitNormRate).toBeGreaterThan(0);
  });

  it("is a part of studies, where what is left out is its own", () => {
    for (const needs of ["any", "unit norm"] as const) {
      const section = dataSections(needs)[name];
      expect(Object.keys(section)).toEqual(settings.map(([key]) => key));
      const defaults = Object.entries(section).map(([key, { field }]): [string, unknown[]] => [key, [field.default]]);
      const [config, ...others] = dataConfigs(name, Object.fromEntries(defaults));
      expect(others).toEqual([]);
      expect(config!.dataset).toBe(name);
      if (needs === "unit norm") expect(hasUnitNorm(config!)).toBe(true);
    }
  });

  it.each(configs)("is two halves of one kind, as large as its configuration says: %j", async (config) => {
    const { train, test } = await loadData(config, files);
    for (const half of [train, test]) {
      expect(half.d).toBe(dimensionOf(config));
      expect(half.x.length).toBe(half.n * half.d);
      expect(half.y.length).toBe(half.n);
      expect(half.name).toContain(name);
      expect([half.inputShape, half.classes, half.domain]).toEqual([train.inputShape, train.classes, train.domain]);
      if (!hasUnitNorm(config)) continue;
      for (let i = 0; i < half.n; i++) expect(normOf(half.x.subarray(i * half.d, (i + 1) * half.d))).toBeCloseTo(1, 6);
    }
    expect(train.fingerprint).not.toBe(test.fingerprint);
    const again = await loadData(config, files);
    expect([again.train.fingerprint, again.test.fingerprint]).toEqual([train.fingerprint, test.fingerprint]);
  });

  it("asks for no files where it is drawn, and has the counts it says", async () => {
    for (const config of configs) {
      const counts = countsOf(config);
      expect(counts.train).toBeGreaterThan(0);
      expect(counts.test).toBeGreaterThan(0);
      if (!kind.isSynthetic) {
        await expect(loadData(config, none)).rejects.toThrow("asked for files");
        continue;
      }
      const { train, test } = await loadData(config, none);
      expect({ train: train.n, test: test.n }).toEqual(counts);
    }
  });

  it("tells configurations apart by its words", () => {
    const words = configs.map((config) => kind.words(config).join(" · "));
    expect(new Set(words).size).toBe(configs.length);
    for (const config of configs) {
      expect(kind.label(config)).not.toBe("");
      expect(kind.words(config).every((word) => word !== "" && !word.includes("·"))).toBe(true);
    }
    // Points of norm 1 and others differ in their scale, where there are both.
    const scales = (unit: boolean) => configs.filter((config) => hasUnitNorm(config) === unit).map((config) => kind.scale(config));
    if (scales(false).length > 0) expect(scales(true)).not.toContain(scales(false)[0]);
  });

  it("has the same settings at another dimension, if it can have that", () => {
    const [config] = configs;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (d) => {
        const other = kind.withDimension(config, d);
        if (other === undefined) return;
        expect(dimensionOf(other)).toBe(d);
        expect(kind.withDimension(other, dimensionOf(config))).toEqual(config);
      }),
    );
    expect(kind.withDimension(config, dimensionOf(config))).toEqual(config);
  });

  it("has points of norm 1 and of a dimension for the theory, or says why not", () => {
    let some = 0;
    for (let d = 1; d <= 100; d++) {
      try {
        const config = kind.unitNormOf(d, 7);
        expect([dimensionOf(config), hasUnitNorm(config)]).toEqual([d, true]);
        expect(countsOf(config).test).toBeGreaterThanOrEqual(7);
        some++;
      } catch (error) {
        if (!(error instanceof SignflipError)) throw error;
        expect(error.usage).toBe(true);
        expect(error.message).toContain(`got ${d}`);
      }
    }
    expect(some).toBeGreaterThan(3);
  });

  it("gives all classes of one part, and points of the size that a model takes", async () => {
    const { values, y, shape } = await kind.samples("test", files, { inputShape: [2, 3] });
    expect(y.length).toBeGreaterThan(1);
    expect(values.length).toBe(y.length * shape.reduce((size, dim) => size * dim, 1));
    if (kind.isSynthetic) expect(shape).toEqual([2, 3]);
  });
});
