import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { f32 } from "../../../src/graph/ir.ts";
import { type Classifier } from "../../../src/model/classifier.ts";
import { type Questions, questionsTo } from "../../../src/measure/questions.ts";
import { saliencyMethodNames } from "../../../src/measure/saliency/index.ts";
import { type Quantity, quantityNames } from "../../../src/measure/saliency/quantity.ts";
import { random } from "../../../src/util/random.ts";
import { loadBuilt, weights } from "../../model/onnx/support.ts";

const [d, K] = [6, 4];
const w = [weights([d, 8], 1), weights([8, K], 2)] as const;
const one = [weights([d, 1], 3)] as const;

/** Two smooth layers in float64, by hand. */
const smooth = (x: ArrayLike<number>): number[] => {
  const hidden = Array.from({ length: 8 }, (_, k) => Math.tanh(2 * sum(d, (j) => x[j]! * w[0].data[j * 8 + k]!)));
  return Array.from({ length: K }, (_, k) => sum(8, (j) => hidden[j]! * w[1].data[j * K + k]!));
};
const sum = (n: number, of: (j: number) => number) => Array.from({ length: n }, (_, j) => of(j)).reduce((a, b) => a + b, 0);

const many: Classifier = {
  name: "many",
  inputShape: [2, 3],
  classes: K,
  output: "logits",
  parameterTypes: {},
  parameters: {},
  numbersPerSample: 20,
  scores: (g, x) => g.matMul(g.tanh(g.mul(2, g.matMul(g.reshape(x, [0, d]), g.constant(w[0])))), g.constant(w[1])),
};
const single: Classifier = {
  ...many,
  name: "single",
  classes: 2,
  output: "logit",
  scores: (g, x) => g.tanh(g.matMul(g.reshape(x, [0, d]), g.constant(one[0]))),
};
const logit = (x: ArrayLike<number>) => Math.tanh(sum(d, (j) => x[j]! * one[0].data[j]!));

/** The quantities by their definitions. */
const defined: Record<Quantity, (z: readonly number[], c: number) => number> = {
  logit: (z, c) => z[c]!,
  margin: (z, c) => z[c]! - Math.max(...z.filter((_, k) => k !== c)),
  loss: (z, c) => Math.log(sum(z.length, (k) => Math.exp(z[k]!))) - z[c]!,
  probability: (z, c) => Math.exp(z[c]!) / sum(z.length, (k) => Math.exp(z[k]!)),
};

const models: [string, Classifier, (x: ArrayLike<number>, of: Quantity) => readonly number[]][] = [
  ["several logits", many, (x) => smooth(x)],
  // Of one logit, class 0 has −f; probabilities are those of [0, f].
  ["one logit", single, (x, of) => (of === "logit" ? [-logit(x), logit(x)] : [0, logit(x)])],
];

const inputs = (n: number, seed = 0) => random(seed, "test", "x").fillNormal(new Float32Array(n * d));
const asking = async (model: Classifier, use: (questions: Questions) => Promise<void>) => {
  const questions = questionsTo(model, { threads: 1 });
  try {
    await use(questions);
  } finally {
    await questions.dispose();
  }
};

describe.each(models)("the gradient of %s", (_, model, scores) => {
  test.each(quantityNames)("of the %s is that of central differences, for any class", async (of) => {
    await asking(model, async (questions) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(1000), fc.nat(model.classes - 1), async (seed, label) => {
          const x = inputs(3, seed);
          const { value, gradient } = await questions.gradient(x, { of, class: [label, 0, label] });
          for (const [i, c] of [label, 0, label].entries()) {
            const at = Array.from(x.subarray(i * d, (i + 1) * d));
            const f = (point: readonly number[]) => defined[of](scores(point, of), c);
            expect(value[i]).toBeCloseTo(f(at), 5);
            const far = Math.abs(defined.margin(scores(at, of), c)) > 1e-3;
            if (of === "margin" && !far) return;
            at.forEach((own, j) => expect(gradient[i * d + j]).toBeCloseTo((f(at.with(j, own + 1e-6)) - f(at.with(j, own - 1e-6))) / 2e-6, 3));
          }
        }),
        { numRuns: 8 },
      );
    });
  });

  test("without a class it is that of the class the model gives", async () => {
    await asking(model, async (questions) => {
      const x = inputs(20);
      const given = (await questions.predict(x)).map((prediction) => prediction.class);
      expect(new Set(given).size).toBeGreaterThan(1);
      expect(await questions.gradient(x)).toEqual(await questions.gradient(x, { class: given, of: "logit" }));
    });
  });
});

test("predictions are softmax and the class of the largest logit", async () => {
  await asking(many, async (questions) => {
    const x = inputs(5);
    const logits = await questions.logits(x);
    for (const [i, prediction] of (await questions.predict(x)).entries()) {
      const z = smooth(x.subarray(i * d, (i + 1) * d));
      z.forEach((own, k) => {
        expect(logits[i * K + k]).toBeCloseTo(own, 5);
        expect(prediction.probabilities[k]).toBeCloseTo(defined.probability(z, k), 6);
      });
      expect(prediction.class).toBe(z.indexOf(Math.max(...z)));
    }
  });
});

describe("integrated gradients", () => {
  test.each(quantityNames)("of the %s add up to the change from the baseline", async (of) => {
    await asking(many, async (questions) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(1000), fc.nat(K - 1), fc.double({ min: -1, max: 1, noNaN: true }), async (seed, label, baseline) => {
          const x = inputs(2, seed);
          const { attributions, samples } = await questions.saliency(x, { of, class: label, baseline });
          samples.forEach(({ value, completeness }, i) => {
            const change = defined[of](smooth(x.subarray(i * d, (i + 1) * d)), label) - defined[of](smooth(new Float64Array(d).fill(baseline)), label);
            expect(value - completeness!.baselineValue).toBeCloseTo(change, 5);
            const total = sum(d, (j) => attributions[i * d + j]!);
            expect(total - change).toBeCloseTo(completeness!.residual, 5);
            expect(completeness!.isComplete).toBe(true);
            expect(Math.abs(total - change)).toBeLessThan(0.01 * Math.abs(change) + 1e-4);
          });
        }),
        { numRuns: 8 },
      );
    });
  });

  test("take more points where the way is rough, and say when they are too few", async () => {
    await asking(many, async (questions) => {
      const x = inputs(1).map((value) => 30 * value);
      const few = (await questions.saliency(x, { steps: 2, mostSteps: 2, tolerance: 1e-4 })).samples[0]!.completeness!;
      expect(few).toMatchObject({ steps: 2, isComplete: false });
      const more = (await questions.saliency(x, { steps: 2, tolerance: 1e-4 })).samples[0]!.completeness!;
      expect(more.isComplete).toBe(true);
      expect(more.steps).toBeGreaterThan(2);
      expect(Math.abs(more.residual)).toBeLessThan(Math.abs(few.residual));
    });
  });

  test("tripling the points keeps those that are there: the sum is the midpoint rule's", async () => {
    await asking(many, async (questions) => {
      const x = inputs(1);
      const tripled = await questions.saliency(x, { class: 1, steps: 3, mostSteps: 27, tolerance: 0 });
      const direct = await questions.saliency(x, { class: 1, steps: 27, mostSteps: 27, tolerance: 0 });
      expect(tripled.samples[0]!.completeness!.steps).toBe(27);
      tripled.attributions.forEach((value, j) => expect(value).toBeCloseTo(direct.attributions[j]!, 6));
    });
  });

  test("a baseline that inputs may not take is moved to the nearest that they may", async () => {
    await asking({ ...many, domain: { low: 0.5, high: 2 } }, async (questions) => {
      const x = inputs(1).map((value) => 1 + 0.1 * value);
      const usual = await questions.saliency(x, { class: 0 });
      expect(usual).toEqual(await questions.saliency(x, { class: 0, baseline: 0.5 }));
      expect(usual.attributions).not.toEqual((await questions.saliency(x, { class: 0, baseline: 0 })).attributions);
    });
  });
});

test("of a linear model every method gives its weights, or what they add to the logit", async () => {
  const linear: Classifier = { ...many, scores: (g, x) => g.matMul(g.reshape(x, [0, d]), g.constant(weights([d, K], 4))) };
  const column = Array.from({ length: d }, (_, j) => weights([d, K], 4).data[j * K + 2]!);
  await asking(linear, async (questions) => {
    const x = inputs(1);
    for (const method of saliencyMethodNames) {
      const { attributions } = await questions.saliency(x, { method, class: 2 });
      const timesInput = method === "integrated-gradients" || method === "gradient-x-input";
      column.forEach((weight, j) => expect(attributions[j]).toBeCloseTo(timesInput ? weight * x[j]! : weight, 5));
    }
  });
});

test("SmoothGrad is the mean gradient of seeded noise, the same whatever the batch", async () => {
  await asking(many, async (questions) => {
    const x = inputs(2);
    const options = { method: "smooth-grad", class: 1, samples: 7, noise: 0.2, seed: 3 } as const;
    const { attributions } = await questions.saliency(x, options);
    const first = await questions.saliency(x.subarray(0, d), options);
    attributions.subarray(0, d).forEach((value, j) => expect(value).toBeCloseTo(first.attributions[j]!, 6));
    const own = x.subarray(0, d);
    const noise = random(3, "saliency", "0").fillNormal(new Float32Array(7 * d));
    const spread = 0.2 * (Math.max(...own) - Math.min(...own));
    const { gradient } = await questions.gradient(
      noise.map((value, i) => own[i % d]! + spread * value),
      { class: 1 },
    );
    first.attributions.forEach((value, j) => expect(value).toBeCloseTo(sum(7, (k) => gradient[k * d + j]!) / 7, 5));
    expect((await questions.saliency(x, { ...options, seed: 4 })).attributions).not.toEqual(attributions);
  });
});

test("inputs are in raw units: preprocessing is part of what is differentiated", async () => {
  const model = await loadBuilt(f32(["n", d]), (g, x) => g.gemm(x, g.constant(w[0])), { mean: 0.5, std: 0.25 });
  await asking(model, async (questions) => {
    const { gradient } = await questions.gradient(inputs(1), { class: 1 });
    gradient.forEach((slope, j) => expect(slope).toBeCloseTo(w[0].data[j * 8 + 1]! / 0.25, 4));
  });
});

describe("wrong calls are errors in one line", () => {
  const x = inputs(2);
  test.each<[string, (questions: Questions) => Promise<unknown>, string, RegExp]>([
    ["a class the model does not have", (m) => m.gradient(x, { class: K }), "SF_OPTION", /classes 0 to 3; got 4/],
    ["another number of classes", (m) => m.saliency(x, { class: [1] }), "SF_OPTION", /one for each of the 2; got 1/],
    ["an unknown quantity", (m) => m.gradient(x, { of: "score" as "logit" }), "SF_OPTION", /of must be one of logit, margin/],
    ["an unknown method", (m) => m.saliency(x, { method: "lime" as "gradient" }), "SF_OPTION", /method must be one of gradient,/],
    ["an option of another method", (m) => m.saliency(x, { method: "gradient", steps: 5 }), "SF_OPTION", /steps is not an option of gradient/],
    ["no steps", (m) => m.saliency(x, { steps: 0 }), "SF_OPTION", /steps must be a whole number from 1/],
    ["a baseline of another size", (m) => m.saliency(x, { baseline: [1, 2] }), "SF_OPTION", /an input of 6 of them; got 2 numbers/],
    ["inputs of another size", (m) => m.predict(x.subarray(1)), "SF_FEED", /shape \[2, 3\], 6 numbers each; got 11 numbers/],
    [
      "another type of array", // @ts-expect-error: a caller in plain JavaScript can give anything
      (m) => m.predict(Float64Array.from(x)),
      "SF_FEED",
      /a Float32Array; got a Float64Array/,
    ],
    ["a NaN", (m) => m.gradient(x.map((value, i) => (i === 7 ? Number.NaN : value))), "SF_FEED", /sample 1 has NaN/],
  ])("%s", async (_, call, code, message) => {
    await asking(many, async (questions) => {
      await expect(call(questions)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
    });
  });
});

test("an operator without a gradient is named", async () => {
  const scores: Classifier["scores"] = (g, x) => g.matMul(g.unsqueeze(g.op("Det", [g.slice(x, [0], [2], [2])])[0], [1]), g.constant(weights([1, K])));
  const questions = questionsTo({ ...many, scores });
  expect(await questions.logits(inputs(1))).toHaveLength(K);
  await expect(questions.gradient(inputs(1), { class: 0 })).rejects.toMatchObject({ code: "SF_GRADIENT", message: expect.stringContaining("Det") as string });
  await questions.dispose();
});
