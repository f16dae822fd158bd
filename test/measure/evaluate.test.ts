import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { smallest } from "../../src/attack/search/smallest.ts";
import { Dataset } from "../../src/data/dataset.ts";
import { f32 } from "../../src/graph/ir.ts";
import { tensorOf } from "../../src/tensor/tensor.ts";
import { planEvaluation } from "../../src/measure/evaluate/plan.ts";
import { oracleOf } from "../../src/attack/oracle/index.ts";
import { evaluate } from "../../src/platform/node/evaluate.ts";
import { random } from "../../src/util/random.ts";
import { loadBuilt, weights } from "../model/onnx/support.ts";

const folder = mkdtempSync(join(tmpdir(), "signflip-evaluate-code-"));
afterAll(() => rmSync(folder, { recursive: true }));

const x = random(3, "test").fillNormal(new Float32Array(16 * 6));
const dataset = (of: Partial<ConstructorParameters<typeof Dataset>[0]> = {}) =>
  new Dataset({ name: "points", x, y: Int32Array.from({ length: 16 }, (_, i) => i % 3), inputShape: [6], classes: 3, ...of });
const hidden = weights([6, 12], 2);
const model = await loadBuilt(f32(["n", 6]), (g, input) => g.gemm(g.relu(g.gemm(input, g.constant(hidden))), g.constant(weights([12, 3]))));

describe("evaluate", () => {
  it.each(["l2", "linf", "l1", "l0"] as const)("is never farther than any of its attacks alone, and the prediction at its points stands (%s)", async (norm) => {
    const result = await evaluate(model, dataset(), { norm });
    const plan = planEvaluation(model, oracleOf(model), { norm });
    for (const attack of plan.attacks) {
      const alone = await smallest(model, dataset(), { attack, norm } as Parameters<typeof smallest>[2]);
      result.samples.forEach(({ distance }, i) => expect(distance ?? Infinity).toBeLessThanOrEqual(alone.samples.distance[i]!));
    }
    for (const { index, clean, adversarial } of result.examples) {
      const [before, after] = await model.predictOriginal(Float32Array.from([...clean, ...adversarial]));
      expect(before!.class).toBe(result.samples[index]!.prediction);
      expect(after!.class).toBe(result.samples[index]!.adversarialPrediction);
      expect(after!.class).not.toBe(before!.class);
    }
    expect(result.robustAccuracyAt(0)).toBe(result.cleanAccuracy);
    expect(result.robustAccuracyAt(1e9)).toBe(0);
  });

  it("breaks at a fixed budget what still stands, and counts each sample at its own distance", async () => {
    const options = { norm: "linf", attacks: ["ray"], box: { low: -9, high: 9 } } as const;
    const alone = await evaluate(model, dataset(), options);
    const eps = alone.robustAccuracy().at(-2)!.eps;
    const both = await evaluate(model, dataset(), { ...options, eps: [eps] });
    both.samples.forEach(({ distance, forward }, i) => {
      expect(distance ?? Infinity).toBeLessThanOrEqual(alone.samples[i]!.distance ?? Infinity);
      expect(forward).toBeGreaterThanOrEqual(alone.samples[i]!.forward);
    });
    expect(both.attacks.map(({ name }) => name)).toEqual(["ray", "ensemble"]);
  });

  it("with a target counts only changes to that class", async () => {
    const { samples, target, assumptions } = await evaluate(model, dataset(), { target: 1 });
    for (const { label, prediction, adversarialPrediction, distance } of samples) {
      if (label !== prediction) expect(distance).toBe(0);
      else if (label === 1) expect(distance).toBe(null);
      else expect(adversarialPrediction).toBe(1);
    }
    expect(target).toBe(1);
    expect(assumptions.join()).toContain("samples are of the target's own class");
  });

  it("attacks a model without a gradient through its scores", async () => {
    // Steps: their gradient is 0 everywhere.
    const stairs = await loadBuilt(f32(["n", 6]), (g, input) => g.gemm(g.op("Floor", [g.mul(input, 4)])[0], g.constant(weights([6, 3]))));
    const result = await evaluate(stairs, dataset(), { box: { low: -9, high: 9 } });
    const right = result.samples.filter(({ label, prediction }) => label === prediction);
    expect(right.length).toBeGreaterThan(2);
    expect(right.every(({ distance }) => distance !== null && distance > 0)).toBe(true);
    expect(result.attacks.map(({ name }) => name)).toEqual(["square", "hop-skip-jump"]);
  });

  it("refuses a model that gives different samples the very same scores", async () => {
    const constant = await loadBuilt(f32(["n", 6]), (g, input) => g.add(g.gemm(g.mul(input, 0), g.constant(weights([6, 3]))), g.constant(weights([3]))));
    await expect(evaluate(constant, dataset())).rejects.toMatchObject({
      code: "SF_NETWORK",
      message: "evaluate: model is constant: it gives 16 different samples the very same scores",
    });
    // The same sample again says nothing of a model.
    const same = Float32Array.from(x, (_, i) => x[i % 6]!);
    expect((await evaluate(constant, dataset({ x: same }))).samples).toHaveLength(16);
  });

  it("says at which samples the gradient is 0", async () => {
    // z = (0.5, x_0 where that is above 0, −1): flat where x_0 is below 0.
    const hinge = await loadBuilt(f32(["n", 6]), (g, input) => {
      const first = g.relu(g.slice(input, [0], [1], [1]));
      return g.add(g.mul(first, g.constant(tensorOf("float32", [3], [0, 1, 0]))), g.constant(tensorOf("float32", [3], [0.5, 0, -1])));
    });
    const { samples } = await evaluate(hinge, dataset());
    const right = samples.filter(({ label, prediction }) => label === prediction);
    const flat = right.filter(({ index }) => x[6 * index]! < 0);
    expect(flat.length).toBeGreaterThan(2);
    expect(flat.every(({ zeroGradient }) => zeroGradient)).toBe(true);
    expect((await evaluate(model, dataset())).samples.some(({ zeroGradient }) => zeroGradient)).toBe(false);
  });

  it("says how far it is, from 0 to 1", async () => {
    const shares: number[] = [];
    await evaluate(model, dataset(), { attacks: ["ray", "deepfool"], eps: [0.1], progress: (share) => void shares.push(share) });
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares[0]).toBe(0);
    expect(new Set(shares).size).toBeGreaterThan(4);
  });

  it("counts every point that goes through the model for the sample that it is for", async () => {
    const [w, passes] = [[1, -2, 0.5, 1, 0, 3], { forward: 0, backward: 0 }];
    const counted = {
      name: "a counted line",
      inputShape: [6],
      classes: 2,
      logits: (points: Float32Array, n: number) => {
        passes.forward += n;
        return Float32Array.from({ length: n }, (_, i) => w.reduce((sum, one, j) => sum + one * points[6 * i + j]!, 0.1));
      },
      gradient: (_: Float32Array, dz: Float32Array, n: number) => {
        passes.backward += n;
        return Float32Array.from({ length: 6 * n }, (__, k) => dz[Math.floor(k / 6)]! * w[k % 6]!);
      },
    };
    const { samples } = await evaluate(counted, dataset({ y: Int32Array.from({ length: 16 }, (_, i) => i % 2), classes: 2 }), { attacks: ["deepfool"] });
    expect(samples.reduce((sum, { forward }) => sum + forward, 0)).toBe(passes.forward);
    expect(samples.reduce((sum, { backward }) => sum + backward, 0)).toBe(passes.backward);
  });

  it("writes a page", async () => {
    const result = await evaluate(model, dataset({ featureNames: ["a", "b", "c", "d", "e", "f"] }), { attacks: ["ray"] });
    const path = join(folder, "made", "page.html");
    await result.writeReport(path, { budgets: [0.2] });
    const page = readFileSync(path, "utf8");
    expect(page).toMatch(/Robust accuracy at ε.=.0\.2/);
    expect(page).toMatch(/>[a-f]</);
  });

  it.each<[string, object, string]>([
    ["an unknown norm", { norm: "l3" }, "norm must be one of l2, linf, l1, l0"],
    ["an unknown attack", { attacks: ["fnm"] }, "did you mean fmn?"],
    ["no attack", { attacks: [] }, "attacks must be one name or more"],
    ["a budget of 0", { eps: [0] }, "eps must be positive numbers; got 0"],
    ["a budget beyond the range", { eps: [90], box: { low: -9, high: 9 } }, "eps 90 is beyond the range of the inputs"],
    ["a target that is no class", { target: 3 }, "target must be a class of model, from 0 to 2; got 3"],
    ["a seed that is none", { seed: -1 }, "seed must be a whole number from 0"],
  ])("refuses %s", async (_, options, message) => {
    await expect(evaluate(model, dataset(), options)).rejects.toMatchObject({
      code: "SF_OPTION",
      usage: true,
      message: expect.stringContaining(message) as string,
    });
  });
});
