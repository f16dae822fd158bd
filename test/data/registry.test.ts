import { expect, test } from "vitest";
import { datasets, type DataSource } from "../../src/data/index.ts";
import { imageFile, labelFile } from "./files.ts";

const source: DataSource = {
  idx: async () => ({ trainImages: imageFile(2, 3, 3), trainLabels: labelFile([0, 1]), testImages: imageFile(2, 3, 3), testLabels: labelFile([1, 0]) }),
};

test.each(["mnist", "sphere"] as const)("%s is a split of labelled points", async (name) => {
  const { train, test: held } = await (name === "mnist" ? datasets.mnist.load({}, source) : datasets.sphere.load({ d: 5 }, source));
  expect(datasets[name].summary).not.toBe("");
  expect(train.d).toBe(held.d);
  for (const half of [train, held]) {
    expect(half.x.length).toBe(half.n * half.d);
    expect(half.y.length).toBe(half.n);
    expect(half.name).toContain(name);
  }
});

test("synthetic data does not ask for files", async () => {
  const none: DataSource = { idx: () => Promise.reject(new Error("asked for files")) };
  expect((await datasets.sphere.load({ d: 2, n: 3 }, none)).train.n).toBe(3);
});
