import { describe, expect, test } from "vitest";
import type { GraphBuilder } from "../../../src/graph/builder.ts";
import { type TensorType, type Value, f32, int } from "../../../src/graph/ir.ts";
import { tensorOf } from "../../../src/tensor/tensor.ts";
import { loadBuilt, points, scoresAt, weights } from "./support.ts";

const logits = (g: GraphBuilder, x: Value, classes = 3) => g.gemm(x, g.constant(weights([4, classes])));
const exponents = (g: GraphBuilder, z: Value) => g.exp(g.sub(z, g.reduceMax(z, [1])));

/* What the end of a file is taken for; the class is always the file's own. */
const ends: [string, (g: GraphBuilder, x: Value) => Value | Readonly<Record<string, Value>>, object][] = [
  ["LogSoftmax", (g, x) => g.logSoftmax(logits(g, x)), { activation: "log-softmax", cut: ["LogSoftmax"] }],
  [
    "a softmax by hand",
    (g, x) => {
      const e = exponents(g, logits(g, x));
      return g.div(e, g.reduceSum(e, [1]));
    },
    { activation: "softmax" },
  ],
  [
    "its logarithm by hand",
    (g, x) => {
      const z = logits(g, x);
      return g.sub(z, g.log(g.reduceSum(g.exp(z), [1])));
    },
    { activation: "log-softmax" },
  ],
  ["a sigmoid by hand", (g, x) => g.div(1, g.add(g.exp(g.neg(logits(g, x, 1))), 1)), { activation: "sigmoid" }],
  [
    "a pair of probabilities from one",
    (g, x) => {
      const p = g.sigmoid(logits(g, x, 1));
      return g.concat([g.sub(1, p), p], 1);
    },
    { activation: "sigmoid" },
  ],
  ["a label from ArgMax", (g, x) => g.argMax(g.softmax(logits(g, x)), 1, false), { activation: "softmax", cut: ["ArgMax", "Softmax"] }],
  ["a label from ArgMin", (g, x) => g.op("ArgMin", [logits(g, x)], { axis: int(1), keepdims: int(0) })[0], { activation: "none", cut: ["ArgMin"] }],
  ["the best scores in order", (g, x) => g.op("TopK", [g.softmax(logits(g, x)), g.ints([3])], {}, 2)[1]!, { activation: "softmax" }],
  ["a softmax that is flattened", (g, x) => g.flatten(g.unsqueeze(g.softmax(logits(g, x)), [2])), { activation: "softmax" }],
  ["several sigmoids", (g, x) => g.sigmoid(logits(g, x)), { activation: "sigmoid" }],
  [
    "a label beside probabilities",
    (g, x) => {
      const p = g.softmax(logits(g, x));
      return { label: g.argMax(p, 1, false), probabilities: g.identity(p) };
    },
    { output: "probabilities", activation: "softmax" },
  ],
  [
    "probabilities without a softmax",
    (g, x) => {
      const p = g.add(g.abs(logits(g, x)), 0.1);
      return g.div(p, g.reduceSum(p, [1]));
    },
    { activation: "none", why: expect.stringContaining("their logarithms are taken") },
  ],
];

describe("the end of a file", () => {
  test.each(ends)("%s", async (_, build, expected) => {
    const model = await loadBuilt(f32(["n", 4]), build);
    expect(model.report.logits).toMatchObject(expected);
    expect(model.report.supported).toBe(true);
    const x = points(model, 20);
    const ours = (await scoresAt(model, x)).map((scores) => (scores.length === 1 ? +(scores[0]! > 0) : scores.indexOf(Math.max(...scores))));
    const theirs = (await model.predictOriginal(x)).map((one) => one.class);
    expect(ours).toEqual(theirs);
    expect(new Set(ours).size).toBeGreaterThan(1);
    await model.dispose();
  });

  test("the smallest score decides where that is said", async () => {
    const build = (g: GraphBuilder, x: Value) => logits(g, x);
    const [least, most] = await Promise.all([loadBuilt(f32([1, 4]), build, { decision: "argmin" }), loadBuilt(f32([1, 4]), build)]);
    const x = points(least, 4);
    const [low, high] = [await scoresAt(least, x), await scoresAt(most, x)];
    expect(low).toEqual(high.map((scores) => scores.map((score) => -score)));
    expect((await least.predictOriginal(x)).map((one) => one.class)).toEqual(low.map((scores) => scores.indexOf(Math.max(...scores))));
    expect(least.report.decision).toBe("argmin");
  });

  test("one position of a sequence, which has to be said", async () => {
    const build = (g: GraphBuilder, x: Value) => g.softmax(g.matMul(x, g.constant(weights([4, 3]))));
    await expect(loadBuilt(f32([1, 2, 4]), build)).rejects.toMatchObject({
      code: "SF_OPTION",
      message: "model gives 3 probabilities at each of 2 positions: say the position that is meant",
    });
    const model = await loadBuilt(f32([1, 2, 4]), build, { position: 1 });
    expect(model.classes).toBe(3);
    const x = points(model, 5);
    const ours = (await scoresAt(model, x)).map((scores) => scores.indexOf(Math.max(...scores)));
    expect((await model.predictOriginal(x)).map((one) => one.class)).toEqual(ours);
  });
});

describe("inputs", () => {
  test("of bytes are attacked as real numbers from 0 to 255", async () => {
    const model = await loadBuilt({ element: "uint8", shape: [1, 4] } as TensorType, (g, x) => logits(g, g.div(g.cast(x, "float32"), 255)));
    expect(model).toMatchObject({ domain: { low: 0, high: 255 }, report: { gradient: "exact", supported: true } });
    expect(model.assumptions.join(" ")).toContain("rounded before they are tried in the file");
  });

  test("of float16 are attacked in float32", async () => {
    const model = await loadBuilt(
      { element: "float16", shape: [1, 4] } as TensorType,
      (g, x) => g.op("MatMul", [x, g.cast(g.constant(weights([4, 3])), "float16")])[0],
    );
    const x = points(model);
    const [ours, theirs] = [await scoresAt(model, x), await model.predictOriginal(x)];
    theirs.forEach(({ scores }, i) => scores.forEach((score, k) => expect(Math.abs(score - ours[i]![k]!)).toBeLessThan(0.01)));
  });

  test("that are not attacked are given", async () => {
    const build = (g: GraphBuilder, x: Value, scale?: Value) => logits(g, g.mul(x, scale!));
    const types = { x: f32(["n", 4]), scale: f32([1, 4]) };
    await expect(loadBuilt(types, build)).rejects.toMatchObject({ code: "SF_OPTION", message: expect.stringContaining("say which one is attacked") as string });
    await expect(loadBuilt(types, build, { input: "x" })).rejects.toMatchObject({ message: "model needs scale beside the attacked input x: give its value" });
    const model = await loadBuilt(types, build, { given: { scale: tensorOf("float32", [4], [1, 2, 3, 4]) } });
    expect(model.assumptions[0]).toBe("The input x is attacked; scale is given.");
    const x = points(model);
    const ours = await scoresAt(model, x);
    (await model.predictOriginal(x)).forEach(({ scores }, i) => scores.forEach((score, k) => expect(score).toBeCloseTo(ours[i]![k]!, 5)));
    const same = await loadBuilt(types, build, { given: { scale: { shape: [1, 4], data: [1, 2, 3, 4] } } });
    expect(await scoresAt(same, x)).toEqual(ours);
  });

  test("that are not attacked are given as a number for all of their elements, if it is one of their type", async () => {
    const types = { x: f32(["n", 4]), which: { element: "int64", shape: [1, 4] } as TensorType };
    const build = (g: GraphBuilder, x: Value, which?: Value) => logits(g, g.mul(x, g.cast(which!, "float32")));
    const [twice, once] = [await loadBuilt(types, build, { given: { which: 2 } }), await loadBuilt(types, build, { given: { which: 1 } })];
    const x = points(once);
    expect(await scoresAt(twice, x)).toEqual(
      await scoresAt(
        once,
        x.map((value) => 2 * value),
      ),
    );
    await expect(loadBuilt(types, build, { given: { which: 0.5 } })).rejects.toMatchObject({ message: "model: the input which is int64; given was 0.5" });
    const open = { ...types, which: { element: "int64", shape: [1, "k"] } as TensorType };
    await expect(loadBuilt(open, build, { input: "x", given: { which: 2 } })).rejects.toMatchObject({
      message: expect.stringContaining("leaves its size open"),
    });
  });

  test("mean and std come before the model, and the file is given what they make", async () => {
    const model = await loadBuilt(f32([1, 2, 2]), (g, x) => logits(g, g.flatten(x)), { mean: 0.5, std: 0.25 });
    const x = points(model);
    const ours = await scoresAt(model, x);
    (await model.predictOriginal(x)).forEach(({ scores }, i) => scores.forEach((score, k) => expect(score).toBeCloseTo(ours[i]![k]!, 5)));
  });
});

describe("what cannot be attacked is said in one line", () => {
  test.each<[string, (g: GraphBuilder, x: Value) => Value, string, string]>([
    ["a constant model", (g, x) => g.add(g.shape(x), 1), "SF_NETWORK", "labels"],
    ["scores that do not depend on the input", (g, x) => g.cast(g.shape(x), "float32"), "SF_NETWORK", "its scores do not depend on its input x"],
    ["a label that comes from no scores", (g, x) => g.cast(g.greater(x, 0), "int64"), "SF_NETWORK", "gives labels but no scores"],
    ["weights that are no numbers", (g, x) => g.mul(x, g.constant(tensorOf("float32", [1, 4], [1, NaN, 1, 1]), "w")), "SF_NETWORK", "the weights w hold NaN"],
  ])("%s", async (_, build, code, message) => {
    await expect(loadBuilt(f32([1, 4]), build)).rejects.toMatchObject({ code, usage: true, message: expect.stringContaining(message) as string });
  });

  test("a gradient that is zero everywhere", async () => {
    const model = await loadBuilt(f32([1, 4]), (g, x) => logits(g, g.sign(x)));
    expect(model.report).toMatchObject({ supported: true, gradient: "zero", zeroGradient: ["Sign"] });
  });
});
