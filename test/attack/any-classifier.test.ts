import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AttackCall, attack } from "../../src/attack/attack.ts";
import { prepareAttack } from "../../src/attack/prepare.ts";
import type { Box, PerChannel } from "../../src/data/box.ts";
import type { Points } from "../../src/data/points.ts";
import { f32 } from "../../src/graph/ir.ts";
import type { Classifier, ClassifierShape } from "../../src/model/classifier.ts";
import { classifierOf } from "../../src/model/index.ts";
import { sizeOf, tensorOf } from "../../src/tensor/tensor.ts";
import { random } from "../../src/util/random.ts";
import { everyAttack, fits, trained } from "./support.ts";

interface Weights {
  readonly V: Float32Array;
  readonly U: Float32Array;
}

const hidden = 16;
const drawn = (seed: number, what: string, size: number) => random(seed, "test", what).fillNormal(new Float32Array(size));
const weightsOf = (seed: number, d: number, classes: number): Weights => ({ V: drawn(seed, "V", d * hidden), U: drawn(seed, "U", hidden * classes) });

/** Reshape, product, ReLU, product: a small network on inputs of any rank. */
function toy(seed: number, shape: Pick<ClassifierShape, "inputShape" | "channelAxis" | "preprocessing">, classes = 3): Classifier {
  const d = sizeOf(shape.inputShape);
  const { V, U } = weightsOf(seed, d, classes);
  return {
    ...shape,
    name: "a toy",
    classes,
    output: "logits",
    parameterTypes: { V: f32([d, hidden]), U: f32([hidden, classes]) },
    parameters: { V: tensorOf("float32", [d, hidden], V), U: tensorOf("float32", [hidden, classes], U) },
    numbersPerSample: 4 * hidden,
    scores(g, x, values) {
      expect(x.type.shape).toEqual(["n", ...shape.inputShape]);
      return g.matMul(g.relu(g.matMul(g.reshape(x, [0, d]), values["V"]!)), values["U"]!);
    },
  };
}

/** Points in [0, 1]. */
function pointsOf(seed: number, d: number, classes = 3, n = 20): Points {
  const stream = random(seed, "test", "points");
  return { x: Float32Array.from({ length: n * d }, stream.uniform), y: Int32Array.from({ length: n }, () => stream.integer(classes)) };
}

/** What a value per channel is at every number of a flat input, index by index. */
function spread(value: PerChannel, shape: readonly number[], axis: number): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const index = shape.map((dim, k) => Math.floor(flat / sizeOf(shape.slice(k + 1))) % dim);
    return typeof value === "number" ? value : value[index[axis]!]!;
  });
}

const calls = everyAttack.filter(({ name }) => fits(name, 3)).map(({ config }) => ({ ...config, eps: 0.2, box: { low: 0, high: 1 } }) as AttackCall);

const shapes = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
  .chain((inputShape) => fc.record({ inputShape: fc.constant(inputShape), channelAxis: fc.nat(inputShape.length - 1), seed: fc.nat(1000) }));

describe("inputs of any rank", () => {
  test.each(calls)("$attack $norm finds on images what it finds on the same numbers as rows, bit for bit", async (call) => {
    const points = pointsOf(1, 24);
    const images = await attack(toy(1, { inputShape: [2, 3, 4] }), points, call);
    const rows = await attack(toy(1, { inputShape: [24] }), points, call);
    expect(images).toEqual(rows);
    expect(images.points).not.toEqual(points.x);
  });

  test("preprocessing in the contract is the same as a model that does it itself, at any shape and channel axis, bit for bit", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.boolean(), fc.nat(calls.length - 1), async ({ inputShape, channelAxis, seed }, perChannel, which) => {
        const channels = inputShape[channelAxis]!;
        const stream = random(seed, "test", "preprocessing");
        const values = (draw: () => number): PerChannel => (perChannel ? Array.from({ length: channels }, () => Math.fround(draw())) : Math.fround(draw()));
        const [mean, std] = [values(stream.normal), values(() => 0.2 + stream.uniform())];
        const d = sizeOf(inputShape);
        const plain = toy(seed, { inputShape: [d] });
        const byHand: Classifier = {
          ...plain,
          scores(g, x, weights) {
            const row = (value: PerChannel) => g.constant(tensorOf("float32", [1, d], spread(value, inputShape, channelAxis)));
            return plain.scores(g, g.div(g.sub(x, row(mean)), row(std)), weights);
          },
        };
        const points = pointsOf(seed, d);
        const declared = await attack(toy(seed, { inputShape, channelAxis, preprocessing: { mean, std } }), points, calls[which]!);
        expect(declared).toEqual(await attack(byHand, points, calls[which]!));
        // The budget is in raw units: it does not grow or shrink with std.
        for (const size of declared.samples[declared.summary.norm]) expect(size).toBeLessThanOrEqual(0.2 * (1 + 1e-12));
      }),
      { numRuns: 25 },
    );
  });
});

describe("bounds per channel", () => {
  test("hold at every number of the channel, whatever the shape and the attack", async () => {
    let onTheEdge = 0;
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(calls.length - 1), async ({ inputShape, channelAxis, seed }, which) => {
        const stream = random(seed, "test", "bounds");
        const channels = inputShape[channelAxis]!;
        const low = Array.from({ length: channels }, () => -stream.uniform());
        const box: Box = { low, high: low.map((value) => value + 0.1 + 0.4 * stream.uniform()) };
        const d = sizeOf(inputShape);
        const [from, to] = [spread(box.low, inputShape, channelAxis), spread(box.high, inputShape, channelAxis)];
        const { y } = pointsOf(seed, d);
        const x = Float32Array.from({ length: y.length * d }, (_, i) => from[i % d]! + stream.uniform() * (to[i % d]! - from[i % d]!));
        const { points } = await attack(toy(seed, { inputShape, channelAxis }), { x, y }, { ...calls[which]!, box });
        points.forEach((value, i) => {
          const [least, most] = [Math.min(from[i % d]!, x[i]!), Math.max(to[i % d]!, x[i]!)];
          expect(value >= least && value <= most).toBe(true);
          onTheEdge += +(value !== x[i] && Math.min(value - least, most - value) < 1e-6);
        });
      }),
      { numRuns: 25 },
    );
    expect(onTheEdge).toBeGreaterThan(100);
  });

  test.each(calls)("$attack $norm: the same bounds for every channel are bounds for all, bit for bit", async (call) => {
    const points = pointsOf(2, 12);
    const model = toy(2, { inputShape: [3, 2, 2] });
    const each = await attack(model, points, { ...call, box: { low: [0, 0, 0], high: [1, 1, 1] } });
    expect(each).toEqual(await attack(model, points, { ...call, box: { low: 0, high: 1 } }));
    expect(each.points).not.toEqual((await attack(model, points, { ...call, box: undefined })).points);
  });

  test("name the channel's bounds where a sample is outside, or there are not as many as channels", async () => {
    const model = toy(3, { inputShape: [2, 1, 2] });
    const points = { x: Float32Array.of(0, 0, 0.5, 0.5, 0, 0, 0.5, 1.5), y: [0, 1] };
    const call = { attack: "fgsm", eps: 0.1 } as const;
    await expect(attack(model, points, { ...call, box: { low: [0, 0], high: [0.25, 1] } })).rejects.toMatchObject({
      code: "SF_OPTION",
      message: "attack: expected inputs inside the box [0, 1]; sample 1 has 1.5 at input 3",
    });
    await expect(attack(model, points, { ...call, box: { low: 0, high: [1, 1, 1] } })).rejects.toMatchObject({
      code: "SF_OPTION",
      message: "attack fgsm: the box: high: expected 2 numbers (axis 0 of the inputs [2, 1, 2]), or one; got 3",
    });
    await expect(attack(model, points, { ...call, box: { low: [0, 1], high: [1, 1] } })).rejects.toMatchObject({
      message: "attack fgsm: the box must have low < high, both finite; got [1, 1] at input 2",
    });
  });
});

describe("weights", () => {
  test.each(calls)("$attack $norm: constants in the graph give what inputs of the graph give, bit for bit", async (call) => {
    const asInputs = toy(4, { inputShape: [2, 2, 3] });
    const asConstants: Classifier = {
      ...asInputs,
      parameterTypes: {},
      parameters: {},
      scores: (g, x) => asInputs.scores(g, x, Object.fromEntries(Object.entries(asInputs.parameters).map(([name, value]) => [name, g.constant(value)]))),
    };
    const points = pointsOf(4, 12);
    expect(await attack(asConstants, points, call)).toEqual(await attack(asInputs, points, call));
  });

  test("that came with the model need not be given again; without any there is an error that names them", async () => {
    const { network, test: data } = await trained(1);
    const points: Points = data;
    const call = { attack: "pgd", steps: 3, eps: 0.1 } as const;
    const { eps, ...config } = call;
    expect(await attack(network, points, call)).toEqual(await attack(classifierOf(network), points, call));
    const { parameters, ...shape } = classifierOf(network);
    const [full, bare] = [await prepareAttack(network, config), await prepareAttack(shape, config)];
    const found = await full.perturb({ ...points, eps });
    expect(found).toEqual(await bare.perturb({ ...points, parameters, eps }));
    await expect(bare.perturb({ ...points, eps })).rejects.toMatchObject({
      code: "SF_OPTION",
      message: "attack pgd: the two-layer network (m 96, d 12) was given without weights; expected parameters with W, b, a, a0",
    });
    await full.dispose();
    await bare.dispose();
  });
});

test.each<[string, Partial<ClassifierShape>, string]>([
  ["an empty axis", { inputShape: [2, 0] }, "must have whole numbers from 1 as its inputShape; got [2, 0]"],
  ["one class", { classes: 1 }, "must have 2 classes or more; got 1"],
  ["one logit for three classes", { output: "logit" }, "gives one logit, which tells 2 classes apart; got 3 classes"],
  ["no meaning of its scores", { output: "probabilities" as "logits" }, 'must have the output "logit" or "logits"; got probabilities'],
  ["a domain without inside", { domain: { low: 1, high: 0 } }, "the domain of a toy must have low < high, both finite; got [1, 0]"],
  [
    "means of other channels",
    { preprocessing: { mean: [0, 0, 0], std: 1 } },
    "the mean of a toy: expected 2 numbers (axis 0 of the inputs [2, 3]), or one; got 3",
  ],
  ["a std of 0", { preprocessing: { mean: 0, std: [1, 0] } }, "must have positive numbers as the std of its preprocessing; got 0"],
  ["a mean that is none", { preprocessing: { mean: NaN, std: 1 } }, "must have finite numbers as the mean of its preprocessing; got NaN"],
  ["no such axis", { channelAxis: 2, domain: { low: [0, 0], high: 1 } }, "expected one number (axis 2 is not one of the inputs [2, 3]); got 2"],
])("a model with %s is refused", async (_, change, message) => {
  const model = { ...toy(5, { inputShape: [2, 3] }), ...change };
  await expect(prepareAttack(model, { attack: "fgsm" })).rejects.toMatchObject({
    code: "SF_OPTION",
    usage: true,
    message: expect.stringContaining(message) as string,
  });
});
