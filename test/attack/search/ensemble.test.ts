import { describe, expect, test } from "vitest";
import { oracleOf } from "../../../src/attack/oracle/index.ts";
import type { SearchConfig } from "../../../src/attack/search/config.ts";
import { type SmallestEnsembleConfig, blindParts, searchParts, smallestEnsemble } from "../../../src/attack/search/ensemble.ts";
import { smallest } from "../../../src/attack/search/smallest.ts";
import type { Norm } from "../../../src/attack/ball.ts";
import type { Classifier } from "../../../src/model/classifier.ts";
import { softmax } from "../support.ts";
import { sizeOf } from "./support.ts";

const box = { low: -2, high: 2 };
const { target, data } = softmax({ n: 16, seed: 8 });
const points = { x: data.x.map((value) => Math.max(-2, Math.min(2, value))), y: data.y };

describe.each(["l2", "linf", "l1", "l0"] satisfies Norm[])("%s", (norm) => {
  test("no sample is farther than in any part alone, and passes are those of the parts", async () => {
    const oracle = oracleOf(target);
    const told: string[] = [];
    const found = await smallestEnsemble(oracle, points, { norm, box, seed: 5, onSearch: ({ attack }) => told.push(attack) });
    expect([found.summary.forward, found.summary.backward]).toEqual([oracle.forward, oracle.backward]);
    await oracle.dispose();
    const parts = searchParts(norm, true);
    expect(told.slice(0, parts.length)).toEqual(parts);
    const alone = await Promise.all(parts.map((attack) => smallest(target, points, { attack, norm, box, seed: 5 } as SearchConfig)));
    let searched = 0;
    found.samples.distance.forEach((far, i) => {
      const distances = alone.map(({ samples }) => samples.distance[i]!);
      expect(far).toBe(Math.min(...distances));
      expect(far).toBe(found.samples.success[i] ? sizeOf(norm, { ...found, summary: alone[0]!.summary }, points, i) : Infinity);
      expect(found.foundBy[i]).toBe(far > 0 ? parts[distances.indexOf(far)] : undefined);
      if (far > 0) searched++;
    });
    expect(searched).toBeGreaterThan(8);
    expect(found.searches.map(({ tried }) => tried)).toEqual([16, ...parts.slice(1).map(() => searched)]);
    expect(found.summary).toMatchObject({ attack: "ensemble", norm, n: 16, correct: searched });
  });
});

test("a target for each sample goes with it", async () => {
  const goals = Array.from(points.y, (label) => (label + 1) % 5);
  const { samples } = await smallestEnsemble(target, points, { target: goals, box });
  let reached = 0;
  samples.success.forEach((success, i) => {
    if (!success || samples.distance[i] === 0) return;
    reached++;
    expect(samples.adversarialPrediction[i]).toBe(goals[i]);
  });
  expect(reached).toBeGreaterThan(6);
});

/** A step from class 1 to class 0 that has no slope anywhere. */
const steps: Classifier = {
  name: "a step",
  inputShape: [2],
  classes: 2,
  output: "logit",
  parameterTypes: {},
  parameters: {},
  numbersPerSample: 1,
  scores: (g, x) => g.sub(g.cast(g.greater(g.reduceSum(x, [1]), 0), "float32"), 0.5),
};

test("where there is no gradient, searches without one go on", async () => {
  const one = { x: Float32Array.of(0.3, 0.4), y: [1] };
  const { samples, foundBy, searches } = await smallestEnsemble(steps, one, { norm: "l2" });
  expect(samples.zeroGradient[0]).toBe(1);
  expect(searches.map(({ attack }) => attack)).toEqual([...searchParts("l2", true), ...blindParts("l2")]);
  expect(blindParts("l2")).toContain(foundBy[0]);
  expect(samples.distance[0]).toBeGreaterThanOrEqual((0.7 / Math.SQRT2) * (1 - 1e-6));
  expect(samples.distance[0]).toBeLessThan((0.7 / Math.SQRT2) * 1.05);
});

test("functions without a gradient", async () => {
  const model = { name: "scores", inputShape: [1], classes: 2, logits: (x: Float32Array) => x.map((value) => value - 0.5) };
  const one = { x: Float32Array.of(1), y: [1] };
  const { samples, searches } = await smallestEnsemble(model, one, { norm: "linf" });
  expect(searches.map(({ attack }) => attack)).toEqual(searchParts("linf", false));
  expect(samples.distance[0]).toBeCloseTo(0.5, 5);
  const wrong = (config: SmallestEnsembleConfig) => smallestEnsemble(model, one, config);
  await expect(wrong({ norm: "l1" })).rejects.toMatchObject({
    code: "SF_OPTION",
    usage: true,
    message: "smallest: the model has no gradient, and searches without one measure linf or l2; got l1",
  });
  await expect(wrong({ attacks: [] })).rejects.toMatchObject({ code: "SF_OPTION", message: "smallest: attacks must be one name or more; got none" });
});
