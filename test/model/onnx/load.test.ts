import { describe, expect, test } from "vitest";
import { f32 } from "../../../src/graph/ir.ts";
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
