import { expect, test } from "vitest";
import { type DataConfig, datasets, dimensionOf, loadData, type DataSource } from "../../src/data/index.ts";
import { imageFile, labelFile } from "./files.ts";

const source: DataSource = {
  idx: async () => ({ trainImages: imageFile(2, 3, 3), trainLabels: labelFile([0, 1]), testImages: imageFile(2, 3, 3), testLabels: labelFile([1, 0]) }),
};

const examples: Record<keyof typeof datasets, DataConfig> = {
  mnist: { dataset: "mnist", digits: [0, 1], size: 3, normalize: false },
  sphere: { dataset: "sphere", d: 5, points: 10 },
};

test.each(Object.entries(examples))("%s is two datasets of one kind, as large as its configuration says", async (name, config) => {
  const { train, test: held } = await loadData(config, source);
  expect(datasets[config.dataset].summary).not.toBe("");
  for (const half of [train, held]) {
    expect(half.d).toBe(dimensionOf(config));
    expect(half.x.length).toBe(half.n * half.d);
    expect(half.y.length).toBe(half.n);
    expect(half.name).toContain(name);
    expect([half.inputShape, half.classes, half.domain]).toEqual([train.inputShape, train.classes, train.domain]);
  }
  expect(train.fingerprint).not.toBe(held.fingerprint);
});

test("synthetic data does not ask for files", async () => {
  const none: DataSource = { idx: () => Promise.reject(new Error("asked for files")) };
  expect((await loadData({ dataset: "sphere", d: 2, points: 3 }, none)).train.n).toBe(3);
});
