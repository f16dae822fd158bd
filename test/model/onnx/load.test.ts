import { describe, expect, test } from "vitest";
import { f32, i64 } from "../../../src/graph/ir.ts";
import { tensorOf } from "../../../src/tensor/tensor.ts";
import { loadBuilt, points, scoresAt, weights } from "./support.ts";

describe("the end of a classifier", () => {
  test("a softmax is cut off, and the file still gives probabilities", async () => {
    const model = await loadBuilt(f32([1, 4]), (g, x) => g.softmax(g.gemm(x, g.constant(weights([4, 3])))));
    expect(model).toMatchObject({ inputShape: [4], classes: 3, output: "logits" });
    expect(model.report).toMatchObject({
      supported: true,
      unsupported: [],
      logits: { activation: "softmax", cut: ["Softmax"] },
      rewritten: ["the batch of 1 became one of any size"],
    });
    const x = points(model);
    const ours = await scoresAt(model, x);
    const theirs = await model.predictOriginal(x);
    theirs.forEach(({ scores, class: chosen }, i) => {
      const sum = ours[i]!.reduce((total, z) => total + Math.exp(z), 0);
      ours[i]!.forEach((z, k) => expect(Math.exp(z) / sum).toBeCloseTo(scores[k]!, 6));
      expect(chosen).toBe(ours[i]!.indexOf(Math.max(...ours[i]!)));
    });
    await model.dispose();
  });

  test("a sigmoid over one score is a logit", async () => {
    const model = await loadBuilt(f32(["n", 4]), (g, x) => g.sigmoid(g.gemm(x, g.constant(weights([4, 1])))));
    expect(model).toMatchObject({ classes: 2, output: "logit" });
    const x = points(model);
    const ours = await scoresAt(model, x);
    (await model.predictOriginal(x)).forEach(({ scores, class: chosen }, i) => {
      expect(1 / (1 + Math.exp(-ours[i]![0]!))).toBeCloseTo(scores[0]!, 6);
      expect(chosen).toBe(+(ours[i]![0]! > 0));
    });
  });
});

describe("what is refused", () => {
  test("tokens, which have no small changes", async () => {
    const loading = loadBuilt(i64([1, 4]), (g, x) => g.reduceMean(g.gather(g.constant(weights([7, 3])), x), [1], false));
    await expect(loading).rejects.toThrow("holds indices into a table");
  });

  test("infinite weights that are multiplied, and no masks", async () => {
    const row = (number: number) => tensorOf("float32", [1, 3], [0, number, 0]);
    const loading = loadBuilt(f32([1, 4]), (g, x) => g.matMul(x, g.constant(tensorOf("float32", [4, 1], [1, Infinity, 0, 0]), "w")));
    await expect(loading).rejects.toThrow("the weights w hold Infinity");
    const masked = await loadBuilt(f32([1, 4]), (g, x) => g.max(g.gemm(x, g.constant(weights([4, 3]))), g.constant(row(-Infinity))));
    expect(masked.report.supported).toBe(true);
    await masked.dispose();
  });

  test("a Constant node that is no number", async () => {
    const nan = { kind: "tensor", value: tensorOf("float32", [3], [0, NaN, 0]) } as const;
    const loading = loadBuilt(f32([1, 4]), (g, x) => g.add(g.gemm(x, g.constant(weights([4, 3]))), g.op("Constant", [], { value: nan })[0]));
    await expect(loading).rejects.toThrow("hold NaN");
  });
});
